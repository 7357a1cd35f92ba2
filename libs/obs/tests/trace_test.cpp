#include "obs/trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stadtmesh::obs {
namespace {

constexpr char kExample[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, ReadsAndWritesTheStandardsExample) {
  const std::optional<TraceContext> context = ParseTraceparent(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(FormatTraceparent(*context), kExample);
  EXPECT_EQ(TraceIdOf(kExample), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(Trace, RefusesWhatTheStandardCallsInvalid) {
  for (const char* header : {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                             "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(ParseTraceparent(header).has_value()) << header;
    EXPECT_EQ(TraceIdOf(header), "");
  }
}

TEST(Trace, ReadsLaterVersionsByTheirFirstFields) {
  EXPECT_TRUE(ParseTraceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later")
                  .has_value());
  EXPECT_FALSE(
      ParseTraceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01later").has_value());
}

TEST(Trace, AChildKeepsTheTraceAndHasASpanOfItsOwn) {
  const std::string child = ContinueTrace(kExample);
  EXPECT_EQ(child.substr(0, 36), std::string(kExample).substr(0, 36));
  EXPECT_NE(child.substr(36, 16), std::string(kExample).substr(36, 16));
  EXPECT_TRUE(ParseTraceparent(ContinueTrace("rubbish")).has_value());
}

RC_GTEST_PROP(Trace, AnyBytesAreReadOrRefused, (const std::string& text)) {
  const std::optional<TraceContext> context = ParseTraceparent(text);
  if (context) RC_ASSERT(ParseTraceparent(FormatTraceparent(*context)) == context);
}

RC_GTEST_PROP(Trace, FormattedContextsAreReadBack, ()) {
  TraceContext context = NewTrace();
  context.sampled = *rc::gen::arbitrary<bool>();
  RC_ASSERT(ParseTraceparent(FormatTraceparent(context)) == context);
}

}  // namespace
}  // namespace stadtmesh::obs

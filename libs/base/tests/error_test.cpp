#include "base/error.h"

#include <gtest/gtest.h>

#include <string>

namespace stadtmesh {
namespace {

TEST(Error, DetailsSurviveTheStatus) {
  const ErrorInfo info{
      .domain = "buergerbus",
      .reason = "NO_VEHICLE",
      .fields = {{"pickup.time", FieldReason::kInPast, ""},
                 {"people", FieldReason::kOutOfRange, "1..8"}},
      .metadata = {{"nearest", "2026-11-21T12:00:00Z"}, {"odd:key", std::string("\0:7:", 4)}}};
  const absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, info, "no vehicle");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetErrorInfo(status), info);
}

TEST(Error, AForeignStatusHasNoDetails) {
  EXPECT_FALSE(GetErrorInfo(absl::InternalError("x")).has_value());
}

TEST(Error, PrefixesFieldPaths) {
  const absl::Status status =
      PrefixFields("pickup", InvalidField("location", FieldReason::kOutsideArea));
  ASSERT_TRUE(GetErrorInfo(status).has_value());
  EXPECT_EQ(GetErrorInfo(status)->fields[0].field, "pickup.location");
  EXPECT_EQ(status.message(), "invalid pickup.location (OUTSIDE_AREA)");
}

TEST(Error, EveryFieldReasonHasAName) {
  for (int i = 0; i < kFieldReasonCount; ++i)
    EXPECT_FALSE(FieldReasonName(static_cast<FieldReason>(i)).empty());
}

}  // namespace
}  // namespace stadtmesh

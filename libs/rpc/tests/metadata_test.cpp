#include "rpc/metadata.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/error.h"
#include "rpc/language.h"

namespace stadtmesh::rpc {
namespace {

TEST(Metadata, TakesPrintableAscii) {
  Metadata metadata;
  EXPECT_TRUE(metadata.Add("x-request", "abc ~ 1").ok());
  EXPECT_TRUE(metadata.Add("x-bytes-bin", std::string("\0\xff\n", 3)).ok());
  EXPECT_TRUE(metadata.Add("x-empty", "").ok());
  EXPECT_EQ(metadata.pairs().size(), 3u);
}

TEST(Metadata, RefusesEveryByteThatWouldAbortTheProcess) {
  for (int byte = 0; byte < 256; ++byte) {
    Metadata metadata;
    const std::string value = std::string("a") + static_cast<char>(byte) + "b";
    EXPECT_EQ(metadata.Add("x", value).ok(), byte >= 0x20 && byte <= 0x7E) << byte;
    EXPECT_EQ(metadata.pairs().size(), metadata.bytes() == 0 ? 0u : 1u);
  }
}

TEST(Metadata, RefusesBadNamesSpacesAtTheEndsAndAbsurdSizes) {
  Metadata metadata;
  for (const char* name : {"", "X", "a b", "a:b", "grpc-timeout", "ü", ":path"})
    EXPECT_FALSE(metadata.Add(name, "x").ok()) << name;
  EXPECT_FALSE(metadata.Add("x", " a").ok());
  EXPECT_FALSE(metadata.Add("x", "a ").ok());
  EXPECT_FALSE(metadata.Add("x", std::string(kLongestMetadataValue + 1, 'a')).ok());
  EXPECT_TRUE(metadata.pairs().empty());
  EXPECT_TRUE(metadata.Add("x", std::string(kLongestMetadataValue, 'a')).ok());
  EXPECT_FALSE(metadata.Add("y", std::string(kLongestMetadataValue, 'a')).ok())
      << "all together are bounded too";
}

RC_GTEST_PROP(Metadata, AnyBytesAreRefusedOrSafe,
              (const std::string& name, const std::string& value)) {
  Metadata metadata;
  if (!metadata.Add(name, value).ok()) return;
  for (const char c : metadata.pairs().at(0).second) RC_ASSERT((c >= 0x20 && c <= 0x7E));
}

TEST(Language, FollowsTheWeights) {
  EXPECT_EQ(PreferredLanguage(""), "de");
  EXPECT_EQ(PreferredLanguage("en"), "en");
  EXPECT_EQ(PreferredLanguage("en-GB,en;q=0.9"), "en");
  EXPECT_EQ(PreferredLanguage("de-DE,de;q=0.9,en;q=0.8"), "de");
  EXPECT_EQ(PreferredLanguage("de;q=0.2, en;q=0.8"), "en");
  EXPECT_EQ(PreferredLanguage("fr, en;q=0.5"), "en");
  EXPECT_EQ(PreferredLanguage("fr"), "de");
  EXPECT_EQ(PreferredLanguage("en;q=nan, *;q=;,;;,"), "de");
  EXPECT_EQ(PreferredLanguage("entirely"), "de");
}

}  // namespace
}  // namespace stadtmesh::rpc

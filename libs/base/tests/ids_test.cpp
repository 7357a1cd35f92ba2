#include "base/ids.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace stadtmesh {
namespace {

TEST(Ids, FormIsStrict) {
  EXPECT_TRUE(IsId("ride-01"));
  EXPECT_TRUE(IsId(std::string(64, 'a')));
  for (const std::string& bad :
       {std::string(), std::string(65, 'a'), std::string("Ride"), std::string("-a"),
        std::string("a b"), std::string("a{b}"), std::string("a\0b", 3), std::string("ä")}) {
    EXPECT_FALSE(IsId(bad)) << bad;
  }
}

TEST(Ids, AreUniqueAndWellFormed) {
  RandomIdSource source;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = source.NewId("ride");
    EXPECT_TRUE(IsId(id)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Ids, EncodesAllBits) {
  EXPECT_EQ(EncodeId(0, 0), std::string(26, '0'));
  EXPECT_EQ(EncodeId(~0ull, ~0ull), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(EncodeId(0, 33), std::string(24, '0') + "11");
}

TEST(Ids, ParsingNamesTheField) {
  const auto parsed = ParseId("ride_id", "NO");
  EXPECT_EQ(GetErrorInfo(parsed.status())->fields[0].field, "ride_id");
}

}  // namespace
}  // namespace stadtmesh

#include "gateway/api/limit_words.h"

#include <gtest/gtest.h>

namespace stadtmesh::gateway {
namespace {

TEST(LimitWordsTest, RangesAreRead) {
  const auto in = [](absl::string_view limit, bool english) {
    return LimitInWords(FieldReason::kOutOfRange, limit, english);
  };
  EXPECT_EQ(in("1..16", false), "1 bis 16");
  EXPECT_EQ(in("1..16", true), "1 to 16");
  EXPECT_EQ(in("-90..90", false), "-90 bis 90");
  EXPECT_EQ(in("0..", false), "mindestens 0");
  EXPECT_EQ(in("..2026-11-23", true), "at most 2026-11-23");
  EXPECT_EQ(in("latitude -90..90, longitude -180..180", false),
            "Breite -90 bis 90, Länge -180 bis 180");
  EXPECT_EQ(in("", false), "");
}

TEST(LimitWordsTest, FormsOfDevelopersAreNamed) {
  const auto form = [](absl::string_view limit, bool english) {
    return LimitInWords(FieldReason::kInvalidFormat, limit, english);
  };
  EXPECT_EQ(form("{…}", false), "ein Objekt {…}");
  EXPECT_EQ(form("YYYY-MM-DD", true), "a day such as 2026-11-23");
  EXPECT_EQ(form("02595 9999, +49 2595 9999", false), "02595 9999, +49 2595 9999");
}

}  // namespace
}  // namespace stadtmesh::gateway

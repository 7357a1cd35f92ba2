#include "base/money.h"

#include <gtest/gtest.h>

namespace stadtmesh {
namespace {

TEST(Money, Formats) {
  EXPECT_EQ(FormatGerman({1250}), "12,50 €");
  EXPECT_EQ(FormatGerman({-5}), "-0,05 €");
  EXPECT_EQ(FormatEnglish({-1205}), "-€12.05");
}

TEST(Money, Calculates) { EXPECT_EQ(Money{250} * 3 - Money{50}, Money{700}); }

}  // namespace
}  // namespace stadtmesh

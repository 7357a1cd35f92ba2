#include "base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace stadtmesh {
namespace {

TEST(Text, CountsCharactersAsPeopleDo) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("Halt"), 4u);
  EXPECT_EQ(CodePoints("Größe"), 5u);
  EXPECT_EQ(CodePoints("東京🚌"), 3u);
}

TEST(Text, ControlCharactersAreNoPlainText) {
  EXPECT_TRUE(IsPlainText(""));
  EXPECT_TRUE(IsPlainText("Äußere Mühle 5, Nürnberg – „Nord“ 🚌"));
  for (const std::string& control :
       {std::string("\0", 1), std::string("\n"), std::string("\t"), std::string("\x1b"),
        std::string("\x7f"), std::string("\xc2\x85"), std::string("\xe2\x80\xa8")}) {
    EXPECT_FALSE(IsPlainText("a" + control + "b")) << testing::PrintToString(control);
  }
  EXPECT_TRUE(IsPlainText("zwei\r\n\tZeilen", Lines::kSeveral));
  EXPECT_FALSE(IsPlainText("zwei\x0bZeilen", Lines::kSeveral));
}

TEST(Text, WhatIsNoUtf8IsNoPlainText) {
  for (const char* wrong : {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xe2\x82", "\xf0\x82\x82\xac"}) {
    EXPECT_FALSE(IsPlainText(wrong)) << testing::PrintToString(wrong);
  }
}

}  // namespace
}  // namespace stadtmesh

#include "search/fold.h"

#include <gtest/gtest.h>

namespace stadtmesh::search {
namespace {

std::string Plain(absl::string_view text) {
  std::string all;
  for (const Word& word : Words(text)) all += (all.empty() ? "" : " ") + word.plain;
  return all;
}

TEST(Words, FoldsCaseAccentsAndSharpS) {
  EXPECT_EQ(Plain("MÜLLER"), "muller");
  EXPECT_EQ(Plain("Großer Weg"), "grosser weg");
  EXPECT_EQ(Plain("Café d'Été"), "cafe dete");
  EXPECT_EQ(Plain("St.-Martin-Platz 3"), "st martin platz 3");
  // "ü" written as u and a combining mark.
  EXPECT_EQ(Plain("Mu\xCC\x88ller"), "muller");
}

TEST(Words, SpellsOutStreet) {
  EXPECT_EQ(Plain("Hauptstr. 5"), "hauptstrasse 5");
  EXPECT_EQ(Plain("Nürnberger Str"), "nurnberger strasse");
  EXPECT_EQ(Plain("Hauptstraße"), "hauptstrasse");
}

TEST(Words, UmlautSpellingsMeetInTheCollapsedForm) {
  EXPECT_EQ(Words("Müller")[0].collapsed, Words("Mueller")[0].collapsed);
  EXPECT_EQ(Words("Größe")[0].collapsed, Words("Groesse")[0].collapsed);
  EXPECT_EQ(Words("Straße")[0].collapsed, Words("Strasse")[0].collapsed);
}

TEST(Words, NothingOfNothing) {
  EXPECT_TRUE(Words("").empty());
  EXPECT_TRUE(Words(" .,-/ ").empty());
}

TEST(Utf8, RefusesBrokenText) {
  EXPECT_TRUE(IsUtf8("Straße"));
  for (const char* broken :
       {"\xC3", "\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\x80"}) {
    EXPECT_FALSE(IsUtf8(broken)) << broken;
  }
  EXPECT_EQ(CharacterCount("Straße"), 6);
}

TEST(HouseNumber, IsNormal) {
  EXPECT_EQ(NormalHouseNumber("12 A"), "12a");
  EXPECT_EQ(NormalHouseNumber("12 - 14"), "12-14");
}

}  // namespace
}  // namespace stadtmesh::search

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
  EXPECT_EQ(Plain("St.-Martin-Platz 3"), "sankt martin platz 3");
  // "ü" written as u and a combining mark.
  EXPECT_EQ(Plain("Mu\xCC\x88ller"), "muller");
}

TEST(Words, SpellsOutStreet) {
  EXPECT_EQ(Plain("Hauptstr. 5"), "hauptstrasse 5");
  EXPECT_EQ(Plain("Nürnberger Str"), "nurnberger strasse");
  EXPECT_EQ(Plain("Hauptstraße"), "hauptstrasse");
}

TEST(Words, SpellsOutAbbreviationsOnceTheyAreFinished) {
  EXPECT_EQ(Plain("Bhf"), "bahnhof");
  EXPECT_EQ(Plain("Lauf Hbf."), "lauf hauptbahnhof");
  EXPECT_EQ(Plain("Bgm.-Lang-Pl."), "burgermeister lang platz");
  EXPECT_EQ(Plain("Marktpl. 3"), "marktplatz 3");
  EXPECT_EQ(Plain("St Martin, Prof. Dr. Lang"), "sankt martin professor doktor lang");
  // What may yet become Stadtplatz, Drosselweg, or is a name.
  EXPECT_EQ(Plain("st"), "st");
  EXPECT_EQ(Plain("dr"), "dr");
  EXPECT_EQ(Plain("St 2183"), "st 2183");
  EXPECT_EQ(Plain("Kappl Dorf"), "kappl dorf");
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
  EXPECT_EQ(NormalHouseNumber("12/1"), "12-1");
}

}  // namespace
}  // namespace stadtmesh::search

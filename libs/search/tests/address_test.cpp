// How people write addresses and names, and what must be told apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/geocoder.h"
#include "search/tests/searching.h"

namespace stadtmesh::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

std::unique_ptr<const Geocoder> StreetWith(const std::vector<std::string>& numbers) {
  std::vector<Entry> entries = {Address("Bergweg", "5"), Address("Bergweg", "5a"),
                                Address("Hauptmannsweg", "5"), Address("Hauptmannsweg", "5a")};
  for (const std::string& number : numbers) entries.push_back(Address("Hauptstraße", number));
  entries.push_back({.kind = EntryKind::kStreet,
                     .name = "Hauptstraße",
                     .city = "Musterstadt",
                     .location = {52, 7.3}});
  return Geocoder::Build(std::move(entries));
}

std::string HouseFound(const std::vector<std::string>& numbers, const std::string& text) {
  const std::string label = First(*StreetWith(numbers), text);
  return label.substr(0, label.find(", 48700"));
}

TEST(HouseNumber, MissingGivesTheNearest) {
  EXPECT_EQ(HouseFound({"1", "5", "9"}, "Hauptstraße 5a"), "Hauptstraße 5");
  EXPECT_EQ(HouseFound({"1", "5a", "9"}, "Hauptstraße 5"), "Hauptstraße 5a");
  EXPECT_EQ(HouseFound({"1", "5a", "9"}, "Hauptstraße 5c"), "Hauptstraße 5a");
  EXPECT_EQ(HouseFound({"1", "4", "9"}, "Hauptstraße 5a"), "Hauptstraße 4");
  EXPECT_EQ(HouseFound({"1", "4-8", "9"}, "Hauptstr. 6"), "Hauptstraße 4-8");
  EXPECT_EQ(HouseFound({"1", "o.Nr.", "9"}, "Hauptstr. 3"), "Hauptstraße 1");
  EXPECT_EQ(HouseFound({"1", "90"}, "Hauptstraße 40"), "Hauptstraße, Musterstadt");
}

TEST(HouseNumber, NearestIsOfferedBesideTheUnfinished) {
  const auto town = StreetWith({"4", "50", "51", "52", "53", "54", "55", "56", "57", "58"});
  EXPECT_THAT(Find(*town, "Hauptstraße 5", 10), IsSupersetOf({"Hauptstraße 50, 48700 Musterstadt",
                                                              "Hauptstraße 4, 48700 Musterstadt"}));
  EXPECT_EQ(First(*town, "Hauptstraße 5"), "Hauptstraße 50, 48700 Musterstadt");
}

TEST(HouseNumber, WithAStroke) {
  EXPECT_EQ(HouseFound({"1", "5/1", "5/2"}, "Hauptstraße 5/2"), "Hauptstraße 5/2");
  EXPECT_EQ(HouseFound({"1", "2", "5"}, "Hauptstraße 5/2"), "Hauptstraße 5");
}

TEST(HouseNumber, MayLead) {
  const auto town = StreetWith({"1", "5", "12a"});
  for (const char* number : {"5", "12a", "7", "12 a"}) {
    const std::string street = "Hauptstraße";
    EXPECT_EQ(Find(*town, number + (" " + street), 10), Find(*town, street + " " + number, 10))
        << number;
  }
  EXPECT_EQ(First(*town, "5 hauptstr. Musterstadt"), "Hauptstraße 5, 48700 Musterstadt");
  const auto may = Geocoder::Build({Address("1.-Mai-Straße", "1"), Address("1.-Mai-Straße", "2"),
                                    Address("Maiweg", "1"), Address("Maiweg", "2")});
  for (const char* typed : {"1. Mai Str.", "1. Maistraße", "1.Mai"})
    EXPECT_EQ(First(*may, typed), "1.-Mai-Straße, Musterstadt") << typed;
  EXPECT_EQ(First(*may, "1. Maistr 2"), "1.-Mai-Straße 2, 48700 Musterstadt");
}

TEST(Abbreviation, FindsTheFullNameAndTheReverse) {
  std::vector<Entry> entries;
  for (const char* name : {"Bahnhof", "Hauptbahnhof", "Sankt-Martin-Kirche", "Neuer Platz",
                           "Doktor-Schulz-Haus", "Stadion"})
    entries.push_back({.kind = EntryKind::kStop, .name = name, .location = {52, 7.3}});
  for (const char* name : {"Ostend Bhf", "St. Anna", "Alter Pl.", "Bgm.-Lang-Halle"})
    entries.push_back({.kind = EntryKind::kStop, .name = name, .location = {52, 7.3}});
  const auto town = Geocoder::Build(std::move(entries));
  for (const auto& [typed, found] : std::vector<std::pair<std::string, std::string>>{
           {"Bhf", "Bahnhof"},
           {"bhf.", "Bahnhof"},
           {"Bf", "Bahnhof"},
           {"Hbf", "Hauptbahnhof"},
           {"Ostend Bahnhof", "Ostend Bhf"},
           {"St. Martin Kirche", "Sankt-Martin-Kirche"},
           {"st martinkirche", "Sankt-Martin-Kirche"},
           {"Sankt Anna", "St. Anna"},
           {"neuer pl", "Neuer Platz"},
           {"Neuer Pl.", "Neuer Platz"},
           {"Alter Platz", "Alter Pl."},
           {"dr schulz", "Doktor-Schulz-Haus"},
           {"Bürgermeister Lang Halle", "Bgm.-Lang-Halle"}}) {
    EXPECT_EQ(First(*town, typed), found) << typed;
  }
  // Not finished: it may become either.
  EXPECT_THAT(Find(*town, "st", 10),
              UnorderedElementsAre("Sankt-Martin-Kirche", "St. Anna", "Stadion"));
}

// ---- The same street in two villages of one town.
Entry InVillage(Entry entry, const std::string& village) {
  entry.district = village;
  entry.keywords = {village};
  return entry;
}

std::unique_ptr<const Geocoder> TwoVillages() {
  std::vector<Entry> entries;
  for (const auto& [village, latitude] :
       std::vector<std::pair<std::string, double>>{{"Oberdorf", 52.0}, {"Unterdorf", 52.03}}) {
    for (const char* number : {"1", "3", "5"})
      entries.push_back(InVillage(Address("Kirchstraße", number, latitude), village));
    entries.push_back({.kind = EntryKind::kStreet,
                       .name = "Kirchstraße",
                       .city = "Musterstadt",
                       .district = village,
                       .location = {latitude, 7.3}});
    entries.push_back({.kind = EntryKind::kPlace,
                       .name = "Kirche",
                       .city = "Musterstadt",
                       .district = village,
                       .location = {latitude, 7.3}});
  }
  return Geocoder::Build(std::move(entries));
}

TEST(Label, TellsTwoVillagesApart) {
  const auto town = TwoVillages();
  EXPECT_THAT(Find(*town, "Kirchstraße 3", 2),
              ElementsAre("Kirchstraße 3, Oberdorf, 48700 Musterstadt",
                          "Kirchstraße 3, Unterdorf, 48700 Musterstadt"));
  EXPECT_THAT(Find(*town, "Kirchstraße", 2), ElementsAre("Kirchstraße, Oberdorf, Musterstadt",
                                                         "Kirchstraße, Unterdorf, Musterstadt"));
  EXPECT_THAT(Find(*town, "Kirche", 2),
              ElementsAre("Kirche, Oberdorf, Musterstadt", "Kirche, Unterdorf, Musterstadt"));
  EXPECT_EQ(First(*town, "Kirchstr 3 Unterdorf"), "Kirchstraße 3, Unterdorf, 48700 Musterstadt");
}

TEST(Label, NamesNoDistrictWhereNothingIsToBeToldApart) {
  // A street through two districts, and a house that is on the map twice.
  std::vector<Entry> entries = {InVillage(Address("Lange Straße", "1"), "Mitte"),
                                InVillage(Address("Lange Straße", "2", 52.01), "Nord"),
                                InVillage(Address("Lange Straße", "2", 52.0101), "Mitte")};
  const auto town = Geocoder::Build(std::move(entries));
  EXPECT_THAT(Find(*town, "Lange Straße 2"), ElementsAre("Lange Straße 2, 48700 Musterstadt"));
  EXPECT_THAT(Find(*town, "Lange Straße"), ElementsAre("Lange Straße, Musterstadt"));
}

TEST(Label, OneTownMayBeSpelledInTwoWays) {
  std::vector<Entry> entries = {Address("Markt", "5"), Address("Markt", "6")};
  entries[0].city = "Lauf a.d.Pegnitz";
  entries[1].city = "Lauf an der Pegnitz";
  EXPECT_THAT(Find(*Geocoder::Build(std::move(entries)), "Markt 5"),
              ElementsAre("Markt 5, 48700 Lauf a.d.Pegnitz"));
}

}  // namespace
}  // namespace stadtmesh::search

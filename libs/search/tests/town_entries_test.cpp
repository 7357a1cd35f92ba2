// What of a map can be searched, and what is filled in that the map does not say.
#include "search/town_entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/tests/searching.h"

namespace stadtmesh::search {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(TownEntries, RoadNumbersAreNoStreets) {
  routing::TownMap map;
  for (const char* name :
       {"L 851", "K 12", "B 54", "St 2183", "LAU 12", "TÖL 5", "L3010", "B 14;B 2", "L 851n",
        "Weg 5", "Am 7", "Straße 12", "L-Straße", "Kleinfeld"})
    map.streets.push_back({.name = name, .location = {52, 7.3}});
  map.addresses.push_back({.street = "C 4", .house_number = "8", .location = {52, 7.3}});
  map.streets.push_back({.name = "C 4", .location = {52, 7.3}});
  std::vector<std::string> names;
  for (const Entry& entry : EntriesOf(map)) names.push_back(entry.name);
  EXPECT_THAT(names,
              UnorderedElementsAre("Weg 5", "Am 7", "Straße 12", "L-Straße", "Kleinfeld", "C 4"));
}

// Two villages, 3 km apart, in which the map names no city.
routing::TownMap Villages() {
  routing::TownMap map;
  for (const auto& [village, latitude] :
       std::vector<std::pair<std::string, double>>{{"Oberdorf", 52.0}, {"Unterdorf", 52.03}}) {
    map.places.push_back({village, "place=village", {latitude, 7.3}});
    map.places.push_back({"Sparkasse", "amenity=bank", {latitude, 7.3005}});
    map.addresses.push_back(
        {.street = "Kirchstraße", .house_number = "3", .location = {latitude, 7.301}});
    map.streets.push_back({.name = "Kirchstraße", .location = {latitude, 7.301}});
    map.streets.push_back({.name = "Feldweg", .location = {latitude, 7.302}});
  }
  return map;
}

TEST(TownEntries, TakeTheVillageWhereTheMapNamesNoCity) {
  const auto town = Geocoder::Build(EntriesOf(Villages()));
  EXPECT_THAT(Find(*town, "Kirchstraße 3", 2),
              ElementsAre("Kirchstraße 3, Oberdorf", "Kirchstraße 3, Unterdorf"));
  EXPECT_THAT(Find(*town, "Kirchstraße", 2),
              ElementsAre("Kirchstraße, Oberdorf", "Kirchstraße, Unterdorf"));
  EXPECT_THAT(Find(*town, "Feldweg", 2), ElementsAre("Feldweg, Oberdorf", "Feldweg, Unterdorf"));
  EXPECT_THAT(Find(*town, "Sparkasse", 2),
              ElementsAre("Sparkasse, Oberdorf", "Sparkasse, Unterdorf"));
  EXPECT_EQ(First(*town, "Unterdorf"), "Unterdorf");
}

TEST(TownEntries, TakeTheMunicipalityAndTellItsVillagesApart) {
  routing::TownMap map = Villages();
  map.boundaries.push_back(
      {"Musterstadt", 8, {{51.9, 7.2}, {51.9, 7.4}, {52.1, 7.4}, {52.1, 7.2}}});
  const auto town = Geocoder::Build(EntriesOf(map));
  EXPECT_THAT(
      Find(*town, "Kirchstraße 3", 2),
      ElementsAre("Kirchstraße 3, Oberdorf, Musterstadt", "Kirchstraße 3, Unterdorf, Musterstadt"));
  EXPECT_THAT(Find(*town, "Feldweg", 2),
              ElementsAre("Feldweg, Oberdorf, Musterstadt", "Feldweg, Unterdorf, Musterstadt"));
  EXPECT_EQ(First(*town, "Unterdorf"), "Unterdorf, Musterstadt");
}

TEST(TownEntries, TellTheBanksOfAVillageApartByTheirStreets) {
  routing::TownMap map;
  map.places.push_back({"Oberdorf", "place=village", {52, 7.3}});
  for (const auto& [street, longitude] :
       std::vector<std::pair<std::string, double>>{{"Kirchstraße", 7.301}, {"Marktplatz", 7.31}}) {
    map.places.push_back({"Sparkasse", "amenity=bank", {52, longitude}});
    map.addresses.push_back(
        {.street = street, .house_number = "1", .location = {52.0001, longitude}});
  }
  const auto town = Geocoder::Build(EntriesOf(map));
  EXPECT_THAT(Find(*town, "Sparkasse", 2),
              ElementsAre("Sparkasse, Kirchstraße, Oberdorf", "Sparkasse, Marktplatz, Oberdorf"));
}

}  // namespace
}  // namespace stadtmesh::search

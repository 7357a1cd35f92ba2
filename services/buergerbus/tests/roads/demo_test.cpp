// The made-up town over somebody's map.
#include "buergerbus/demo.h"

#include <gtest/gtest.h>

#include <string>

#include "routing/road_graph_builder.h"

namespace stadtmesh::buergerbus {
namespace {

// A road with a stop at either end, and one in the fields.
routing::TownMap Map() {
  routing::TownMap map;
  map.stops = {{"Markt", 1, {51.9, 7.3}}, {"Bahnhof", 2, {51.91, 7.3}}, {"Acker", 3, {51.95, 7.3}}};
  routing::RoadGraphBuilder builder;
  for (int i : {0, 1}) builder.AddNode(map.stops[i].location);
  builder.AddSegment({.first = 0, .last = 1, .forward = 60'000, .backward = 60'000});
  map.roads = *builder.Build();
  return map;
}

std::string NameOf(const routing::TownMap& map, absl::string_view file = "maps/olfen.osm.pbf") {
  const absl::StatusOr<Settings> settings = MakeDemoSettings(map, file);
  EXPECT_TRUE(settings.ok()) << settings.status();
  return settings.ok() ? settings->name : "";
}

TEST(Demo, IsCalledLikeItsMap) {
  routing::TownMap map = Map();
  EXPECT_EQ(NameOf(map), "Bürgerbus Olfen");
  EXPECT_EQ(NameOf(map, "Lauf an der Pegnitz.osm"), "Bürgerbus Lauf an der Pegnitz");
  EXPECT_EQ(NameOf(map, ".osm"), "Bürgerbus Musterstadt");
  map.places = {
      {"Rathaus", "amenity=townhall", {51.9, 7.3}}, {"Hinten", "place=hamlet", {51.9, 7.3}},
      {"Vinnum", "place=village", {51.9, 7.3}},     {"Fernstadt", "place=town", {52.5, 7.3}},
      {"Nahstadt", "place=town", {51.91, 7.31}},    {"", "place=city", {51.9, 7.3}}};
  EXPECT_EQ(NameOf(map), "Bürgerbus Nahstadt") << "the larger, then the nearer one";
  map.boundaries = {{"Kreis", 6, {}},
                    {"Gemeinde", 8, {{51.8, 7.2}, {51.8, 7.4}, {52, 7.4}, {52, 7.2}}}};
  EXPECT_EQ(NameOf(map), "Bürgerbus Gemeinde");
  map.boundaries[1].name = "";
  EXPECT_EQ(NameOf(map), "Bürgerbus Nahstadt");
}

TEST(Demo, StopsWhereABusCanCome) {
  routing::TownMap map = Map();
  const absl::StatusOr<Settings> settings = MakeDemoSettings(map, "x");
  ASSERT_TRUE(settings.ok()) << settings.status();
  ASSERT_EQ(settings->stops.size(), 2u);
  EXPECT_EQ(settings->stops[1].name, "Bahnhof");
  EXPECT_TRUE(ValidateSettings(*settings).ok()) << ValidateSettings(*settings);
  map.stops.erase(map.stops.begin());
  EXPECT_TRUE(absl::IsInvalidArgument(MakeDemoSettings(map, "x").status()));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

#include "routing/osm_tags.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace stadtmesh::routing {
namespace {

using Tags = std::map<std::string, std::string>;

auto Lookup(const Tags& tags) {
  return [&tags](absl::string_view key) -> absl::string_view {
    const auto found = tags.find(std::string(key));
    return found == tags.end() ? absl::string_view() : absl::string_view(found->second);
  };
}

std::optional<RoadTags> Road(const Tags& tags, bool bus = false) {
  return ParseRoad(Lookup(tags), bus);
}

TEST(SpeedLimit, KnowsTheFormsInUse) {
  EXPECT_EQ(ParseSpeedLimit("50"), (SpeedLimit{50, std::nullopt}));
  EXPECT_EQ(ParseSpeedLimit(" 30 km/h "), (SpeedLimit{30, std::nullopt}));
  EXPECT_EQ(ParseSpeedLimit("100"), (SpeedLimit{100, false}));
  EXPECT_NEAR(*ParseSpeedLimit("30 mph").kmh, 48.28, 0.01);
  EXPECT_EQ(ParseSpeedLimit("walk"), (SpeedLimit{7, std::nullopt}));
  EXPECT_EQ(ParseSpeedLimit("none"), (SpeedLimit{100, false}));
  EXPECT_EQ(ParseSpeedLimit("DE:urban"), (SpeedLimit{50, true}));
  EXPECT_EQ(ParseSpeedLimit("DE:rural"), (SpeedLimit{100, false}));
  EXPECT_EQ(ParseSpeedLimit("DE:zone:30"), (SpeedLimit{30, true}));
  EXPECT_EQ(ParseSpeedLimit("DE:zone30"), (SpeedLimit{30, true}));
  EXPECT_EQ(ParseSpeedLimit("DE:living_street"), (SpeedLimit{7, true}));
  EXPECT_EQ(ParseSpeedLimit("70;50"), (SpeedLimit{70, std::nullopt}));
}

TEST(SpeedLimit, KnowsNothingOfOthers) {
  for (const char* value : {"", "signals", "variable", "-5", "0", "nan", "inf", "1e9",
                            "DE:", "DE:zone", "DE:DE:", "mph"}) {
    EXPECT_EQ(ParseSpeedLimit(value), SpeedLimit{}) << value;
  }
}

TEST(ParseRoad, LeavesOutWhatAMinibusMayNotUse) {
  EXPECT_FALSE(Road({}));
  for (const char* highway : {"footway", "cycleway", "path", "steps", "proposed", "construction",
                              "pedestrian", "track"}) {
    EXPECT_FALSE(Road({{"highway", highway}})) << highway;
  }
  EXPECT_FALSE(Road({{"highway", "residential"}, {"access", "private"}}));
  EXPECT_FALSE(Road({{"highway", "service"}, {"motor_vehicle", "no"}}));
  EXPECT_FALSE(
      Road({{"highway", "track"}, {"tracktype", "grade1"}, {"motor_vehicle", "agricultural"}}));
  EXPECT_FALSE(Road({{"highway", "residential"}, {"area", "yes"}}));
  EXPECT_TRUE(Road({{"highway", "track"}, {"tracktype", "grade1"}}));
  EXPECT_TRUE(
      Road({{"highway", "residential"}, {"access", "no"}, {"motor_vehicle", "destination"}}));
}

TEST(ParseRoad, OpensBusRoadsToBusesOnly) {
  const Tags gate = {{"highway", "service"}, {"access", "no"}, {"bus", "yes"}};
  EXPECT_FALSE(Road(gate));
  EXPECT_TRUE(Road(gate, true));
  const Tags street = {{"highway", "residential"}, {"oneway", "yes"}, {"oneway:bus", "no"}};
  EXPECT_FALSE(Road(street)->backward);
  EXPECT_TRUE(Road(street, true)->backward);
}

TEST(ParseRoad, ReadsDirections) {
  EXPECT_TRUE(Road({{"highway", "residential"}})->backward);
  EXPECT_FALSE(Road({{"highway", "residential"}, {"oneway", "yes"}})->backward);
  EXPECT_FALSE(Road({{"highway", "residential"}, {"oneway", "-1"}})->forward);
  EXPECT_TRUE(Road({{"highway", "residential"}, {"oneway", "-1"}})->backward);
  EXPECT_FALSE(Road({{"highway", "tertiary"}, {"junction", "roundabout"}})->backward);
  EXPECT_FALSE(Road({{"highway", "motorway"}})->backward);
  EXPECT_TRUE(Road({{"highway", "motorway"}, {"oneway", "no"}})->backward);
  EXPECT_FALSE(Road({{"highway", "residential"}, {"oneway", "reversible"}}));
}

TEST(FreeFlow, FollowsLimitClassAndPlace) {
  const Tags plain = {{"highway", "secondary"}};
  EXPECT_GT(FreeFlowKmh(*Road(plain), true, false), FreeFlowKmh(*Road(plain), true, true));
  EXPECT_LE(FreeFlowKmh(*Road(plain), true, true), 50);
  const Tags zone = {{"highway", "residential"}, {"maxspeed", "DE:zone:30"}};
  EXPECT_LE(FreeFlowKmh(*Road(zone), true, false), 27);
  const Tags directed = {{"highway", "secondary"}, {"maxspeed:forward", "30"}, {"maxspeed", "70"}};
  EXPECT_DOUBLE_EQ(FreeFlowKmh(*Road(directed), true, false), 27);
  EXPECT_DOUBLE_EQ(FreeFlowKmh(*Road(directed), false, false), 63);
  // A sign that says 70 among houses means a town's through road, not town speed.
  EXPECT_DOUBLE_EQ(FreeFlowKmh(*Road(directed), false, true), 63);
  const Tags type = {{"highway", "secondary"}, {"maxspeed", "50"}, {"source:maxspeed", "DE:urban"}};
  EXPECT_DOUBLE_EQ(FreeFlowKmh(*Road(type), true, false), 41);
}

TEST(ParseRoad, ABusIsAPublicServiceVehicleInBothDirections) {
  const auto backward = [](Tags more) {
    more.insert({{"highway", "residential"}, {"oneway", "yes"}});
    return std::make_pair(Road(more)->backward, Road(more, true)->backward);
  };
  const auto only_bus = std::make_pair(false, true), nobody = std::make_pair(false, false);
  EXPECT_EQ(backward({}), nobody);
  EXPECT_EQ(backward({{"oneway:psv", "no"}}), only_bus);
  EXPECT_EQ(backward({{"oneway:bus", "no"}}), only_bus);
  EXPECT_EQ(backward({{"oneway:bicycle", "no"}}), nobody);
  EXPECT_EQ(backward({{"busway", "opposite_lane"}}), only_bus);
  EXPECT_EQ(backward({{"lanes:psv:backward", "1"}}), only_bus);
  EXPECT_EQ(backward({{"bus:backward", "designated"}}), only_bus);
  EXPECT_FALSE(
      Road({{"highway", "residential"}, {"motor_vehicle:backward", "no"}}, true)->backward);
  EXPECT_TRUE(
      Road({{"highway", "residential"}, {"motor_vehicle:backward", "no"}, {"psv:backward", "yes"}},
           true)
          ->backward);
  // A street that turns the buses out.
  EXPECT_FALSE(Road({{"highway", "residential"}, {"psv", "no"}}, true));
  EXPECT_TRUE(Road({{"highway", "residential"}, {"psv", "no"}}));
}

TEST(ParseRoad, TheMostSpecificAccessWins) {
  const Tags street = {{"highway", "unclassified"}, {"vehicle", "no"}, {"psv", "yes"}};
  EXPECT_FALSE(Road(street));
  EXPECT_TRUE(Road(street, true));
  EXPECT_TRUE(Road({{"highway", "track"}, {"motor_vehicle", "agricultural;destination"}}));
  EXPECT_FALSE(Road({{"highway", "track"}, {"motor_vehicle", "agricultural;forestry"}}));
  EXPECT_TRUE(Road({{"highway", "pedestrian"}, {"bus", "designated"}}, true));
  EXPECT_FALSE(Road({{"highway", "pedestrian"}, {"bus", "designated"}}));
  EXPECT_FALSE(Road({{"highway", "busway"}, {"access", "no"}}, true));
}

TEST(ParseRoad, FerriesAreNoRoadsAndTheBusMustFit) {
  EXPECT_FALSE(Road({{"route", "ferry"}}));
  EXPECT_FALSE(Road({{"highway", "secondary"}, {"route", "ferry"}}));
  EXPECT_FALSE(Road({{"highway", "residential"}, {"maxheight", "2.2"}}));
  EXPECT_TRUE(Road({{"highway", "residential"}, {"maxheight", "3.2 m"}}));
  EXPECT_TRUE(Road({{"highway", "residential"}, {"maxheight", "default"}}));
  EXPECT_FALSE(Road({{"highway", "service"}, {"maxweight", "2.8"}}));
  EXPECT_TRUE(Road({{"highway", "service"}, {"maxweight", "3.5"}}));
}

TEST(ParseRoad, WhatMayCloseARoadByDayClosesIt) {
  const auto open = [](const std::string& key, const std::string& value) {
    return Road({{"highway", "residential"}, {key, value}}, true).has_value();
  };
  EXPECT_FALSE(open("motor_vehicle:conditional", "no @ (Mo-Fr 07:00-08:00)"));
  EXPECT_FALSE(open("access:conditional", "no @ (Sa 06:00-14:00; PH off)"));
  EXPECT_FALSE(open("access:conditional", "no @ snow"));
  EXPECT_TRUE(open("motor_vehicle:conditional", "no @ (22:00-06:00)"));
  EXPECT_TRUE(open("motor_vehicle:conditional", "no @ (weight>7.5)"));
  EXPECT_FALSE(open("motor_vehicle:conditional", "no @ (weight>2.8)"));
  EXPECT_TRUE(open("access:conditional", "no @ hgv"));
  // Who is named more closely is not bound.
  EXPECT_TRUE(Road({{"highway", "residential"},
                    {"motor_vehicle:conditional", "no @ (07:00-19:00)"},
                    {"bus", "yes"}},
                   true));
  // A closed road that opens at times stays closed.
  EXPECT_FALSE(Road({{"highway", "residential"},
                     {"motor_vehicle", "no"},
                     {"motor_vehicle:conditional", "yes @ (19:00-10:00)"}}));
}

TEST(FreeFlow, LimitsThatHoldAtTimesByDayHoldAlways) {
  const auto kmh = [](const std::string& conditional) {
    const Tags tags = {
        {"highway", "secondary"}, {"maxspeed", "50"}, {"maxspeed:conditional", conditional}};
    return FreeFlowKmh(*Road(tags), true, true);
  };
  const double plain =
      FreeFlowKmh(*Road({{"highway", "secondary"}, {"maxspeed", "50"}}), true, true);
  EXPECT_DOUBLE_EQ(kmh("30 @ (Mo-Fr 07:00-17:00)"), 27);
  EXPECT_DOUBLE_EQ(kmh("30 @ (07:30-08:15,12:00-13:30)"), 27);
  EXPECT_DOUBLE_EQ(kmh("30 @ (22:00-06:00)"), plain);
  EXPECT_DOUBLE_EQ(kmh("30 @ (22:00-07:00)"), 27);
  EXPECT_DOUBLE_EQ(kmh("30 @ (weight>7.5); 40 @ wet"), 36);
  EXPECT_DOUBLE_EQ(kmh("80 @ wet"), plain);
  EXPECT_DOUBLE_EQ(kmh("gibberish ((@;"), plain);
}

TEST(BlocksRoad, TellsBollardsFromGates) {
  const auto blocks = [](const Tags& tags, bool bus = true) {
    return BlocksRoad(Lookup(tags), bus);
  };
  EXPECT_TRUE(blocks({{"barrier", "bollard"}}));
  EXPECT_FALSE(blocks({{"barrier", "bollard"}, {"motor_vehicle", "yes"}}));
  EXPECT_FALSE(blocks({{"barrier", "gate"}}));
  EXPECT_TRUE(blocks({{"barrier", "gate"}, {"access", "private"}}));
  EXPECT_TRUE(blocks({{"barrier", "gate"}, {"motor_vehicle", "agricultural"}}));
  EXPECT_TRUE(blocks({{"barrier", "lift_gate"}, {"locked", "yes"}}));
  EXPECT_FALSE(blocks({{"barrier", "cattle_grid"}}));
  EXPECT_FALSE(blocks({{"highway", "crossing"}}));
  EXPECT_TRUE(blocks({{"barrier", "height_restrictor"}, {"maxheight", "2.1"}}));
  EXPECT_FALSE(blocks({{"barrier", "height_restrictor"}, {"maxheight", "3.5"}}));
  // What keeps cars out and lets the bus pass.
  for (const Tags& tags :
       {Tags{{"barrier", "bollard"}, {"bus", "yes"}}, Tags{{"barrier", "bus_trap"}},
        Tags{{"barrier", "lift_gate"}, {"access", "no"}, {"psv", "yes"}}}) {
    EXPECT_FALSE(blocks(tags));
    EXPECT_TRUE(blocks(tags, false));
  }
  EXPECT_TRUE(blocks({{"barrier", "bus_trap"}, {"bus", "no"}}));
}

TEST(RestrictionKind, RespectsExceptions) {
  EXPECT_EQ(RestrictionKind(Lookup({{"restriction", "no_left_turn"}}), false), "no_left_turn");
  EXPECT_EQ(RestrictionKind(
                Lookup({{"restriction", "no_left_turn"}, {"except", "bicycle;motorcar"}}), false),
            "");
  const Tags psv = {{"restriction", "only_straight_on"}, {"except", "psv"}};
  EXPECT_EQ(RestrictionKind(Lookup(psv), false), "only_straight_on");
  EXPECT_EQ(RestrictionKind(Lookup(psv), true), "");
  EXPECT_EQ(RestrictionKind(Lookup({{"restriction:hgv", "no_left_turn"}}), false), "");
  EXPECT_EQ(RestrictionKind(Lookup({{"restriction:bus", "no_u_turn"}}), true), "no_u_turn");
  EXPECT_EQ(RestrictionKind(Lookup({{"restriction:bus", "no_u_turn"}}), false), "");
}

TEST(RestrictionKind, ConditionsThatMayHoldByDayBind) {
  const auto kind = [](const std::string& conditional) {
    return std::string(RestrictionKind(Lookup({{"restriction:conditional", conditional}}), true));
  };
  EXPECT_EQ(kind("no_left_turn @ (Mo-Fr 07:00-09:00)"), "no_left_turn");
  EXPECT_EQ(kind("no_left_turn @ (23:00-05:00)"), "");
  EXPECT_EQ(kind("no_right_turn @ (weight>7.5); only_straight_on @ (Sa)"), "only_straight_on");
  EXPECT_EQ(kind("no_left_turn"), "");
  EXPECT_EQ(kind("none @ bus"), "");
}

}  // namespace
}  // namespace stadtmesh::routing

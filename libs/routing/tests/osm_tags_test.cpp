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

TEST(BlocksRoad, TellsBollardsFromGates) {
  EXPECT_TRUE(BlocksRoad(Lookup({{"barrier", "bollard"}})));
  EXPECT_FALSE(BlocksRoad(Lookup({{"barrier", "bollard"}, {"motor_vehicle", "yes"}})));
  EXPECT_FALSE(BlocksRoad(Lookup({{"barrier", "gate"}})));
  EXPECT_TRUE(BlocksRoad(Lookup({{"barrier", "gate"}, {"access", "private"}})));
  EXPECT_FALSE(BlocksRoad(Lookup({{"highway", "crossing"}})));
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
}

}  // namespace
}  // namespace stadtmesh::routing

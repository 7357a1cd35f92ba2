// The made-up town must be a plausible one, judged by importing it as any other map.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include "make-town/town.h"
#include "routing/osm_import.h"
#include "routing/travel_times.h"

namespace stadtmesh::make_town {
namespace {

routing::TownMap Import(uint64_t seed) {
  const std::string path = testing::TempDir() + "/town-" + std::to_string(getpid()) + ".osm";
  std::ofstream(path) << MakeTown({.seed = seed});
  auto map = routing::ImportOsm(path);
  std::remove(path.c_str());
  if (!map.ok()) {
    ADD_FAILURE() << map.status();
    std::abort();
  }
  return *std::move(map);
}

TEST(MakeTown, SameSeedSameBytes) {
  EXPECT_EQ(MakeTown({.seed = 7}), MakeTown({.seed = 7}));
  EXPECT_NE(MakeTown({.seed = 7}), MakeTown({.seed = 8}));
  EXPECT_LT(MakeTown({}).size(), 5'000'000u);
}

TEST(MakeTown, EscapesItsName) {
  EXPECT_NE(MakeTown({.name = "A<b>&\"c\""}).find("A&lt;b&gt;&amp;&quot;c&quot;"),
            std::string::npos);
}

class Seeds : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(MakeTown, Seeds, testing::Values(1, 2, 3, 17, 12345));

TEST_P(Seeds, IsAPlausibleTown) {
  const routing::TownMap map = Import(GetParam());
  std::printf("seed %lu: %zu nodes, %zu edges, %zu addresses, %zu streets, %zu places, %zu stops\n",
              GetParam(), map.roads->node_count(), map.roads->edge_count(), map.addresses.size(),
              map.streets.size(), map.places.size(), map.stops.size());
  EXPECT_EQ(map.report.segments_disconnected, 0);
  EXPECT_EQ(map.report.missing_nodes, 0);
  EXPECT_GE(map.report.restrictions_used, 6);
  EXPECT_EQ(map.report.restrictions_ignored, 0);
  EXPECT_GT(map.addresses.size(), 2500u);
  EXPECT_LT(map.addresses.size(), 4000u);
  EXPECT_GT(map.stops.size(), 60u);
  EXPECT_GT(map.places.size(), 50u);
  ASSERT_EQ(map.boundaries.size(), 1u);
  EXPECT_EQ(map.boundaries[0].name, "Musterstadt");
  const Polygon area(map.boundaries[0].ring);
  for (const routing::Address& address : map.addresses)
    ASSERT_TRUE(area.Contains(address.location));
  for (const routing::BusStop& stop : map.stops)
    ASSERT_TRUE(area.Contains(stop.location)) << stop.name;
}

TEST_P(Seeds, HouseNumbersAreUnique) {
  std::set<std::string> seen;
  for (const routing::Address& address : Import(GetParam()).addresses) {
    EXPECT_TRUE(
        seen.insert(address.suburb + "|" + address.street + "|" + address.house_number).second)
        << address.street << " " << address.house_number;
  }
}

TEST_P(Seeds, EverythingIsOnARoad) {
  const routing::TownMap map = Import(GetParam());
  for (const routing::Address& address : map.addresses) {
    ASSERT_TRUE(map.roads->SnapTo(address.location, 150).ok())
        << address.street << " " << address.house_number;
  }
  for (const routing::BusStop& stop : map.stops)
    ASSERT_TRUE(map.roads->SnapTo(stop.location, 30).ok()) << stop.name;
}

TEST_P(Seeds, DrivesTakeAsLongAsInLife) {
  const routing::TownMap map = Import(GetParam());
  const auto times = routing::TravelTimes::Create(map.roads);
  ASSERT_TRUE(times.ok());
  const routing::Snap market = *map.roads->SnapTo({51.98, 7.30});
  for (const routing::NamedPlace& place : map.places) {
    if (place.category != "place=village") continue;
    const routing::Snap village = *map.roads->SnapTo(place.location);
    const int minutes = (*times)->Seconds(market, village, 12) / 60;
    EXPECT_GE(minutes, 4) << place.name;
    EXPECT_LE(minutes, 14) << place.name;
  }
}

}  // namespace
}  // namespace stadtmesh::make_town

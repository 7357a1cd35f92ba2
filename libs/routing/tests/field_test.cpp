// Real extracts of OpenStreetMap, kept outside the repository (see the README).
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "routing/osm_import.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {
namespace {

std::string Data(const std::string& file) { return std::string(std::getenv("STADTMESH_DATA")) + "/osm/" + file; }

TEST(Field, Lauf) {
  const auto map = ImportOsm(Data("lauf.osm.pbf"));
  ASSERT_TRUE(map.ok()) << map.status();
  const ImportReport& r = map->report;
  std::printf("nodes %zu edges %zu addresses %zu streets %zu places %zu stops %zu boundaries %zu segments %ld dis %ld restr %ld/%ld missing %ld\n",
    map->roads->node_count(), map->roads->edge_count(), map->addresses.size(), map->streets.size(), map->places.size(), map->stops.size(), map->boundaries.size(), r.road_segments, r.segments_disconnected, r.restrictions_used, r.restrictions_ignored, r.missing_nodes);
}
TEST(Field, NorthBayreuth) {
  const auto map = ImportOsm(Data("north-bayreuth.osm.gz"));
  ASSERT_TRUE(map.ok()) << map.status();
  const ImportReport& r = map->report;
  std::printf("nodes %zu edges %zu addresses %zu streets %zu places %zu stops %zu boundaries %zu segments %ld dis %ld restr %ld/%ld missing %ld\n",
    map->roads->node_count(), map->roads->edge_count(), map->addresses.size(), map->streets.size(), map->places.size(), map->stops.size(), map->boundaries.size(), r.road_segments, r.segments_disconnected, r.restrictions_used, r.restrictions_ignored, r.missing_nodes);
}

}  // namespace
}  // namespace stadtmesh::routing

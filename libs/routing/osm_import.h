// Reads OpenStreetMap files. The only door through which libosmium is used.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "routing/road_graph_builder.h"
#include "routing/town_map.h"

namespace stadtmesh::routing {

struct ImportOptions {
  // Ways and lanes open to buses only count as open (a line service under the Passenger Transport
  // Act may use them).
  bool public_service_vehicle = false;
  TurnCosts turn_costs;
};

// Imports one file: .osm.pbf, .osm, and .osm.gz or .osm.bz2. NOT_FOUND or PERMISSION_DENIED when it
// cannot be opened, INVALID_ARGUMENT (saying what and where) when it is broken, of another format,
// or holds no connected road.
absl::StatusOr<TownMap> ImportOsm(const std::string& path, const ImportOptions& options = {});

}  // namespace stadtmesh::routing

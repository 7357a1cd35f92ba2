// Addresses, streets, places, stops and boundaries of an OpenStreetMap file. Internal to the
// import; pure.
#pragma once

#include "routing/osm_file.h"
#include "routing/town_map.h"

namespace stadtmesh::routing {

// Fills all of `map` but its roads and report.
void CollectFeatures(const OsmFile& file, TownMap& map);

}  // namespace stadtmesh::routing

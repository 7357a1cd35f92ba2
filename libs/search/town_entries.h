// What of an imported town can be searched. Pure.
#pragma once

#include <vector>

#include "routing/town_map.h"
#include "search/geocoder.h"

namespace stadtmesh::search {

// Addresses, streets, places and stops of the map, with their city and district. Places or stops of
// one name within 250 m (the two sides of a road) become one. A service that keeps its own stops
// leaves the map's out.
std::vector<Entry> EntriesOf(const routing::TownMap& map, bool with_stops = true);

}  // namespace stadtmesh::search

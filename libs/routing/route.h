// The way of one drive, with its geometry. Pure.
#pragma once

#include <vector>

#include "routing/endpoints.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {

Route MakeRoute(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& from,
                const Snap& to);

}  // namespace stadtmesh::routing

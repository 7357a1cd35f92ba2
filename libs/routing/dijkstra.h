// Dijkstra's algorithm over arcs: the plain search behind FindRoute, and the yardstick of the fast
// one. Thread-safe.
#pragma once

#include <vector>

#include "routing/endpoints.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

struct ShortestPaths {
  static constexpr ArcIndex kNone = UINT32_MAX;
  // per arc: the earliest moment at which it is entered, or kUnreachable
  std::vector<Milliseconds> entered;
  std::vector<ArcIndex> predecessor;  // the arc driven before, or kNone for a first one
};

ShortestPaths FindShortestPaths(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                                const Seeds& seeds);

// From the paths out of `from`: the time to `to`.
Milliseconds TimeAlong(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                       const ShortestPaths& paths, const Snap& from, const Snap& to);

}  // namespace stadtmesh::routing

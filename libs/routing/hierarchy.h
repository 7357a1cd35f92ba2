// A customizable contraction hierarchy over arcs and turns (Dibbelt, Strasser, Wagner 2014).
// Immutable, thread-safe.
//
// The topology depends on the roads alone and is made once; the driving times of several hours are
// then filled in side by side
// ("lanes"), so that the inner loops run over short arrays of fixed length. Contracting an arc
// joins all its higher neighbours; afterwards each shortest path goes up in rank and then down, and
// all a search can meet are the ancestors in the elimination tree: no priority queue is needed.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "routing/endpoints.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

using Rank = uint32_t;
inline constexpr Rank kNoRank = UINT32_MAX;

struct HierarchyTopology {
  explicit HierarchyTopology(const RoadGraph& graph);

  size_t size() const { return parent.size(); }

  std::vector<Rank> rank;            // per arc; kNoRank where it may not be driven
  std::vector<Rank> parent;          // per rank: the lowest higher neighbour; kNoRank for a root
  std::vector<uint32_t> first_link;  // per rank, and one more
  std::vector<Rank> link_head;       // the higher end of each link, ascending for each lower end
};

// Driving times on the links: `lanes` of them beside each other.
struct HierarchyTimes {
  int lanes = 1;                   // 1, 4 or 8
  std::vector<Milliseconds> up;    // per link and lane: from the lower to the higher end
  std::vector<Milliseconds> down;  // from the higher to the lower end
};

// `times` holds 1, 4 or 8 arrays, each a time per arc.
HierarchyTimes Customize(const RoadGraph& graph, const HierarchyTopology& topology,
                         absl::Span<const std::vector<Milliseconds>* const> times);

}  // namespace stadtmesh::routing

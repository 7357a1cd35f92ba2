// The largest strongly connected component of a graph of arcs and turns (Tarjan 1972, without
// recursion). Pure.
#pragma once

#include <functional>
#include <vector>

#include "routing/road_graph.h"

namespace stadtmesh::routing {

// True for each arc in the largest component among the arcs that `exists` accepts; of equally large
// ones the one with the smallest arc. An arc alone is no component unless it turns into itself.
// `first` and `turns` are as in RoadGraphData. All false when no arc exists.
std::vector<bool> LargestStrongComponent(size_t arcs, const std::vector<uint32_t>& first,
                                         const std::vector<Turn>& turns,
                                         const std::function<bool(ArcIndex)>& exists);

}  // namespace stadtmesh::routing

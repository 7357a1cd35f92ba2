// An order of the arcs in which a hierarchy over them stays small: nested dissection. Pure,
// deterministic.
//
// Cut the junctions into two halves of at least a quarter each, joined by as few roads as possible;
// the arcs of these few rank above all arcs within the halves, which are cut the same way. The cut
// is the smallest one between the outermost quarters in one of four compass directions (inertial
// flow: Schild and Sommer, SEA 2015). Arcs of a cut are a separator of the graph of arcs and turns
// (Buchhold, Wagner, Zeitz, Zündorf: Customizable Contraction Hierarchies with Turn Costs, ATMOS
// 2020).
#pragma once

#include <vector>

#include "routing/road_graph.h"

namespace stadtmesh::routing {

// All arcs that may be driven, the lowest rank first.
std::vector<ArcIndex> NestedDissectionOrder(const RoadGraph& graph);

}  // namespace stadtmesh::routing

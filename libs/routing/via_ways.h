// Turn restrictions over ways: who came from one road and drove along others must not (or must)
// turn into a certain one at their end. A turn between two arcs cannot say that, so the arcs on the
// way are doubled for those who come from the first road. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "routing/road_graph.h"

namespace stadtmesh::routing {

// Arc 2s runs along segment s, arc 2s + 1 back. Segments behind the first ones are doubles.
struct TurnLists {
  std::vector<std::vector<Turn>> turns;  // per arc
  std::vector<bool> exists;              // per arc; of a double only one direction does
  std::vector<uint32_t> original;        // per segment: itself, or what it doubles

  ArcIndex Original(ArcIndex arc) const { return 2 * original[arc / 2] + arc % 2; }
};

struct ViaRule {
  bool only = false;           // else: no
  std::vector<ArcIndex> path;  // from, then at least one arc on the way; originals
  std::vector<ArcIndex> to;    // at the end of the path; originals
};

// Appends doubles and leads turns through them. A rule whose path cannot be driven changes nothing.
void ApplyViaRules(const std::vector<ViaRule>& rules, TurnLists& lists);

}  // namespace stadtmesh::routing

// How a drive begins and ends inside arcs. The search between runs over states "about to enter arc
// a". Pure.
#pragma once

#include <vector>

#include "absl/container/inlined_vector.h"
#include "routing/road_graph.h"
#include "routing/speed_profile.h"

namespace stadtmesh::routing {

// Unreachable. Two of them still fit into Milliseconds when added.
inline constexpr Milliseconds kUnreachable = 1'000'000'000;

// Driving time of every arc at one hour's speeds; 0 for arcs that may not be driven.
std::vector<Milliseconds> ArcTimes(const RoadGraph& graph, const SpeedProfile::Hour& percent);

struct Seed {
  ArcIndex arc = 0;
  Milliseconds cost = 0;
};
using Seeds = absl::InlinedVector<Seed, 8>;

// The arcs a vehicle can enter first after leaving `from`, with the time until it does.
Seeds StartSeeds(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& from);
// The arcs through which `to` is reached, with the time from entering them.
Seeds EndSeeds(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& to);
// The drive that never leaves the edge, or kUnreachable.
Milliseconds DirectTime(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                        const Snap& from, const Snap& to);

// Whole seconds, rounded up.
inline int32_t ToSeconds(Milliseconds time) { return (time + 999) / 1000; }

}  // namespace stadtmesh::routing

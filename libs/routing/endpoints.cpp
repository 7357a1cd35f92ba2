#include "routing/endpoints.h"

#include <algorithm>

namespace stadtmesh::routing {
namespace {

// Time from the start of `arc` to the snapped point on it.
Milliseconds TimeTo(const std::vector<Milliseconds>& times, ArcIndex arc, const Snap& snap) {
  const int64_t offset = arc % 2 == 0 ? snap.offset : 65535 - snap.offset;
  return static_cast<Milliseconds>(times[arc] * offset / 65535);
}

// The arcs on which a vehicle at a point of the edge can stand: the edge's own; for a direction it
// has only in doubles, those.
absl::InlinedVector<ArcIndex, 4> StartArcs(const RoadGraph& graph,
                                           const std::vector<Milliseconds>& times, EdgeIndex edge) {
  absl::InlinedVector<ArcIndex, 4> arcs;
  for (const ArcIndex direction : {0u, 1u}) {
    EdgeIndex at = edge;
    while (at != kNoEdge && times[2 * at + direction] == 0) at = graph.edge(at).next_double;
    if (at != kNoEdge) arcs.push_back(2 * at + direction);
  }
  return arcs;
}

}  // namespace

std::vector<Milliseconds> ArcTimes(const RoadGraph& graph, const SpeedProfile::Hour& percent) {
  std::vector<Milliseconds> times(graph.arc_count());
  for (ArcIndex arc = 0; arc < graph.arc_count(); ++arc) {
    const Milliseconds free_flow = graph.arc_time(arc);
    if (free_flow == 0) continue;
    const int64_t speed = percent[static_cast<int>(graph.edge(arc / 2).road_class)];
    times[arc] = static_cast<Milliseconds>(
        std::clamp<int64_t>(free_flow * int64_t{100} / speed, 1, kMaxArcTime));
  }
  return times;
}

Seeds StartSeeds(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& from) {
  Seeds seeds;
  for (const ArcIndex arc : StartArcs(graph, times, from.edge)) {
    const Milliseconds rest = times[arc] - TimeTo(times, arc, from);
    for (const Turn& turn : graph.turns(arc)) seeds.push_back({turn.to, rest + turn.cost});
  }
  return seeds;
}

Seeds EndSeeds(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& to) {
  Seeds seeds;
  for (EdgeIndex edge = to.edge; edge != kNoEdge; edge = graph.edge(edge).next_double) {
    for (const ArcIndex arc : {2 * edge, 2 * edge + 1}) {
      if (times[arc] != 0) seeds.push_back({arc, TimeTo(times, arc, to)});
    }
  }
  return seeds;
}

Milliseconds DirectTime(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                        const Snap& from, const Snap& to) {
  if (from.edge != to.edge) return kUnreachable;
  Milliseconds best = kUnreachable;
  for (const ArcIndex arc : StartArcs(graph, times, from.edge)) {
    const Milliseconds begin = TimeTo(times, arc, from), end = TimeTo(times, arc, to);
    const bool ahead = arc % 2 == 0 ? from.offset <= to.offset : from.offset >= to.offset;
    if (ahead) best = std::min(best, end - begin);
  }
  return best;
}

}  // namespace stadtmesh::routing

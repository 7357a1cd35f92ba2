#include "routing/dijkstra.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace stadtmesh::routing {

ShortestPaths FindShortestPaths(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                                const Seeds& seeds) {
  ShortestPaths paths{
      .entered = std::vector<Milliseconds>(graph.arc_count(), kUnreachable),
      .predecessor = std::vector<ArcIndex>(graph.arc_count(), ShortestPaths::kNone)};
  using Entry = std::pair<Milliseconds, ArcIndex>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  const auto reach = [&](ArcIndex arc, Milliseconds when, ArcIndex before) {
    if (when >= paths.entered[arc]) return;
    paths.entered[arc] = when;
    paths.predecessor[arc] = before;
    queue.push({when, arc});
  };
  for (const Seed& seed : seeds) reach(seed.arc, seed.cost, ShortestPaths::kNone);
  while (!queue.empty()) {
    const auto [when, arc] = queue.top();
    queue.pop();
    if (when != paths.entered[arc]) continue;
    for (const Turn& turn : graph.turns(arc)) {
      reach(turn.to, std::min(when + times[arc] + turn.cost, kUnreachable), arc);
    }
  }
  return paths;
}

Milliseconds TimeAlong(const RoadGraph& graph, const std::vector<Milliseconds>& times,
                       const ShortestPaths& paths, const Snap& from, const Snap& to) {
  Milliseconds best = DirectTime(graph, times, from, to);
  for (const Seed& end : EndSeeds(graph, times, to))
    best = std::min(best, paths.entered[end.arc] + end.cost);
  return std::min(best, kUnreachable);
}

}  // namespace stadtmesh::routing

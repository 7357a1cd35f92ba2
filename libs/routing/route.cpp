#include "routing/route.h"

#include <algorithm>

#include "routing/dijkstra.h"

namespace stadtmesh::routing {
namespace {

// Appends the points of `arc` strictly between two shares (0..65535, in the arc's direction) of its
// length.
void AppendBetween(const RoadGraph& graph, ArcIndex arc, int begin, int end,
                   std::vector<LatLon>& points) {
  const absl::Span<const FixedPoint> geometry = graph.geometry(arc / 2);
  std::vector<LatLon> line;
  for (const FixedPoint& point : geometry) line.push_back(ToLatLon(point));
  if (arc % 2 == 1) std::reverse(line.begin(), line.end());
  std::vector<double> walked = {0};
  for (size_t i = 1; i < line.size(); ++i)
    walked.push_back(walked.back() + DistanceMetres(line[i - 1], line[i]));
  for (size_t i = 0; i < line.size(); ++i) {
    const double share = walked.back() == 0 ? 0 : walked[i] / walked.back() * 65535;
    if (share > begin && share < end) points.push_back(line[i]);
  }
}

int OffsetOn(ArcIndex arc, const Snap& snap) {
  return arc % 2 == 0 ? snap.offset : 65535 - snap.offset;
}

// The arcs entered one after the other to reach `last`.
std::vector<ArcIndex> ArcsTo(const ShortestPaths& paths, ArcIndex last) {
  std::vector<ArcIndex> arcs;
  for (ArcIndex arc = last; arc != ShortestPaths::kNone; arc = paths.predecessor[arc])
    arcs.push_back(arc);
  std::reverse(arcs.begin(), arcs.end());
  return arcs;
}

// The arc on which `from` lies and from whose end `first` was entered at the time the search began
// with.
ArcIndex StartArc(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& from,
                  ArcIndex first, Milliseconds entered) {
  for (EdgeIndex edge = from.edge; edge != kNoEdge; edge = graph.edge(edge).next_double) {
    for (const ArcIndex arc : {2 * edge, 2 * edge + 1}) {
      if (times[arc] == 0) continue;
      const int64_t before = int64_t{times[arc]} * OffsetOn(arc, from) / 65535;
      for (const Turn& turn : graph.turns(arc)) {
        if (turn.to == first && times[arc] - before + turn.cost == entered) return arc;
      }
    }
  }
  return 2 * from.edge;
}

void AddLengths(Route& route) {
  for (size_t i = 1; i < route.points.size(); ++i)
    route.metres += DistanceMetres(route.points[i - 1], route.points[i]);
}

}  // namespace

Route MakeRoute(const RoadGraph& graph, const std::vector<Milliseconds>& times, const Snap& from,
                const Snap& to) {
  Route route;
  route.points.push_back(from.location);
  const ShortestPaths paths = FindShortestPaths(graph, times, StartSeeds(graph, times, from));
  const Milliseconds direct = DirectTime(graph, times, from, to);
  Milliseconds best = direct;
  ArcIndex last = ShortestPaths::kNone;
  for (const Seed& end : EndSeeds(graph, times, to)) {
    if (paths.entered[end.arc] + end.cost >= best) continue;
    best = paths.entered[end.arc] + end.cost;
    last = end.arc;
  }
  route.seconds = ToSeconds(best);
  if (last == ShortestPaths::kNone) {
    const ArcIndex arc = 2 * from.edge + (from.offset <= to.offset ? 0 : 1);
    AppendBetween(graph, arc, OffsetOn(arc, from), OffsetOn(arc, to), route.points);
  } else {
    const std::vector<ArcIndex> arcs = ArcsTo(paths, last);
    const ArcIndex start = StartArc(graph, times, from, arcs[0], paths.entered[arcs[0]]);
    AppendBetween(graph, start, OffsetOn(start, from), 65536, route.points);
    for (size_t i = 0; i + 1 < arcs.size(); ++i)
      AppendBetween(graph, arcs[i], -1, 65536, route.points);
    AppendBetween(graph, last, -1, OffsetOn(last, to), route.points);
  }
  route.points.push_back(to.location);
  route.points.erase(std::unique(route.points.begin(), route.points.end()), route.points.end());
  AddLengths(route);
  return route;
}

}  // namespace stadtmesh::routing

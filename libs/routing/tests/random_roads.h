// Small random road networks for property tests.
#pragma once

#include <rapidcheck.h>

#include <memory>
#include <vector>

#include "routing/road_graph_builder.h"

namespace stadtmesh::routing {

struct RandomRoads {
  std::vector<LatLon> nodes;
  std::vector<RoadSegment> segments;
  struct Rule {
    bool only = false;
    RoadGraphBuilder::Direction from, to;
  };
  std::vector<Rule> rules;
  TurnCosts costs;

  RoadGraphBuilder Builder() const {
    RoadGraphBuilder builder(costs);
    for (const LatLon& node : nodes) builder.AddNode(node);
    for (const RoadSegment& segment : segments) builder.AddSegment(segment);
    for (const Rule& rule : rules)
      rule.only ? builder.Only(rule.from, rule.to) : builder.Forbid(rule.from, rule.to);
    return builder;
  }
};

// Up to `most` nodes; some roads one way, loops and parallel roads among them. With `rules`, some
// turns are forbidden.
inline RandomRoads DrawRoads(int most, bool rules) {
  RandomRoads roads;
  const int count = *rc::gen::inRange(2, most + 1);
  for (int i = 0; i < count; ++i) {
    roads.nodes.push_back(
        {52 + *rc::gen::inRange(0, 1000) * 1e-5, 7 + *rc::gen::inRange(0, 1000) * 1e-5});
  }
  const int segments = *rc::gen::inRange(1, 3 * count);
  for (int i = 0; i < segments; ++i) {
    RoadSegment segment{.first = static_cast<NodeIndex>(*rc::gen::inRange(0, count)),
                        .last = static_cast<NodeIndex>(*rc::gen::inRange(0, count))};
    segment.forward = *rc::gen::inRange(1, 100'000);
    segment.backward =
        *rc::gen::weightedElement<int>({{1, 0}, {3, 1}}) * *rc::gen::inRange(1, 100'000);
    segment.road_class = static_cast<RoadClass>(*rc::gen::inRange(1, kRoadClassCount));
    roads.segments.push_back(segment);
  }
  roads.costs = {.dead_end = *rc::gen::inRange(0, 20'000),
                 .turn_round = *rc::gen::inRange(0, 60'000)};
  if (!rules) return roads;
  const auto direction = [&] {
    return RoadGraphBuilder::Direction{static_cast<uint32_t>(*rc::gen::inRange(0, segments)),
                                       *rc::gen::arbitrary<bool>()};
  };
  const int count_rules = *rc::gen::inRange(0, 2 * segments);
  for (int i = 0; i < count_rules; ++i) {
    const bool only = *rc::gen::inRange(0, 4) == 0;
    roads.rules.push_back({only, direction(), direction()});
  }
  return roads;
}

inline Snap DrawSnap(const RoadGraph& graph) {
  Snap snap;
  snap.edge = static_cast<EdgeIndex>(*rc::gen::inRange<size_t>(0, graph.edge_count()));
  snap.offset = static_cast<uint16_t>(
      *rc::gen::oneOf(rc::gen::inRange(0, 65536), rc::gen::element(0, 65535)));
  return snap;
}

// Up to 40, or none.
inline std::vector<Snap> DrawSnaps(const RoadGraph& graph) {
  std::vector<Snap> snaps(*rc::gen::inRange<size_t>(0, 40));
  for (Snap& snap : snaps) snap = DrawSnap(graph);
  return snaps;
}

}  // namespace stadtmesh::routing

#include "routing/road_graph.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "routing/arc_order.h"
#include "routing/built_up.h"
#include "routing/tests/random_roads.h"

namespace stadtmesh::routing {
namespace {

// Reachability by plain search over the built graph's turns.
std::vector<bool> Reach(const RoadGraph& graph, ArcIndex start) {
  std::vector<bool> reached(graph.arc_count(), false);
  std::vector<ArcIndex> open = {start};
  while (!open.empty()) {
    const ArcIndex arc = open.back();
    open.pop_back();
    for (const Turn& turn : graph.turns(arc)) {
      if (reached[turn.to]) continue;
      reached[turn.to] = true;
      open.push_back(turn.to);
    }
  }
  return reached;
}

RC_GTEST_PROP(RoadGraphProperty, EveryArcReachesEveryOther, ()) {
  const auto graph = DrawRoads(14, true).Builder().Build();
  RC_PRE(graph.ok());
  for (ArcIndex arc = 0; arc < (*graph)->arc_count(); ++arc) {
    if ((*graph)->arc_time(arc) == 0) continue;
    const std::vector<bool> reached = Reach(**graph, arc);
    for (ArcIndex other = 0; other < reached.size(); ++other) {
      RC_ASSERT(reached[other] == ((*graph)->arc_time(other) > 0));
    }
  }
}

RC_GTEST_PROP(RoadGraphProperty, OrderHoldsEachArcOnce, ()) {
  const auto graph = DrawRoads(40, false).Builder().Build();
  RC_PRE(graph.ok());
  std::vector<ArcIndex> order = NestedDissectionOrder(**graph);
  std::sort(order.begin(), order.end());
  std::vector<ArcIndex> expected;
  for (ArcIndex arc = 0; arc < (*graph)->arc_count(); ++arc) {
    if ((*graph)->arc_time(arc) > 0) expected.push_back(arc);
  }
  RC_ASSERT(order == expected);
}

// Distance to a road by brute force in steps of a metre or less.
double SlowDistance(const RoadGraph& graph, EdgeIndex edge, const LatLon& point) {
  double best = std::numeric_limits<double>::max();
  const auto geometry = graph.geometry(edge);
  for (size_t i = 1; i < geometry.size(); ++i) {
    const LatLon a = ToLatLon(geometry[i - 1]), b = ToLatLon(geometry[i]);
    const int steps = static_cast<int>(DistanceMetres(a, b)) + 1;
    for (int step = 0; step <= steps; ++step) {
      const double share = static_cast<double>(step) / steps;
      best = std::min(best,
                      DistanceMetres(point, {a.latitude + share * (b.latitude - a.latitude),
                                             a.longitude + share * (b.longitude - a.longitude)}));
    }
  }
  return best;
}

RC_GTEST_PROP(RoadGraphProperty, SnapsToTheNearestRoadWithinTheLimit, ()) {
  const auto graph = DrawRoads(10, false).Builder().Build();
  RC_PRE(graph.ok());
  const LatLon point{52 + *rc::gen::inRange(-500, 1500) * 1e-5,
                     7 + *rc::gen::inRange(-500, 1500) * 1e-5};
  const double limit = *rc::gen::inRange(0, 1500);
  double nearest = std::numeric_limits<double>::max();
  for (EdgeIndex edge = 0; edge < (*graph)->edge_count(); ++edge) {
    nearest = std::min(nearest, SlowDistance(**graph, edge, point));
  }
  const auto snap = (*graph)->SnapTo(point, limit);
  if (!snap.ok()) {
    RC_ASSERT(snap.status().code() == absl::StatusCode::kNotFound);
    RC_ASSERT(nearest > limit * 0.995 - 1);
    return;
  }
  RC_ASSERT(snap->distance_metres <= limit);
  RC_ASSERT(std::abs(snap->distance_metres - nearest) < 1 + 0.005 * nearest);
  RC_ASSERT(std::abs(DistanceMetres(point, snap->location) - snap->distance_metres) <
            1 + 0.005 * nearest);
  RC_ASSERT(SlowDistance(**graph, snap->edge, snap->location) < 1.5);
}

std::shared_ptr<const RoadGraph> OneRoad(RoadClass road_class) {
  RoadGraphBuilder builder;
  const NodeIndex a = builder.AddNode({52, 7}), b = builder.AddNode({52, 7.01});
  builder.AddSegment({.first = a,
                      .last = b,
                      .forward = 1000,
                      .backward = 1000,
                      .road_class = road_class,
                      .name = "Weg"});
  return *builder.Build();
}

TEST(SnapTo, RefusesBadQuestions) {
  const auto graph = OneRoad(RoadClass::kTertiary);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(graph->SnapTo({nan, 7}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(graph->SnapTo({91, 7}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(graph->SnapTo({52, 7}, -1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(graph->SnapTo({52, 7}, nan).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(graph->SnapTo({-52, -173}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(graph->SnapTo({-52, -173}, 1e6).status().code(), absl::StatusCode::kNotFound);
}

TEST(SnapTo, FindsEndsAndMiddle) {
  const auto graph = OneRoad(RoadClass::kTertiary);
  EXPECT_EQ(graph->SnapTo({52, 6.999})->offset, 0);
  EXPECT_EQ(graph->SnapTo({52, 7.011})->offset, 65535);
  EXPECT_NEAR(graph->SnapTo({52.001, 7.005})->offset, 32768, 2);
  EXPECT_EQ(graph->street_name(graph->SnapTo({52, 7})->edge), "Weg");
}

TEST(SnapTo, NobodyBoardsOnAMotorway) {
  EXPECT_EQ(OneRoad(RoadClass::kMotorway)->SnapTo({52, 7}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(Build, NeedsARoundTrip) {
  RoadGraphBuilder builder;
  const NodeIndex a = builder.AddNode({52, 7}), b = builder.AddNode({52, 7.01});
  builder.AddSegment({.first = a, .last = b, .forward = 1000});
  EXPECT_EQ(builder.Build().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RoadGraphBuilder().Build().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Build, KeepsTheLargestPart) {
  RoadGraphBuilder builder;
  for (int i = 0; i < 5; ++i) builder.AddNode({52, 7 + i * 0.01});
  builder.AddSegment({.first = 0, .last = 1, .forward = 1000, .backward = 1000});
  builder.AddSegment({.first = 2, .last = 3, .forward = 1000, .backward = 1000});
  builder.AddSegment({.first = 3, .last = 4, .forward = 1000, .backward = 1000});
  builder.AddSegment(
      {.first = 4, .last = 0, .forward = 1000});  // joins the parts in one direction only
  std::vector<EdgeIndex> kept;
  const auto graph = builder.Build(&kept);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ((*graph)->edge_count(), 2u);
  EXPECT_EQ(kept,
            (std::vector<EdgeIndex>{RoadGraphBuilder::kNoEdge, 0, 1, RoadGraphBuilder::kNoEdge}));
}

TEST(Create, RefusesPartsThatDoNotFit) {
  const RoadGraphData good = OneRoad(RoadClass::kTertiary)->data();
  ASSERT_TRUE(RoadGraph::Create(good).ok());
  const auto refused = [&](auto spoil) {
    RoadGraphData data = good;
    spoil(data);
    return !RoadGraph::Create(std::move(data)).ok();
  };
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.edges.clear(); }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.nodes.clear(); }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.edges[0].last = 99; }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.edges[0].name = 99; }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.edges[0].forward = -1; }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.edges[0].geometry = 1; }));
  EXPECT_TRUE(
      refused([](RoadGraphData& d) { d.edges[0].road_class = static_cast<RoadClass>(77); }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.geometry.pop_back(); }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.turns[0].to = 99; }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.turns[0].cost = -5; }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.first_turn.pop_back(); }));
  EXPECT_TRUE(refused([](RoadGraphData& d) { d.first_turn[1] = 99; }));
}

TEST(BuiltUp, ByLandAndByHouses) {
  BuiltUpAreas areas;
  areas.AddArea({{52, 7}, {52, 7.01}, {52.01, 7.01}, {52.01, 7}});
  for (int i = 0; i < BuiltUpAreas::kHouses; ++i) areas.AddHouse(ToFixed({52.1 + i * 1e-5, 7.1}));
  areas.AddHouse(ToFixed({52.3, 7.3}));
  EXPECT_TRUE(areas.Contains(ToFixed({52.005, 7.005})));
  EXPECT_FALSE(areas.Contains(ToFixed({52.005, 7.015})));
  EXPECT_TRUE(areas.Contains(ToFixed({52.1, 7.1})));
  EXPECT_FALSE(areas.Contains(ToFixed({52.3, 7.3})));
}

}  // namespace
}  // namespace stadtmesh::routing

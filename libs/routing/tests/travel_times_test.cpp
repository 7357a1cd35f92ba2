#include "routing/travel_times.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <vector>

#include "routing/tests/random_roads.h"

namespace stadtmesh::routing {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max() / 4;

// The yardstick: Bellman and Ford over "at the end of an arc", straight from the plain roads,
// sharing no code with the library but the numbering of edges.
class Naive {
 public:
  Naive(const RandomRoads& roads, const std::vector<EdgeIndex>& kept, int percent) : roads_(roads) {
    for (uint32_t s = 0; s < roads.segments.size(); ++s) {
      for (const bool forward : {true, false}) {
        const int64_t time = forward ? roads.segments[s].forward : roads.segments[s].backward;
        times_.push_back(kept[s] == RoadGraphBuilder::kNoEdge || time == 0
                             ? 0
                             : std::max<int64_t>(1, time * 100 / percent));
      }
      if (kept[s] != RoadGraphBuilder::kNoEdge) segment_of_edge_.push_back(s);
    }
  }

  int64_t Seconds(const RoadGraph& graph, const Snap& from, const Snap& to) const {
    int64_t best = kNever;
    for (const int start : {0, 1}) {
      const size_t first = 2 * segment_of_edge_[from.edge] + static_cast<size_t>(start);
      if (graph.arc_time(2 * from.edge + static_cast<ArcIndex>(start)) == 0) continue;
      const std::vector<int64_t> entered =
          EnterFrom(graph, first, times_[first] - TimeTo(first, from));
      for (const int end : {0, 1}) {
        const size_t last = 2 * segment_of_edge_[to.edge] + static_cast<size_t>(end);
        if (graph.arc_time(2 * to.edge + static_cast<ArcIndex>(end)) == 0) continue;
        if (entered[last] < kNever) best = std::min(best, entered[last] + TimeTo(last, to));
        if (first == last && TimeTo(last, to) >= TimeTo(first, from) && Ahead(last, from, to)) {
          best = std::min(best, TimeTo(last, to) - TimeTo(first, from));
        }
      }
    }
    return (best + 999) / 1000;
  }

 private:
  static bool Ahead(size_t arc, const Snap& from, const Snap& to) {
    return arc % 2 == 0 ? from.offset <= to.offset : from.offset >= to.offset;
  }
  int64_t TimeTo(size_t arc, const Snap& snap) const {
    return times_[arc] * (arc % 2 == 0 ? snap.offset : 65535 - snap.offset) / 65535;
  }
  NodeIndex Head(size_t arc) const {
    return arc % 2 == 0 ? roads_.segments[arc / 2].last : roads_.segments[arc / 2].first;
  }
  NodeIndex Tail(size_t arc) const {
    return arc % 2 == 0 ? roads_.segments[arc / 2].first : roads_.segments[arc / 2].last;
  }

  int64_t TurnCost(size_t from, size_t to) const {
    if (Head(from) != Tail(to) || times_[to] == 0) return kNever;
    bool has_only = false, named = false;
    for (const RandomRoads::Rule& rule : roads_.rules) {
      if (2 * rule.from.segment + (rule.from.forward ? 0 : 1) != from) continue;
      const bool same = 2 * rule.to.segment + (rule.to.forward ? 0 : 1) == to;
      if (!rule.only && same) return kNever;
      has_only |= rule.only;
      named |= rule.only && same;
    }
    if (has_only && !named) return kNever;
    if (to != (from ^ 1)) return 0;
    size_t exits = 0;
    for (size_t arc = 0; arc < times_.size(); ++arc) {
      const RoadSegment& segment = roads_.segments[arc / 2];
      exits += (arc % 2 == 0 ? segment.forward : segment.backward) > 0 && Tail(arc) == Head(from);
    }
    return exits == 1 ? roads_.costs.dead_end : roads_.costs.turn_round;
  }

  // When each arc can be entered at the earliest, having reached the end of `first` at `rest`.
  std::vector<int64_t> EnterFrom(const RoadGraph& graph, size_t first, int64_t rest) const {
    std::vector<int64_t> entered(times_.size(), kNever);
    const auto relax = [&](size_t from, int64_t end) {
      bool changed = false;
      for (size_t to = 0; to < times_.size(); ++to) {
        const int64_t cost = TurnCost(from, to);
        if (cost >= kNever || end + cost >= entered[to]) continue;
        entered[to] = end + cost;
        changed = true;
      }
      return changed;
    };
    relax(first, rest);
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t arc = 0; arc < times_.size(); ++arc) {
        if (entered[arc] < kNever) changed |= relax(arc, entered[arc] + times_[arc]);
      }
    }
    return entered;
  }

  const RandomRoads& roads_;
  std::vector<int64_t> times_;
  std::vector<uint32_t> segment_of_edge_;
};

SpeedProfile DrawProfile() {
  SpeedProfile profile = SpeedProfile::FreeFlow();
  const int kinds = *rc::gen::element(1, 2, 4, 7, 24);
  for (int hour = 0; hour < kHoursPerDay; ++hour)
    profile.percent[hour].fill(static_cast<uint8_t>(60 + 3 * (hour % kinds)));
  return profile;
}

struct Case {
  RandomRoads roads;
  std::vector<EdgeIndex> kept;
  std::shared_ptr<const RoadGraph> graph;
};
Case DrawCase(int most, bool rules) {
  Case c{.roads = DrawRoads(most, rules)};
  const auto graph = c.roads.Builder().Build(&c.kept);
  RC_PRE(graph.ok());
  c.graph = *graph;
  return c;
}

RC_GTEST_PROP(TravelTimesProperty, AgreeWithTheNaiveSearch, ()) {
  const Case c = DrawCase(9, true);
  const SpeedProfile profile = DrawProfile();
  const auto times = *TravelTimes::Create(c.graph, profile);
  const int hour = *rc::gen::inRange(0, kHoursPerDay);
  const Naive naive(c.roads, c.kept, profile.percent[hour][0]);
  for (int i = 0; i < 8; ++i) {
    const Snap from = DrawSnap(*c.graph), to = DrawSnap(*c.graph);
    const int64_t expected = naive.Seconds(*c.graph, from, to);
    RC_ASSERT(times->Seconds(from, to, hour) == expected);
    RC_ASSERT(times->Seconds(from, to, hour) == expected);  // from the cache
    RC_ASSERT(times->FindRoute(from, to, hour).seconds == expected);
  }
}

RC_GTEST_PROP(TravelTimesProperty, AllWaysOfAskingAgree, ()) {
  const Case c = DrawCase(40, true);
  const auto times = *TravelTimes::Create(c.graph, DrawProfile());
  const std::vector<Snap> from = DrawSnaps(*c.graph), to = DrawSnaps(*c.graph);
  const int hour = *rc::gen::inRange(0, kHoursPerDay);
  const Matrix matrix = times->ManyToMany(from, to, hour);
  RC_ASSERT(times->ManyToManyByHour(from, to)[hour] == matrix);
  for (size_t i = 0; i < from.size(); ++i) {
    const std::vector<int32_t> row = times->OneToMany(from[i], to, hour);
    for (size_t j = 0; j < to.size(); ++j) {
      RC_ASSERT(matrix.At(i, j) == row[j]);
      RC_ASSERT(matrix.At(i, j) == times->Seconds(from[i], to[j], hour));
      RC_ASSERT(matrix.At(i, j) == times->ManyToOne(from, to[j], hour)[i]);
    }
  }
}

RC_GTEST_PROP(TravelTimesProperty, EveryPointReachesEveryOther, ()) {
  const Case c = DrawCase(30, true);
  const auto times = *TravelTimes::Create(c.graph);
  RC_ASSERT(times->Seconds(DrawSnap(*c.graph), DrawSnap(*c.graph), 0) < 30 * 3 * 100 * 2 + 10'000);
}

RC_GTEST_PROP(TravelTimesProperty, TriangleInequalityWithoutTurnCosts, ()) {
  RandomRoads roads = DrawRoads(12, false);
  roads.costs = {0, 0};
  const auto graph = roads.Builder().Build();
  RC_PRE(graph.ok());
  const auto times = *TravelTimes::Create(*graph, DrawProfile());
  const Snap a = DrawSnap(**graph), b = DrawSnap(**graph), c = DrawSnap(**graph);
  RC_ASSERT(times->Seconds(a, c, 8) <= times->Seconds(a, b, 8) + times->Seconds(b, c, 8));
}

RC_GTEST_PROP(TravelTimesProperty, SymmetricWhereTheRoadsAre, ()) {
  RandomRoads roads = DrawRoads(12, false);
  for (RoadSegment& segment : roads.segments) segment.backward = segment.forward;
  const auto graph = roads.Builder().Build();
  RC_PRE(graph.ok());
  const auto times = *TravelTimes::Create(*graph);
  const Snap a = DrawSnap(**graph), b = DrawSnap(**graph);
  // Cutting an arc in two rounds each part to milliseconds.
  RC_ASSERT(std::abs(times->Seconds(a, b, 0) - times->Seconds(b, a, 0)) <= 1);
  RC_ASSERT(times->Seconds(a, a, 0) == 0);
}

RC_GTEST_PROP(TravelTimesProperty, WhoLeavesLaterArrivesNoEarlier, ()) {
  const Case c = DrawCase(12, true);
  SpeedProfile profile;
  for (auto& hour : profile.percent) hour.fill(static_cast<uint8_t>(*rc::gen::inRange(60, 121)));
  const auto times = *TravelTimes::Create(c.graph, profile);
  const Snap a = DrawSnap(*c.graph), b = DrawSnap(*c.graph);
  RC_PRE(times->Seconds(a, b, 0) < 3600);
  int64_t last = 0;
  for (int64_t second = 0; second < 24 * 3600; second += 60) {
    const int64_t arrival = second + times->SecondsAt(a, b, absl::Seconds(second));
    RC_ASSERT(arrival >= last);
    last = arrival;
  }
}

TEST(TravelTimes, RouteFollowsTheRoad) {
  RoadGraphBuilder builder;
  const NodeIndex a = builder.AddNode({52, 7}), b = builder.AddNode({52, 7.01}),
                  c = builder.AddNode({52.01, 7.01});
  builder.AddSegment({.first = a, .last = b, .forward = 60'000, .backward = 60'000});
  builder.AddSegment({.first = b, .last = c, .forward = 90'000, .backward = 90'000});
  const auto graph = *builder.Build();
  const auto times = *TravelTimes::Create(graph);
  const Snap from = *graph->SnapTo({52, 7.005}), to = *graph->SnapTo({52.005, 7.01});
  const Route route = times->FindRoute(from, to, 0);
  EXPECT_EQ(route.seconds, 75);
  ASSERT_EQ(route.points.size(), 3u);
  EXPECT_EQ(route.points[1], (LatLon{52, 7.01}));
  EXPECT_NEAR(route.metres,
              DistanceMetres({52, 7.005}, {52, 7.01}) + DistanceMetres({52, 7.01}, {52.005, 7.01}),
              1);
  EXPECT_EQ(times->FindRoute(from, from, 0).seconds, 0);
}

TEST(TravelTimes, RefusesImpossibleSpeeds) {
  RoadGraphBuilder builder;
  const NodeIndex a = builder.AddNode({52, 7}), b = builder.AddNode({52, 7.01});
  builder.AddSegment({.first = a, .last = b, .forward = 60'000, .backward = 60'000});
  const auto graph = *builder.Build();
  SpeedProfile profile = SpeedProfile::WorkingDay();
  EXPECT_TRUE(TravelTimes::Create(graph, profile).ok());
  profile.percent[3][2] = 0;
  EXPECT_EQ(TravelTimes::Create(graph, profile).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(TravelTimes, AnswersManyThreadsAlike) {
  RoadGraphBuilder builder;
  constexpr int kSide = 12;
  for (int i = 0; i < kSide * kSide; ++i)
    builder.AddNode({52 + (i / kSide) * 1e-3, 7 + (i % kSide) * 1e-3});
  for (NodeIndex i = 0; i < kSide * kSide; ++i) {
    if (i % kSide + 1 < kSide)
      builder.AddSegment({.first = i, .last = i + 1, .forward = 7'000, .backward = 8'000});
    if (i + kSide < kSide * kSide)
      builder.AddSegment({.first = i, .last = i + kSide, .forward = 9'000, .backward = 6'000});
  }
  const auto graph = *builder.Build();
  // A cache far smaller than the questions, so that entries come and go.
  const auto times = *TravelTimes::Create(graph, SpeedProfile::WorkingDay(), {.cache_entries = 64});
  std::vector<Snap> snaps;
  for (EdgeIndex edge = 0; edge < graph->edge_count(); edge += 9)
    snaps.push_back({.edge = edge, .offset = 20'000});
  const Matrix expected = times->ManyToMany(snaps, snaps, 8);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < snaps.size(); ++i) {
        for (size_t j = 0; j < snaps.size(); ++j) {
          wrong[t] += times->Seconds(snaps[(i + t) % snaps.size()], snaps[j], 8) !=
                      expected.At((i + t) % snaps.size(), j);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace stadtmesh::routing

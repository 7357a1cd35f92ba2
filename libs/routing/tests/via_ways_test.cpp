// Restrictions over ways against a search that remembers the last arcs driven and judges every turn
// by the rules themselves.
#include "routing/via_ways.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <utility>
#include <vector>

#include "routing/road_graph_builder.h"
#include "routing/tests/random_roads.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {
namespace {

using Direction = RoadGraphBuilder::Direction;
using Path = std::vector<Direction>;

struct Rule {
  bool only = false;
  Path path;
  Path to;
};

struct Network {
  RandomRoads roads;
  std::vector<Rule> rules;

  Milliseconds Time(Direction d) const {
    const RoadSegment& segment = roads.segments[d.segment];
    return d.forward ? segment.forward : segment.backward;
  }
  NodeIndex Begin(Direction d) const {
    const RoadSegment& segment = roads.segments[d.segment];
    return d.forward ? segment.first : segment.last;
  }
  NodeIndex End(Direction d) const { return Begin({d.segment, !d.forward}); }
  Path LeavingFrom(NodeIndex node) const {
    Path result;
    for (uint32_t s = 0; s < roads.segments.size(); ++s) {
      for (const bool forward : {true, false}) {
        const Direction d{s, forward};
        if (Time(d) > 0 && Begin(d) == node) result.push_back(d);
      }
    }
    return result;
  }
  bool OnTheWay(Direction d) const {
    return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
      return std::find(rule.path.begin() + 1, rule.path.end(), d) != rule.path.end();
    });
  }
  // Whether who drove `history` may go on into `next`.
  bool Allowed(const Path& history, Direction next) const {
    for (const Rule& rule : rules) {
      if (history.size() < rule.path.size() ||
          !std::equal(rule.path.rbegin(), rule.path.rend(), history.rbegin())) {
        continue;
      }
      const auto named = [&](Direction d) {
        return std::find(rule.to.begin(), rule.to.end(), d) != rule.to.end();
      };
      if (!rule.only && named(next)) return false;
      if (rule.only && !named(next)) return false;
    }
    return true;
  }
};

Network DrawNetwork() {
  Network network{DrawRoads(8, false), {}};
  const int rules = *rc::gen::inRange(0, 6);
  for (int i = 0; i < rules; ++i) {
    // A path that can be driven, of two to four arcs.
    Rule rule{.only = false};
    Direction at{static_cast<uint32_t>(*rc::gen::inRange<size_t>(0, network.roads.segments.size())),
                 true};
    rule.path.push_back(at);
    const int length = *rc::gen::inRange(2, 5);
    while (static_cast<int>(rule.path.size()) < length) {
      const Path exits = network.LeavingFrom(network.End(rule.path.back()));
      if (exits.empty()) break;
      rule.path.push_back(exits[*rc::gen::inRange<size_t>(0, exits.size())]);
    }
    const Path exits = network.LeavingFrom(network.End(rule.path.back()));
    if (rule.path.size() < 2 || exits.empty()) continue;
    rule.to.push_back(exits[*rc::gen::inRange<size_t>(0, exits.size())]);
    network.rules.push_back(std::move(rule));
  }
  return network;
}

using Arc = std::pair<uint32_t, bool>;
using State = std::vector<Arc>;  // the last arcs driven, at most four

State StateOf(const Path& history) {
  State state;
  for (const Direction& d : history) state.emplace_back(d.segment, d.forward);
  return state;
}

// Earliest entry into every arc for who starts at the beginning of `start`, by remembering the last
// arcs. Where nobody can come back from is left out, as a graph leaves it out.
class NaiveSearch {
 public:
  NaiveSearch(const Network& network, Direction start) : network_(network), start_(start) {
    Search();
  }

  std::map<Arc, int64_t> Entered() const {
    std::map<Arc, int64_t> entered;
    for (const State& state : Returning()) {
      const int64_t at = entered_.at(state);
      const auto known = entered.try_emplace(state.back(), at).first;
      known->second = std::min(known->second, at);
    }
    return entered;
  }

 private:
  struct Open {
    int64_t time;
    Path history;
    bool operator<(const Open& other) const { return time > other.time; }
  };

  void Search() {
    std::priority_queue<Open> open;
    open.push({0, {start_}});
    while (!open.empty()) {
      const Open at = open.top();
      open.pop();
      const State state = StateOf(at.history);
      if (!entered_.emplace(state, at.time).second) continue;
      const Direction last = at.history.back();
      const Path exits = network_.LeavingFrom(network_.End(last));
      for (const Direction next : exits) {
        if (!network_.Allowed(at.history, next)) continue;
        const bool back = next.segment == last.segment && next.forward != last.forward;
        const Milliseconds cost = !back               ? 0
                                  : exits.size() == 1 ? network_.roads.costs.dead_end
                                                      : network_.roads.costs.turn_round;
        Path history = at.history;
        history.push_back(next);
        if (history.size() > 4) history.erase(history.begin());
        before_[StateOf(history)].push_back(state);
        open.push({at.time + network_.Time(last) + cost, std::move(history)});
      }
    }
  }

  // The states from which the start can be driven again.
  std::set<State> Returning() const {
    std::set<State> returning;
    std::vector<State> open;
    for (const auto& [state, _] : entered_) {
      if (state.back() == Arc{start_.segment, start_.forward}) open.push_back(state);
    }
    while (!open.empty()) {
      const State state = open.back();
      open.pop_back();
      if (!returning.insert(state).second) continue;
      const auto found = before_.find(state);
      if (found == before_.end()) continue;
      open.insert(open.end(), found->second.begin(), found->second.end());
    }
    return returning;
  }

  const Network& network_;
  const Direction start_;
  std::map<State, int64_t> entered_;
  std::map<State, std::vector<State>> before_;
};

RC_GTEST_PROP(ViaWays, TimesAreThoseOfASearchWithAMemory, ()) {
  const Network network = DrawNetwork();
  RoadGraphBuilder builder = network.roads.Builder();
  for (const Rule& rule : network.rules) builder.ForbidBehind(rule.path, rule.to);
  std::vector<EdgeIndex> kept;
  const auto graph = builder.Build(&kept);
  RC_PRE(graph.ok());
  const auto times = *TravelTimes::Create(*graph);
  const auto is_arc = [&](uint32_t s, bool forward) {
    if (kept[s] == kNoEdge) return false;
    const Edge& edge = (*graph)->edge(kept[s]);
    return !edge.doubled && (forward ? edge.forward : edge.backward) > 0;
  };
  for (uint32_t from = 0; from < kept.size(); ++from) {
    // From the very end of a one-way arc, so that the start says which arc was driven.
    const bool one_way =
        is_arc(from, true) && !is_arc(from, false) && network.roads.segments[from].backward == 0;
    if (!one_way) continue;
    // Who starts on the way of a rule is not bound, unless the road can only be reached that way.
    if (network.OnTheWay({from, true})) continue;
    const auto naive = NaiveSearch(network, {from, true}).Entered();
    for (uint32_t to = 0; to < kept.size(); ++to) {
      if (to == from || kept[to] == kNoEdge || (*graph)->edge(kept[to]).doubled) continue;
      const Snap end_of_from{.edge = kept[from], .offset = 65535};
      const Snap start_of_to{.edge = kept[to], .offset = 0};
      int64_t expected = INT64_MAX;
      for (const bool forward : {true, false}) {
        const auto found = naive.find({to, forward});
        if (found == naive.end()) continue;
        const int64_t along = forward ? 0 : network.Time({to, false});
        expected = std::min(expected, found->second + along - network.Time({from, true}));
      }
      RC_ASSERT(times->Seconds(end_of_from, start_of_to, 12) == (expected + 999) / 1000);
    }
  }
}

TEST(ViaWays, OnlyMeansNothingElseAtTheEndOfThePath) {
  // 0 -> 1 -> 2, from 2 to 3 or 4; everything is two-way.
  RoadGraphBuilder builder({.dead_end = 1000, .turn_round = 1'000'000});
  for (int i = 0; i < 5; ++i) builder.AddNode({52, 7 + i * 0.001});
  const auto road = [&](NodeIndex a, NodeIndex b) {
    return builder.AddSegment({.first = a, .last = b, .forward = 1000, .backward = 1000});
  };
  const uint32_t first = road(0, 1), via = road(1, 2), right = road(2, 3), left = road(2, 4);
  builder.OnlyBehind({{first, true}, {via, true}}, {{right, true}});
  std::vector<EdgeIndex> kept;
  const auto graph = *builder.Build(&kept);
  const auto times = *TravelTimes::Create(graph);
  const Snap start{.edge = kept[first], .offset = 0}, on_the_way{.edge = kept[via], .offset = 0};
  const Snap to_left{.edge = kept[left], .offset = 65535};
  const Snap to_right{.edge = kept[right], .offset = 65535};
  EXPECT_EQ(times->Seconds(start, to_right, 0), 3);
  EXPECT_EQ(times->Seconds(start, to_left, 0), 3 + 1 + 2);  // round at the end of the right one
  EXPECT_EQ(times->Seconds(on_the_way, to_left, 0), 2);
  EXPECT_EQ(times->Seconds(start, on_the_way, 0), 1);
}

}  // namespace
}  // namespace stadtmesh::routing

// What a search takes over instead of working it out again is what it would have worked out.
#include "dispatch/internal/route_state.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch::internal {
namespace {

bool SameTracked(absl::Span<const Tracked> a, absl::Span<const Tracked> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tracked& x, const Tracked& y) {
    return x.request == y.request && x.bound == y.bound && x.cap == y.cap;
  });
}

void ExpectSame(const RouteState& a, const RouteState& b) {
  RC_ASSERT(a.size() == b.size());
  RC_ASSERT(a.cost() == b.cost());
  RC_ASSERT(a.hash() == b.hash());
  RC_ASSERT(a.driven() == b.driven());
  RC_ASSERT(a.busy() == b.busy());
  for (int i = 0; i <= a.size() + 1; ++i) {
    const Position &x = a.at(i), &y = b.at(i);
    RC_ASSERT(x.node == y.node && x.place == y.place && x.begin == y.begin && x.end == y.end);
    RC_ASSERT(x.latest == y.latest && x.to_next == y.to_next && x.load == y.load);
    if (i <= a.size()) RC_ASSERT(SameTracked(a.tracked(i), b.tracked(i)));
  }
}

// Puts a request anywhere into `stops`, or takes it out where it is there already.
std::vector<NodeId> Change(std::vector<NodeId> stops, int r, std::mt19937_64& random) {
  const auto place = [&](size_t first) {
    return static_cast<int64_t>(first + random() % (stops.size() + 1 - first));
  };
  if (std::find(stops.begin(), stops.end(), 2 * r) != stops.end()) {
    std::erase_if(stops, [r](NodeId id) { return id >> 1 == r; });
    return stops;
  }
  const int64_t up = place(0);
  stops.insert(stops.begin() + up, 2 * r);
  stops.insert(stops.begin() + place(static_cast<size_t>(up) + 1), 2 * r + 1);
  return stops;
}

RC_GTEST_PROP(RouteState, FromAnotherIsAsFromNothing, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  std::mt19937_64 random(seed);
  const Town town = RandomTown(seed, {.requests = 6,
                                      .vehicles = 1,
                                      .breaks = seed % 5 == 0,
                                      .company = seed % 3 == 0,
                                      .duration = seed % 2 == 0,
                                      .configurations = seed % 7 == 0,
                                      .time_dependent = seed % 11 == 0});
  const Compiled problem(town.problem, nullptr, true);
  Workspace work(problem);
  RouteState base, from, anew;
  std::vector<NodeId> stops;
  RC_PRE(base.Build(problem, 0, stops, work));
  int built = 0;
  for (int step = 0; step < 200; ++step) {
    const std::vector<NodeId> next =
        Change(stops, static_cast<int>(random() % town.problem.requests.size()), random);
    const bool feasible = anew.Build(problem, 0, next, work);
    RC_ASSERT(from.BuildFrom(base, problem, next, work) == feasible);
    if (!feasible) continue;
    ExpectSame(from, anew);
    std::swap(base, from);
    stops = next;
    ++built;
  }
  RC_CLASSIFY(built > 10, "many");
}

RC_GTEST_PROP(RouteState, StretchedIsAsBuiltWithALongerShift, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  std::mt19937_64 random(seed);
  const Town town = RandomTown(
      seed,
      {.requests = 6, .vehicles = 1, .company = seed % 3 == 0, .configurations = seed % 7 == 0});
  const Compiled problem(town.problem, nullptr, true);
  Compiled longer = problem;
  Workspace work(problem);
  RouteState base, next, stretched, anew;
  RC_PRE(base.Build(problem, 0, {}, work));
  for (int step = 0; step < 100; ++step) {
    const int r = static_cast<int>(random() % town.problem.requests.size());
    if (next.Build(problem, 0, Change(base.Stops(), r, random), work)) std::swap(base, next);
    const Ticks by = static_cast<Ticks>(random() % static_cast<uint64_t>(2 * kHour));
    longer.Loosen(problem, 0, by, 0, 0);
    Workspace easier(longer);
    RC_ASSERT(anew.Build(longer, 0, base.Stops(), easier));
    stretched.Stretch(base, by);
    ExpectSame(stretched, anew);
  }
}

RC_GTEST_PROP(Compiled, CopiesTravelTimesAsTheyAre, ()) {
  std::mt19937_64 random(*rc::gen::arbitrary<uint64_t>());
  const int places = 2 + static_cast<int>(random() % 20);
  // Some fit into 32 bits, some do not.
  const Ticks longest = random() % 2 == 0 ? kHour : 3 * kHour;
  std::vector<Ticks> ticks;
  for (int k = 0; k < places * places; ++k)
    ticks.push_back(static_cast<Ticks>(random() % static_cast<uint64_t>(longest)));
  const MatrixTravelTimes matrix(places, ticks);
  const FunctionTravelTimes function(places,
                                     [&](Place a, Place b) { return matrix.Between(a, b, 0); });
  for (const TravelTimes* travel :
       {static_cast<const TravelTimes*>(&matrix), static_cast<const TravelTimes*>(&function)}) {
    Problem problem;
    problem.travel = travel;
    const Compiled compiled(problem, nullptr, true);
    for (Place a = 0; a < places; ++a) {
      for (Place b = 0; b < places; ++b) {
        RC_ASSERT(compiled.Travel(a, b) == matrix.Between(a, b, 0));
        RC_ASSERT(compiled.TravelTo(b, a) == matrix.Between(a, b, 0));
      }
    }
  }
}

}  // namespace
}  // namespace stadtmesh::dispatch::internal

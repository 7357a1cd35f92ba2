// Check's schedules against the definition of feasibility: a system of difference constraints,
// solved by Bellman and Ford.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "dispatch/check.h"
#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch {
namespace {

// A random order of all requests on vehicle 0, drop-offs behind pick-ups.
Plan RandomOrder(const Problem& problem, uint64_t seed) {
  std::mt19937_64 random(seed);
  Plan plan;
  plan.routes.resize(problem.vehicles.size());
  auto& stops = plan.routes[0].stops;
  for (size_t r = 0; r < problem.requests.size(); ++r) {
    const int index = static_cast<int>(r);
    const auto up =
        stops.insert(stops.begin() + static_cast<int64_t>(random() % (stops.size() + 1)),
                     {StopKind::kPickup, index});
    const auto behind = up - stops.begin() + 1;
    const auto room = static_cast<int64_t>(stops.size()) - behind + 1;
    stops.insert(
        stops.begin() + behind + static_cast<int64_t>(random() % static_cast<uint64_t>(room)),
        {StopKind::kDropoff, index});
  }
  return plan;
}

// Raises begins from their earliest until every limit holds or a window is passed.
bool HasSchedule(const Problem& problem, const std::vector<Stop>& stops) {
  const Vehicle& vehicle = problem.vehicles[0];
  const auto visit = [&](size_t k) -> const Visit& {
    const Request& request = problem.requests[stops[k].index];
    return stops[k].kind == StopKind::kPickup ? *request.pickup : *request.dropoff;
  };
  const size_t n = stops.size();
  std::vector<Ticks> begin(n + 2, vehicle.shift.earliest);
  for (size_t k = 0; k < n; ++k) begin[k + 1] = visit(k).window.earliest;
  for (size_t round = 0; round < n + 3; ++round) {
    bool raised = false;
    const auto raise = [&](size_t k, Ticks to) {
      if (to > begin[k]) begin[k] = to, raised = true;
    };
    for (size_t k = 0; k <= n; ++k) {
      const Place from = k == 0 ? vehicle.start : visit(k - 1).place;
      const Place to = k == n ? vehicle.end.value_or(from) : visit(k).place;
      raise(k + 1,
            begin[k] + (k == 0 ? 0 : visit(k - 1).service) + problem.travel->Between(from, to, 0));
    }
    for (size_t p = 0; p < n; ++p) {
      for (size_t d = p + 1; d < n; ++d) {
        if (stops[p].index != stops[d].index) continue;
        const Ticks longest = problem.requests[stops[p].index].max_ride;
        if (longest < kForever) raise(p + 1, begin[d + 1] - longest - visit(p).service);
      }
    }
    if (vehicle.max_duration < kForever) raise(0, begin[n + 1] - vehicle.max_duration);
    bool late = begin[0] > vehicle.shift.latest || begin[n + 1] > vehicle.shift.latest;
    for (size_t k = 0; k < n; ++k) late |= begin[k + 1] > visit(k).window.latest;
    if (late) return false;
    if (!raised) return true;
  }
  return false;
}

RC_GTEST_PROP(EightSteps, FindAScheduleWheneverThereIsOne, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  Town town = RandomTown(seed, {.requests = 3, .vehicles = 1, .duration = true});
  for (Request& request : town.problem.requests) request.load = {};
  const Plan plan = RandomOrder(town.problem, seed);
  const bool expected = HasSchedule(town.problem, plan.routes[0].stops);
  RC_CLASSIFY(expected, "feasible");
  RC_ASSERT(Check(town.problem, plan).feasible == expected);
}

}  // namespace
}  // namespace stadtmesh::dispatch

#include "buergerbus/planner/draft.h"

#include <algorithm>
#include <utility>

#include "dispatch/check.h"

namespace stadtmesh::buergerbus {
namespace {

bool Serves(const dispatch::Route& route, int request) {
  return std::any_of(route.stops.begin(), route.stops.end(), [&](const dispatch::Stop& stop) {
    return stop.kind != dispatch::StopKind::kBreak && stop.index == request;
  });
}

// By request; -1: none.
std::vector<int> RouteOfEach(const dispatch::Plan& plan, size_t requests) {
  std::vector<int> routes(requests, -1);
  for (size_t route = 0; route < plan.routes.size(); ++route) {
    for (const dispatch::Stop& stop : plan.routes[route].stops) {
      if (stop.kind != dispatch::StopKind::kBreak) routes[stop.index] = static_cast<int>(route);
    }
  }
  return routes;
}

}  // namespace

Draft::Draft(DayProblem problem)
    : problem_(std::move(problem)), index_(problem_.problem(), problem_.plan()) {}

bool Draft::Place(const Assignment& ride, const std::vector<int>& routes) {
  const int known = problem_.IndexOf(ride.ride);
  const int as = known >= 0 ? known : static_cast<int>(problem_.problem().requests.size());
  const dispatch::Request request = problem_.RequestOf(ride);
  const dispatch::InsertAnswer answer =
      index_.Find(request, as, {.explain = false, .only_vehicles = routes});
  if (answer.options.empty()) return false;
  if (known < 0) problem_.Add(ride);
  const dispatch::InsertOption& best = answer.options.front();
  index_.Apply(request, as, best);
  changed_.insert(best.vehicle);
  placed_[ride.ride] = problem_.TourOf(best.vehicle).id;
  return true;
}

void Draft::Remove(const RideId& ride) {
  const int request = problem_.IndexOf(ride);
  if (request < 0) return;  // of a shift that is not planned
  const dispatch::Plan plan = index_.plan();
  for (size_t route = 0; route < plan.routes.size(); ++route) {
    if (Serves(plan.routes[route], request)) changed_.insert(static_cast<int>(route));
  }
  index_.Remove(request);
}

absl::Duration Draft::Search(const std::vector<Assignment>& wishes, const std::set<RideId>& pinned,
                             const dispatch::Budget& budget) {
  const dispatch::Plan start = index_.plan();
  problem_.Pin(start, pinned);
  const dispatch::CheckReport before = dispatch::Check(problem_.problem(), start);
  if (!before.feasible) return absl::ZeroDuration();  // a search from there might lose rides
  const double driven = dispatch::ToSeconds(before.cost.driven);
  for (const Assignment& wish : wishes) problem_.AddWish(wish);
  const dispatch::SolveResult found = dispatch::Improve(problem_.problem(), start, budget);
  searched_ = found.plan;
  const size_t requests = problem_.problem().requests.size();
  const std::vector<int> was = RouteOfEach(start, requests);
  const std::vector<int> is = RouteOfEach(found.plan, requests);
  for (size_t request = 0; request < requests; ++request) {
    if (is[request] < 0 || is[request] == was[request]) continue;
    if (problem_.IsDetour(static_cast<int>(request))) continue;
    const TourId& tour = problem_.TourOf(is[request]).id;
    if (was[request] >= 0 && problem_.TourOf(was[request]).id == tour) continue;
    placed_[problem_.RideOf(static_cast<int>(request)).ride] = tour;
  }
  for (size_t route = 0; route < start.routes.size(); ++route) {
    if (!(start.routes[route] == found.plan.routes[route]))
      changed_.insert(static_cast<int>(route));
  }
  return absl::Seconds(driven - dispatch::ToSeconds(found.cost.driven));
}

Replanning Draft::Finish() const {
  Replanning result{.placed = placed_};
  const dispatch::Plan plan = searched_ ? *searched_ : index_.plan();
  const dispatch::CheckReport report = dispatch::Check(problem_.problem(), plan);
  std::set<TourId> tours;
  for (const int route : changed_) tours.insert(problem_.TourOf(route).id);
  // A shift that nothing changed stays as it is where it cannot be timed anew: planned breaks may
  // stand where a cancelled ride was.
  std::set<int> untimed;
  for (const dispatch::Violation& violation : report.violations) {
    if (changed_.count(violation.vehicle) == 0) untimed.insert(violation.vehicle);
  }
  for (const TourId& tour : tours) {
    std::map<int, DayProblem::NewRoute> routes;
    for (const int route : problem_.RoutesOf(tour.vehicle)) {
      if (untimed.count(route) > 0) continue;
      routes[route] = {plan.routes[route], report.schedules[route].stops};
    }
    result.plans.push_back(problem_.PlanFor(tour, routes));
  }
  return result;
}

}  // namespace stadtmesh::buergerbus

// Plans back in our words.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/timetable.h"
#include "dispatch/check.h"
#include "dispatch/lateness.h"

namespace stadtmesh::buergerbus {
namespace {

VisitKind VisitKindOf(dispatch::StopKind kind) {
  switch (kind) {
    case dispatch::StopKind::kPickup:
      return VisitKind::kPickup;
    case dispatch::StopKind::kDropoff:
      return VisitKind::kDropoff;
    case dispatch::StopKind::kBreak:
      return VisitKind::kBreak;
  }
  std::abort();
}

}  // namespace

std::vector<int> DayProblem::RoutesOf(const VehicleId& vehicle) const {
  std::vector<int> routes;
  for (size_t i = 0; i < routes_.size(); ++i) {
    if (day_->tours[routes_[i].tour].id.vehicle == vehicle) routes.push_back(static_cast<int>(i));
  }
  return routes;
}

std::vector<int> DayProblem::RoutesFor(const RideId& ride,
                                       const std::optional<VehicleId>& vehicle) const {
  std::vector<int> routes;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const Tour& tour = day_->tours[routes_[i].tour];
    if (!WasPickedUp(tour, ride) && (!vehicle || tour.id.vehicle == *vehicle))
      routes.push_back(static_cast<int>(i));
  }
  return routes;
}

Visit DayProblem::VisitOf(int route, const dispatch::Stop& what,
                          const dispatch::StopTimes& times) const {
  Visit visit{.kind = VisitKindOf(what.kind), .shift = routes_[route].shift};
  visit.arrival = At(times.arrival);
  visit.begin = At(times.begin);
  visit.end = At(times.end);
  if (visit.kind == VisitKind::kBreak) {
    visit.break_index = routes_[route].pauses[what.index].break_index;
    return visit;
  }
  const Tour& tour = TourOf(route);
  visit.ride = rides_[what.index].ride;
  const int known = FindVisit(tour, visit.kind, visit.ride);
  if (known >= tour.executed) visit.arrived_at = tour.visits[known].arrived_at;
  if (visit.arrived_at) visit.arrival = *visit.arrived_at;
  return visit;
}

// The drive of a vehicle that could leave at `ready` and leaves as late as it can for a visit at
// `begin`: at another hour, where roads are busier, it may take longer. Who leaves later never
// arrives earlier, so the last moment is found by halving, to the second.
dispatch::Ticks DayProblem::DriveTo(dispatch::Place from, dispatch::Place to, dispatch::Ticks ready,
                                    dispatch::Ticks begin) const {
  const dispatch::Ticks at_once = travel_->Between(from, to, ready);
  if (!travel_->time_dependent() || ready + at_once >= begin) return at_once;
  dispatch::Ticks in_time = ready, too_late = begin + 1;
  while (too_late - in_time > dispatch::kSecond) {
    const dispatch::Ticks leave = in_time + (too_late - in_time) / 2;
    (leave + travel_->Between(from, to, leave) <= begin ? in_time : too_late) = leave;
  }
  return begin - in_time;
}

// When a bus must be at a stop; where it only goes for a break, when the break begins.
dispatch::Ticks DayProblem::DueAt(const dispatch::Route& route,
                                  const std::vector<dispatch::StopTimes>& times,
                                  size_t stop) const {
  for (size_t i = stop; i < route.stops.size(); ++i) {
    if (route.stops[i].kind == dispatch::StopKind::kBreak) return times[i].begin;
    if (!IsDetour(route.stops[i].index)) break;
  }
  return times[stop].begin;
}

// The visits of a route that are not done, early.
void DayProblem::AppendVisits(int route, const NewRoute& changed,
                              std::vector<Visit>& visits) const {
  const std::vector<dispatch::StopTimes> times =
      EarlyTimes(problem_, route, changed.route, changed.times);
  const dispatch::Progress& progress = *problem_.vehicles[route].progress;
  const Tour& tour = TourOf(route);
  dispatch::Place from = progress.place;
  dispatch::Ticks leave = progress.ready;
  absl::Duration detour;
  if (WhereaboutsOf(tour, routes_[route].shift, now_).on_the_way)
    detour = tour.visits[tour.executed].drive;
  bool elsewhere = false;  // than at the visit before
  for (size_t i = routes_[route].driven; i < changed.route.stops.size(); ++i) {
    const dispatch::Stop& stop = changed.route.stops[i];
    if (stop.kind == dispatch::StopKind::kBreak) {
      Visit visit = VisitOf(route, stop, times[i]);
      if (elsewhere) visit.place = points_[from];
      visit.drive = detour;
      visits.push_back(std::move(visit));
      elsewhere = false;
    } else {
      const dispatch::Request& request = problem_.requests[stop.index];
      const bool pickup = stop.kind == dispatch::StopKind::kPickup;
      const dispatch::Place to = (pickup ? request.pickup : request.dropoff)->place;
      detour += dispatch::ToDuration(DriveTo(from, to, leave, DueAt(changed.route, times, i)));
      from = to;
      elsewhere = IsDetour(stop.index);
      leave = times[i].end;
      if (elsewhere) continue;
      visits.push_back(VisitOf(route, stop, times[i]));
      visits.back().drive = detour;
    }
    detour = absl::ZeroDuration();
    leave = times[i].end;
  }
}

// Whoever got in before the plan wanted, because the bus was there, is on board from the planned
// boarding on: else nobody could be waited for.
dispatch::Problem DayProblem::BoardedAsPlanned() const {
  dispatch::Problem problem = problem_;
  for (size_t route = 0; route < routes_.size(); ++route) {
    const Tour& tour = TourOf(static_cast<int>(route));
    for (size_t i = 0; i < routes_[route].driven; ++i) {
      const dispatch::Stop& stop = plan_.routes[route].stops[i];
      if (stop.kind != dispatch::StopKind::kPickup) continue;
      const Visit& visit =
          tour.visits[FindVisit(tour, VisitKind::kPickup, rides_[stop.index].ride)];
      dispatch::Ticks& begun = problem.vehicles[route].progress->begun[i];
      begun = std::max(begun, TicksAt(visit.begin));
    }
  }
  return problem;
}

std::map<RideId, absl::Time> DayProblem::LeaveBy(const TourId& tour) const {
  const dispatch::Problem problem = BoardedAsPlanned();
  std::map<RideId, absl::Time> leave_by;
  const dispatch::CheckReport report = dispatch::Check(problem_, plan_);
  for (const int route : RoutesOf(tour.vehicle)) {
    dispatch::RouteSchedule schedule = report.schedules[route];
    schedule.stops = EarlyTimes(problem_, route, plan_.routes[route], schedule.stops);
    for (size_t i = routes_[route].driven; i < schedule.stops.size(); ++i) {
      const dispatch::Stop& stop = plan_.routes[route].stops[i];
      if (stop.kind != dispatch::StopKind::kPickup || IsDetour(stop.index)) continue;
      const dispatch::Ticks latest =
          dispatch::LeaveBy(problem, route, plan_.routes[route], schedule, static_cast<int>(i));
      leave_by[rides_[stop.index].ride] =
          At(std::max<dispatch::Ticks>(0, latest / dispatch::kSecond * dispatch::kSecond));
    }
  }
  return leave_by;
}

// The visits of a shift that are not done, in their order, as they lie.
void DayProblem::KeepVisits(const Tour& tour, int shift, std::vector<Visit>& visits) const {
  const std::vector<VisitTimes> times = DrivenTimes(tour, now_);
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    if (tour.visits[i].shift != shift) continue;
    Visit visit = tour.visits[i];
    visit.arrival = times[i].arrival;
    visit.begin = times[i].begin;
    visit.end = times[i].end;
    visits.push_back(std::move(visit));
  }
}

TourPlan DayProblem::PlanFor(const TourId& id, const std::map<int, NewRoute>& routes) const {
  const auto found = std::find_if(day_->tours.begin(), day_->tours.end(),
                                  [&](const Tour& tour) { return tour.id == id; });
  const Tour& tour = *found;
  TourPlan plan{.tour = id, .based_on = tour.plan_revision};
  plan.visits.assign(tour.visits.begin(), tour.visits.begin() + tour.executed);
  for (int shift = 0; shift < static_cast<int>(tour.shifts.size()); ++shift) {
    const auto route = std::find_if(routes.begin(), routes.end(), [&](const auto& entry) {
      return routes_[entry.first].shift == shift;
    });
    if (route != routes.end()) {
      const dispatch::Vehicle& vehicle = problem_.vehicles[route->first];
      if (vehicle.tolerated_end > vehicle.shift.latest)
        plan.late_home[shift] = At(vehicle.tolerated_end);
      AppendVisits(route->first, route->second, plan.visits);
    } else {
      KeepVisits(tour, shift, plan.visits);
    }
  }
  for (const Visit& visit : plan.visits) {
    if (visit.kind != VisitKind::kPickup) continue;
    const Assignment* known = FindAssignment(tour, visit.ride);
    plan.assignments.push_back(known != nullptr ? *known : rides_[index_.at(visit.ride)]);
  }
  const std::vector<Load> loads = LoadsOf(plan.assignments, plan.visits);
  for (size_t i = 0; i < loads.size(); ++i) plan.visits[i].load_after = loads[i];
  return plan;
}

std::pair<absl::Time, absl::Time> DayProblem::ExpectedWith(const Assignment& ride,
                                                           const dispatch::InsertOption& place) {
  const int as = static_cast<int>(problem_.requests.size());
  problem_.requests.push_back(RequestOf(ride));
  const std::vector<dispatch::StopTimes> times =
      EarlyTimes(problem_, place.vehicle, place.route, place.schedule.stops);
  problem_.requests.pop_back();
  std::pair<absl::Time, absl::Time> expected;
  for (size_t i = routes_[place.vehicle].driven; i < times.size(); ++i) {
    const dispatch::Stop& stop = place.route.stops[i];
    if (stop.kind == dispatch::StopKind::kBreak || stop.index != as) continue;
    (stop.kind == dispatch::StopKind::kPickup ? expected.first : expected.second) =
        At(times[i].begin);
  }
  return expected;
}

}  // namespace stadtmesh::buergerbus

// The routes of a DayProblem: each shift that still drives, as far as it has come, and as late.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/day_problem.h"

namespace stadtmesh::buergerbus {
namespace {

dispatch::StopKind StopKindOf(VisitKind kind) {
  switch (kind) {
    case VisitKind::kPickup:
      return dispatch::StopKind::kPickup;
    case VisitKind::kDropoff:
      return dispatch::StopKind::kDropoff;
    case VisitKind::kBreak:
      return dispatch::StopKind::kBreak;
  }
  std::abort();
}

// A visit that is done and still matters: a break, or the pick-up of somebody on board.
bool StillMatters(const Tour& tour, const Visit& visit) {
  if (visit.kind == VisitKind::kBreak) return true;
  return visit.kind == VisitKind::kPickup &&
         FindVisit(tour, VisitKind::kDropoff, visit.ride) >= tour.executed;
}

bool DrivesFrom(const Tour& tour, const Shift& shift, absl::Time from) {
  return std::any_of(tour.visits.begin() + tour.executed, tour.visits.end(),
                     [&](const Visit& visit) {
                       return tour.shifts[visit.shift].id == shift.id && visit.begin >= from;
                     });
}

}  // namespace

// The first part of the shift that is in service and not over; nothing when there is none, nor
// while there are rides behind an outage that is still to come: one route has no gap, so these stay
// as they are until it begins.
std::optional<TimeWindow> DayProblem::Usable(const Tour& tour, const Shift& shift) const {
  TimeWindow usable{shift.begin, shift.end};
  std::vector<TimeWindow> outages;
  if (const auto known = day_->outages.find(tour.id.vehicle); known != day_->outages.end())
    outages = known->second;
  if (tour.out) outages.push_back(*tour.out);
  for (const TimeWindow& out : outages) {
    if (out.end <= usable.begin || usable.end <= out.begin) continue;
    if (out.begin <= std::max(usable.begin, now_)) {
      usable.begin = out.end;
    } else if (DrivesFrom(tour, shift, out.end)) {
      return std::nullopt;
    } else {
      usable.end = out.begin;
    }
  }
  if (shift.state == ShiftState::kEnded || usable.end <= usable.begin) return std::nullopt;
  return usable;
}

void DayProblem::AddRoute(size_t tour_index, int shift) {
  const Tour& tour = day_->tours[tour_index];
  const std::optional<TimeWindow> usable = Usable(tour, tour.shifts[shift]);
  if (!usable || HasStranded(tour, shift)) return;  // whose seats nobody knows to be free
  for (const RideId& ride : OpenRides(tour)) {
    if (tour.visits[FindVisit(tour, VisitKind::kDropoff, ride)].shift == shift)
      Add(*FindAssignment(tour, ride));
  }
  dispatch::Vehicle vehicle = VehicleOf(tour, shift, *usable);
  dispatch::Progress& progress = *vehicle.progress;
  dispatch::Route route;
  const int frozen = FrozenPrefix(tour, rules_->freeze, now_);
  for (int i = 0; i < static_cast<int>(tour.visits.size()); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift != shift) continue;
    const bool done = i < tour.executed;
    if (done && !StillMatters(tour, visit)) continue;
    if (!done && visit.place) AddDetour(*visit.place, route);
    const int index = visit.kind == VisitKind::kBreak ? visit.break_index : index_.at(visit.ride);
    route.stops.push_back({StopKindOf(visit.kind), index});
    if (done) progress.begun.push_back(TicksAt(*visit.begun_at));
    if (i < frozen) progress.locked = static_cast<int>(route.stops.size());
  }
  if (!DrivesOn(tour, shift) && !ReadyForMore(vehicle, route)) return;
  routes_.push_back({tour_index, shift, progress.begun.size()});
  problem_.vehicles.push_back(std::move(vehicle));
  plan_.routes.push_back(std::move(route));
}

// A break at a stop that was cancelled: the bus goes there for nobody. It need not, where another
// order makes that superfluous.
void DayProblem::AddDetour(const LatLon& place, dispatch::Route& route) {
  const int index = static_cast<int>(rides_.size());
  const dispatch::Visit there{.place = PlaceOf(place)};
  problem_.requests.push_back({.pickup = there, .dropoff = there, .priority = 0});
  rides_.emplace_back();  // of no ride
  route.stops.push_back({dispatch::StopKind::kPickup, index});
  route.stops.push_back({dispatch::StopKind::kDropoff, index});
}

// Of a shift that drives nobody now: whether it could still drive somebody. If it has driven, it
// owes the breaks that fell away with its last riders.
bool DayProblem::ReadyForMore(dispatch::Vehicle& vehicle, dispatch::Route& route) const {
  const dispatch::Progress& progress = *vehicle.progress;
  if (route.stops.empty()) return true;  // nothing yet, and all breaks are still to be planned
  if (route.stops.size() > progress.begun.size()) return true;  // its breaks are planned
  dispatch::Ticks ready = progress.ready;
  for (size_t i = progress.begun.size(); i < vehicle.breaks.size(); ++i) {
    const dispatch::Break& pause = vehicle.breaks[i];
    const dispatch::Ticks begin = std::max(ready, pause.window.earliest);
    if (begin > pause.window.latest) return false;
    ready = begin + pause.duration;
    route.stops.push_back({dispatch::StopKind::kBreak, static_cast<int>(i)});
  }
  const dispatch::Ticks home = travel_->Between(progress.place, *vehicle.end, ready);
  return home < dispatch::kUnreachable && ready + home <= vehicle.shift.latest;
}

dispatch::Vehicle DayProblem::VehicleOf(const Tour& tour, int shift_index,
                                        TimeWindow usable) const {
  const Shift& shift = tour.shifts[shift_index];
  const Whereabouts from = WhereaboutsOf(tour, shift_index, now_);
  dispatch::Vehicle vehicle;
  vehicle.start = PlaceOf(shift.depot);
  vehicle.end = vehicle.start;
  for (const Load& layout : tour.layouts) vehicle.configurations.push_back(LoadOf(layout));
  for (int i = 0; i < BreaksOwed(tour, shift_index); ++i) {
    const Break& pause = shift.breaks[i];
    vehicle.breaks.push_back({{TicksAt(pause.earliest_start), TicksAt(pause.latest_start)},
                              dispatch::ToTicks(pause.length)});
  }
  vehicle.shift = {TicksAt(usable.begin), TicksAt(usable.end)};
  vehicle.progress =
      dispatch::Progress{.place = from.at < 0 ? vehicle.start : PlaceOf(LocationOf(tour, from.at)),
                         .ready = std::max(TicksAt(usable.begin), TicksAt(from.ready))};
  return vehicle;
}

// As late as it is already, and no later: the gate to the tour (CheckPlan) tolerates the same.
void DayProblem::Tolerate(int route) {
  const Tour& tour = TourOf(route);
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now_);
  const std::vector<VisitTimes> already = ToleratedTimes(tour, now_);
  const int frozen = FrozenPrefix(tour, rules_->freeze, now_);
  dispatch::Vehicle& vehicle = problem_.vehicles[route];
  const auto later = [&](dispatch::Ticks& tolerated, dispatch::Ticks limit, dispatch::Ticks value) {
    if (value > limit) tolerated = std::max(tolerated, value);
    return value > limit;
  };
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift != routes_[route].shift) continue;
    const dispatch::Ticks begin = TicksAt(already[i].begin);
    if (visit.kind == VisitKind::kBreak) {
      dispatch::Break& pause = vehicle.breaks[visit.break_index];
      later(pause.tolerated_latest, pause.window.latest, begin);
    }
    if (static_cast<int>(i) < tour.executed) continue;
    const std::optional<absl::Duration> home = Drive(
        LocationOf(tour, static_cast<int>(i)), tour.shifts[visit.shift].depot, already[i].end);
    if (home) later(vehicle.tolerated_end, vehicle.shift.latest, TicksAt(already[i].end + *home));
    if (visit.kind == VisitKind::kBreak) continue;
    dispatch::Request& request = problem_.requests[index_.at(visit.ride)];
    dispatch::Visit& end = visit.kind == VisitKind::kPickup ? *request.pickup : *request.dropoff;
    bool late = later(end.tolerated_latest, end.promise->latest, begin);
    if (visit.kind == VisitKind::kDropoff) {
      const int pickup = FindVisit(tour, VisitKind::kPickup, visit.ride);
      late |=
          later(request.tolerated_ride, request.max_ride,
                dispatch::ToTicks(ToleratedRide(already, expected, pickup, static_cast<int>(i))));
    }
    if (late) late_.insert(visit.ride);
    // Its driver is on the way, and boards when the manifest said: a plan that lets the ride begin
    // later would count it from later than it is driven.
    if (visit.kind == VisitKind::kPickup && static_cast<int>(i) < frozen)
      end.promise->latest = std::min(end.promise->latest, TicksAt(expected[i].begin));
  }
}

}  // namespace stadtmesh::buergerbus

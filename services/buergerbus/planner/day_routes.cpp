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

bool LeavesWithin(const Tour& tour, int shift, const TimeWindow& out) {
  return std::any_of(
      tour.visits.begin() + tour.executed, tour.visits.end(), [&](const Visit& visit) {
        return visit.shift == shift && visit.leave_at() < out.end && out.begin < visit.end;
      });
}

// Whether somebody is still to be picked up or dropped off within the span.
bool Drives(const Tour& tour, int shift, const TimeWindow& span) {
  return std::any_of(tour.visits.begin() + tour.executed, tour.visits.end(),
                     [&](const Visit& visit) {
                       return visit.shift == shift && visit.kind != VisitKind::kBreak &&
                              span.begin <= visit.begin && visit.begin < span.end;
                     });
}

}  // namespace

// The part of the shift that is planned. An outage to come divides it, and one route has no gap:
// what counts is the part with rides, or the longer one while there are none. Nothing where there
// are rides before and behind it, where a bus is late into it, or would have to leave during it
// because a ride was cancelled: these stay as they are.
std::optional<TimeWindow> DayProblem::Usable(const Tour& tour, int shift) const {
  TimeWindow usable{tour.shifts[shift].begin, tour.shifts[shift].end};
  for (const TimeWindow& out : tour.outages) {
    if (out.end <= usable.begin || usable.end <= out.begin) continue;
    const bool before = Drives(tour, shift, {absl::InfinitePast(), out.begin});
    const bool behind = Drives(tour, shift, {out.end, absl::InfiniteFuture()});
    if (LeavesWithin(tour, shift, out)) return std::nullopt;
    const absl::Time from = std::max(usable.begin, now_);
    const bool begun = out.begin <= from;
    if (before && (begun || behind)) return std::nullopt;
    if (begun || behind || (!before && usable.end - out.end > out.begin - from)) {
      usable.begin = out.end;
    } else {
      usable.end = out.begin;
    }
  }
  if (tour.shifts[shift].state == ShiftState::kEnded || usable.end <= usable.begin)
    return std::nullopt;
  return usable;
}

void DayProblem::AddRoute(size_t tour_index, int shift) {
  const Tour& tour = day_->tours[tour_index];
  const std::optional<TimeWindow> usable = Usable(tour, shift);
  if (!usable || HasStranded(tour, shift)) return;  // whose seats nobody knows to be free
  for (const RideId& ride : OpenRides(tour)) {
    if (tour.visits[FindVisit(tour, VisitKind::kDropoff, ride)].shift == shift)
      Add(*FindAssignment(tour, ride));
  }
  RouteOf made{.tour = tour_index, .shift = shift, .pauses = PausesOf(tour, shift, *usable, now_)};
  dispatch::Vehicle vehicle = VehicleOf(tour, shift, *usable, made.pauses);
  dispatch::Progress& progress = *vehicle.progress;
  dispatch::Route route;
  const int frozen = FrozenPrefix(tour, rules_->freeze, now_);
  PauseQueue pauses(made.pauses);
  for (int i = 0; i < static_cast<int>(tour.visits.size()); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift != shift) continue;
    const bool done = i < tour.executed;
    if (done && !StillMatters(tour, visit)) continue;
    if (i >= frozen) pauses.TakeBefore(static_cast<size_t>(i), route);
    if (!done && visit.place) AddDetour(*visit.place, route);
    if (visit.kind == VisitKind::kBreak) {
      pauses.TakeBreak(static_cast<size_t>(i), route);
    } else {
      route.stops.push_back({StopKindOf(visit.kind), index_.at(visit.ride)});
    }
    if (done) progress.begun.push_back(TicksAt(*visit.begun_at));
    if (i < frozen) progress.locked = static_cast<int>(route.stops.size());
  }
  if (DrivesOn(tour, shift)) {
    pauses.TakeRest(route);
  } else if (!ReadyForMore(vehicle, route)) {
    return;
  }
  made.driven = progress.begun.size();
  routes_.push_back(std::move(made));
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
  const dispatch::Ticks home =
      vehicle.end ? travel_->Between(progress.place, *vehicle.end, ready) : 0;
  return home < dispatch::kUnreachable && ready + home <= vehicle.shift.latest;
}

dispatch::Vehicle DayProblem::VehicleOf(const Tour& tour, int shift_index, TimeWindow usable,
                                        const std::vector<Pause>& pauses) const {
  const Shift& shift = tour.shifts[shift_index];
  const Whereabouts from = WhereaboutsOf(tour, shift_index, now_);
  dispatch::Vehicle vehicle;
  vehicle.start = PlaceOf(shift.depot);
  // Where an outage ends the shift, the bus stays where it is.
  if (usable.end == shift.end) vehicle.end = vehicle.start;
  for (const Load& layout : tour.layouts) vehicle.configurations.push_back(LoadOf(layout));
  for (const Pause& pause : pauses) {
    const Break& taken = shift.breaks[pause.break_index];
    vehicle.breaks.push_back({{TicksAt(taken.earliest_start), TicksAt(taken.latest_start)},
                              dispatch::ToTicks(taken.length)});
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
      dispatch::Break& pause = vehicle.breaks[routes_[route].IndexOf(visit.break_index)];
      later(pause.tolerated_latest, pause.window.latest, begin);
    }
    if (static_cast<int>(i) < tour.executed) continue;
    std::optional<absl::Duration> home = absl::ZeroDuration();
    if (vehicle.end)
      home = Drive(LocationOf(tour, static_cast<int>(i)), tour.shifts[visit.shift].depot,
                   already[i].end);
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

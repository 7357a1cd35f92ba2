#include "buergerbus/planner/day_problem.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/lazy_travel_times.h"
#include "dispatch/check.h"

namespace stadtmesh::buergerbus {
namespace {

dispatch::Load LoadOf(const Load& load) {
  return {load.seats, load.wheelchair_places, load.storage_places};
}

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

}  // namespace

DayProblem::DayProblem(const BookingRules& rules, const PlanningDay& day, absl::Time now)
    : rules_(&rules), day_(&day), now_(now), origin_(BerlinTime(day.day, absl::ZeroDuration())) {}

absl::StatusOr<DayProblem> DayProblem::Make(const BookingRules& rules, const PlanningDay& day,
                                            const std::vector<LatLon>& extra,
                                            const TravelOracle& oracle, absl::Time now) {
  return MakeWithout({}, rules, day, extra, oracle, now);
}

absl::StatusOr<DayProblem> DayProblem::MakeSearchable(const BookingRules& rules,
                                                      const PlanningDay& day,
                                                      const std::vector<LatLon>& extra,
                                                      const TravelOracle& oracle, absl::Time now) {
  ASSIGN_OR_RETURN(DayProblem made, Make(rules, day, extra, oracle, now));
  std::set<ShiftKey> stuck;
  for (const dispatch::Violation& limit : dispatch::Check(made.problem(), made.plan()).violations) {
    if (limit.vehicle < 0) continue;
    const RouteOf& route = made.routes_[limit.vehicle];
    stuck.emplace(route.tour, route.shift);
  }
  if (stuck.empty()) return made;
  return MakeWithout(stuck, rules, day, extra, oracle, now);
}

absl::StatusOr<DayProblem> DayProblem::MakeWithout(const std::set<ShiftKey>& left_out,
                                                   const BookingRules& rules,
                                                   const PlanningDay& day,
                                                   const std::vector<LatLon>& extra,
                                                   const TravelOracle& oracle, absl::Time now) {
  DayProblem made(rules, day, now);
  made.CollectPoints(extra);
  ASSIGN_OR_RETURN(std::unique_ptr<const dispatch::TravelTimes> travel,
                   oracle.Over(made.points_, made.origin_));
  made.travel_ = std::make_unique<const LazyTravelTimes>(std::move(travel));
  made.problem_.travel = made.travel_.get();
  for (size_t tour = 0; tour < day.tours.size(); ++tour) {
    for (int shift = 0; shift < static_cast<int>(day.tours[tour].shifts.size()); ++shift) {
      if (left_out.count({tour, shift}) == 0) made.AddRoute(tour, shift);
    }
  }
  for (int route = 0; route < static_cast<int>(made.routes_.size()); ++route) made.Tolerate(route);
  return made;
}

void DayProblem::CollectPoints(const std::vector<LatLon>& extra) {
  const auto add = [&](const LatLon& point) {
    if (places_.emplace(Point{point}, static_cast<dispatch::Place>(points_.size())).second)
      points_.push_back(point);
  };
  for (const LatLon& point : extra) add(point);
  for (const Tour& tour : day_->tours) {
    for (const Shift& shift : tour.shifts) add(shift.depot);
    for (int i = std::max(0, tour.executed - 1); i < static_cast<int>(tour.visits.size()); ++i)
      add(LocationOf(tour, i));
    for (const RideId& ride : OpenRides(tour))
      add(FindAssignment(tour, ride)->origin);  // of those on board too
  }
}

dispatch::Place DayProblem::PlaceOf(const LatLon& point) const { return places_.at(Point{point}); }

dispatch::Ticks DayProblem::TicksAt(absl::Time time) const {
  return time == absl::InfiniteFuture() ? dispatch::kForever : dispatch::ToTicks(time - origin_);
}

std::optional<absl::Duration> DayProblem::Drive(const LatLon& from, const LatLon& to,
                                                absl::Time departure) const {
  const dispatch::Ticks drive = travel_->Between(PlaceOf(from), PlaceOf(to), TicksAt(departure));
  if (drive >= dispatch::kUnreachable) return std::nullopt;
  return dispatch::ToDuration(drive);
}

dispatch::Request DayProblem::RequestOf(const Assignment& ride) const {
  const dispatch::TimeWindow pickup{TicksAt(ride.promise.pickup.begin),
                                    TicksAt(ride.promise.pickup.end)};
  const dispatch::TimeWindow dropoff{0, TicksAt(ride.promise.latest_arrival)};
  dispatch::Request request;
  request.pickup = dispatch::Visit{.place = PlaceOf(ride.origin),
                                   .window = pickup,
                                   .promise = pickup,
                                   .service = dispatch::ToTicks(ride.boarding)};
  request.dropoff = dispatch::Visit{.place = PlaceOf(ride.destination),
                                    .window = dropoff,
                                    .promise = dropoff,
                                    .service = dispatch::ToTicks(ride.alighting)};
  request.max_ride = dispatch::ToTicks(ride.promise.longest_ride);
  request.load = LoadOf(ride.load);
  return request;
}

int DayProblem::Add(const Assignment& assignment) {
  const int index = static_cast<int>(rides_.size());
  problem_.requests.push_back(RequestOf(assignment));
  rides_.push_back(assignment);
  index_[assignment.ride] = index;
  return index;
}

void DayProblem::AddWish(const Assignment& assignment) {
  dispatch::Request& request = problem_.requests[Add(assignment)];
  request.pickup->promise.reset();
  request.dropoff->promise.reset();
}

void DayProblem::Pin(const dispatch::Plan& plan, const std::set<RideId>& rides) {
  // One skill per vehicle. Beyond 64 vehicles some share one, and CheckPlan has the last word.
  for (size_t route = 0; route < plan.routes.size(); ++route) {
    const uint64_t skill = uint64_t{1} << (route % 64);
    problem_.vehicles[route].skills |= skill;
    for (const dispatch::Stop& stop : plan.routes[route].stops) {
      if (stop.kind == dispatch::StopKind::kBreak) continue;
      const RideId& ride = rides_[stop.index].ride;
      if (rides.count(ride) > 0 || late_.count(ride) > 0)
        problem_.requests[stop.index].skills |= skill;
    }
  }
}

int DayProblem::IndexOf(const RideId& ride) const {
  const auto found = index_.find(ride);
  return found == index_.end() ? -1 : found->second;
}

// The first part of the shift that is in service and not over; nothing when there is none.
std::optional<TimeWindow> DayProblem::Usable(const Tour& tour, const Shift& shift) const {
  TimeWindow usable{shift.begin, tour.out_from ? std::min(shift.end, *tour.out_from) : shift.end};
  if (const auto outages = day_->outages.find(tour.id.vehicle); outages != day_->outages.end()) {
    for (const TimeWindow& out : outages->second) {
      if (out.end <= usable.begin || usable.end <= out.begin) continue;
      if (out.begin <= std::max(usable.begin, now_)) {
        usable.begin = out.end;
      } else {
        usable.end = out.begin;
      }
    }
  }
  if (shift.state == ShiftState::kEnded || usable.end <= usable.begin) return std::nullopt;
  return usable;
}

void DayProblem::AddRoute(size_t tour_index, int shift) {
  const Tour& tour = day_->tours[tour_index];
  const std::optional<TimeWindow> usable = Usable(tour, tour.shifts[shift]);
  if (!usable) return;
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
    if (i == tour.executed - 1) progress.place = PlaceOf(LocationOf(tour, i));
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
  vehicle.progress = dispatch::Progress{
      .place = vehicle.start,
      .ready = std::max(TicksAt(usable.begin), TicksAt(ReadyAt(tour, shift_index, now_)))};
  return vehicle;
}

// As late as is to be expected, and no later: the gate to the tour (CheckPlan) tolerates the same.
void DayProblem::Tolerate(int route) {
  const Tour& tour = TourOf(route);
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now_);
  const int frozen = FrozenPrefix(tour, rules_->freeze, now_);
  dispatch::Vehicle& vehicle = problem_.vehicles[route];
  const auto later = [&](dispatch::Ticks& tolerated, dispatch::Ticks limit, dispatch::Ticks value) {
    if (value > limit) tolerated = std::max(tolerated, value);
    return value > limit;
  };
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift != routes_[route].shift) continue;
    const dispatch::Ticks begin = TicksAt(expected[i].begin);
    if (visit.kind == VisitKind::kBreak) {
      dispatch::Break& pause = vehicle.breaks[visit.break_index];
      later(pause.tolerated_latest, pause.window.latest, begin);
    }
    if (static_cast<int>(i) < tour.executed) continue;
    const std::optional<absl::Duration> home = Drive(
        LocationOf(tour, static_cast<int>(i)), tour.shifts[visit.shift].depot, expected[i].end);
    if (home) later(vehicle.tolerated_end, vehicle.shift.latest, TicksAt(expected[i].end + *home));
    if (visit.kind == VisitKind::kBreak) continue;
    dispatch::Request& request = problem_.requests[index_.at(visit.ride)];
    dispatch::Visit& end = visit.kind == VisitKind::kPickup ? *request.pickup : *request.dropoff;
    bool late = later(end.tolerated_latest, end.promise->latest, begin);
    if (visit.kind == VisitKind::kDropoff) {
      const int pickup = FindVisit(tour, VisitKind::kPickup, visit.ride);
      late |=
          later(request.tolerated_ride, request.max_ride, begin - TicksAt(expected[pickup].end));
    }
    if (late) late_.insert(visit.ride);
    // Its driver is on the way, and boards when the manifest said: a plan that lets the ride begin
    // later would count it from later than it is driven.
    if (visit.kind == VisitKind::kPickup && static_cast<int>(i) < frozen)
      end.promise->latest = std::min(end.promise->latest, begin);
  }
}

}  // namespace stadtmesh::buergerbus

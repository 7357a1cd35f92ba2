#include "buergerbus/planner/day_problem.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/lazy_travel_times.h"
#include "buergerbus/planner/timetable.h"
#include "dispatch/check.h"
#include "dispatch/lateness.h"

namespace stadtmesh::buergerbus {
namespace {

dispatch::Load LoadOf(const Load& load) {
  return {load.seats, load.wheelchair_places, load.storage_places};
}

dispatch::StopKind KindOf(VisitKind kind) {
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

VisitKind KindOf(dispatch::StopKind kind) {
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
  DayProblem made(rules, day, now);
  made.CollectPoints(extra);
  ASSIGN_OR_RETURN(std::unique_ptr<const dispatch::TravelTimes> travel,
                   oracle.Over(made.points_, made.origin_));
  made.travel_ = std::make_unique<const LazyTravelTimes>(std::move(travel));
  made.problem_.travel = made.travel_.get();
  for (size_t tour = 0; tour < day.tours.size(); ++tour) {
    for (const RideId& ride : OpenRides(day.tours[tour]))
      made.Add(*FindAssignment(day.tours[tour], ride));
    for (size_t shift = 0; shift < day.tours[tour].shifts.size(); ++shift)
      made.AddRoute(tour, static_cast<int>(shift));
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
  dispatch::Vehicle vehicle = VehicleOf(tour, shift, *usable);
  dispatch::Progress& progress = *vehicle.progress;
  dispatch::Route route;
  const int frozen = FrozenPrefix(tour, rules_->freeze, now_);
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift != shift) continue;
    const bool done = static_cast<int>(i) < tour.executed;
    if (static_cast<int>(i) == tour.executed - 1)
      progress.place = PlaceOf(LocationOf(tour, static_cast<int>(i)));
    if (done && !StillMatters(tour, visit)) continue;
    const int index = visit.kind == VisitKind::kBreak ? visit.break_index : index_.at(visit.ride);
    route.stops.push_back({KindOf(visit.kind), index});
    if (done) progress.begun.push_back(TicksAt(*visit.begun_at));
    if (static_cast<int>(i) < frozen) progress.locked = static_cast<int>(route.stops.size());
  }
  routes_.push_back({tour_index, shift, progress.begun.size()});
  problem_.vehicles.push_back(std::move(vehicle));
  plan_.routes.push_back(std::move(route));
}

dispatch::Vehicle DayProblem::VehicleOf(const Tour& tour, int shift_index,
                                        TimeWindow usable) const {
  const Shift& shift = tour.shifts[shift_index];
  dispatch::Vehicle vehicle;
  vehicle.start = PlaceOf(shift.depot);
  vehicle.end = vehicle.start;
  for (const Load& layout : tour.layouts) vehicle.configurations.push_back(LoadOf(layout));
  for (const Break& pause : shift.breaks) {
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
  }
}

std::vector<int> DayProblem::RoutesOf(const VehicleId& vehicle) const {
  std::vector<int> routes;
  for (size_t i = 0; i < routes_.size(); ++i) {
    if (day_->tours[routes_[i].tour].id.vehicle == vehicle) routes.push_back(static_cast<int>(i));
  }
  return routes;
}

Visit DayProblem::VisitOf(int route, const dispatch::Stop& what,
                          const dispatch::StopTimes& times) const {
  Visit visit{.kind = KindOf(what.kind), .shift = routes_[route].shift};
  visit.arrival = At(times.arrival);
  visit.begin = At(times.begin);
  visit.end = At(times.end);
  if (visit.kind == VisitKind::kBreak) {
    visit.break_index = what.index;
    return visit;
  }
  const Tour& tour = TourOf(route);
  visit.ride = rides_[what.index].ride;
  const int known = FindVisit(tour, visit.kind, visit.ride);
  if (known >= tour.executed) visit.arrived_at = tour.visits[known].arrived_at;
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

// The visits of a route that are not done, early.
void DayProblem::AppendVisits(int route, const NewRoute& changed,
                              std::vector<Visit>& visits) const {
  const std::vector<dispatch::StopTimes> times =
      EarlyTimes(problem_, route, changed.route, changed.times);
  const dispatch::Progress& progress = *problem_.vehicles[route].progress;
  dispatch::Place from = progress.place;
  dispatch::Ticks leave = progress.ready;
  for (size_t i = routes_[route].driven; i < changed.route.stops.size(); ++i) {
    const dispatch::Stop& stop = changed.route.stops[i];
    Visit visit = VisitOf(route, stop, times[i]);
    if (visit.kind != VisitKind::kBreak) {
      const dispatch::Request& request = problem_.requests[stop.index];
      const dispatch::Place to =
          (visit.kind == VisitKind::kPickup ? request.pickup : request.dropoff)->place;
      visit.drive = dispatch::ToDuration(DriveTo(from, to, leave, times[i].begin));
      from = to;
    }
    leave = times[i].end;
    visits.push_back(std::move(visit));
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
      if (stop.kind != dispatch::StopKind::kPickup) continue;
      const dispatch::Ticks latest =
          dispatch::LeaveBy(problem, route, plan_.routes[route], schedule, static_cast<int>(i));
      leave_by[rides_[stop.index].ride] =
          At(std::max<dispatch::Ticks>(0, latest / dispatch::kSecond * dispatch::kSecond));
    }
  }
  return leave_by;
}

// The visits of a shift that are not done, in their order, when they are to be expected.
void DayProblem::KeepVisits(const Tour& tour, int shift, std::vector<Visit>& visits) const {
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now_);
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    if (tour.visits[i].shift != shift) continue;
    Visit visit = tour.visits[i];
    visit.arrival = expected[i].arrival;
    visit.begin = expected[i].begin;
    visit.end = expected[i].end;
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

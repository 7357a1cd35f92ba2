#include "buergerbus/planner/day_problem.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/lazy_travel_times.h"
#include "dispatch/check.h"

namespace stadtmesh::buergerbus {
namespace {

// The skill of a vehicle to take who is not on it yet. The others tell vehicles apart (Pin).
constexpr int kPinSkills = 63;
constexpr uint64_t kTakesMore = uint64_t{1} << kPinSkills;

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
  made.CloseRoutes();
  return made;
}

// Of vehicles that are leaving, and of those that wait at a pick-up and would be late if the party
// got in now.
void DayProblem::CloseRoutes() {
  std::set<int> closed;
  bool anyone_waits = false;
  for (int route = 0; route < static_cast<int>(routes_.size()); ++route) {
    const Tour& tour = TourOf(route);
    if (day_->leaving.count(tour.id.vehicle) > 0) closed.insert(route);
    anyone_waits |= IsWaiting(tour, now_);
  }
  if (anyone_waits) {
    for (const dispatch::Violation& limit : dispatch::Check(problem_, plan_).violations) {
      if (limit.vehicle >= 0 && IsWaiting(TourOf(limit.vehicle), now_))
        closed.insert(limit.vehicle);
    }
  }
  any_closed_ = !closed.empty();
  for (int route = 0; route < static_cast<int>(routes_.size()); ++route) {
    if (closed.count(route) == 0) {
      problem_.vehicles[route].skills |= kTakesMore;
      continue;
    }
    for (const dispatch::Stop& stop : plan_.routes[route].stops) {
      if (stop.kind != dispatch::StopKind::kBreak) closed_.insert(rides_[stop.index].ride);
    }
  }
  for (size_t request = 0; any_closed_ && request < rides_.size(); ++request) {
    if (closed_.count(rides_[request].ride) == 0) problem_.requests[request].skills |= kTakesMore;
  }
}

void DayProblem::CollectPoints(const std::vector<LatLon>& extra) {
  const auto add = [&](const LatLon& point) {
    if (places_.emplace(Point{point}, static_cast<dispatch::Place>(points_.size())).second)
      points_.push_back(point);
  };
  for (const LatLon& point : extra) add(point);
  for (const Tour& tour : day_->tours) {
    for (int shift = 0; shift < static_cast<int>(tour.shifts.size()); ++shift) {
      add(tour.shifts[shift].depot);
      if (const int at = WhereaboutsOf(tour, shift, now_).at; at >= 0) add(LocationOf(tour, at));
    }
    for (int i = tour.executed; i < static_cast<int>(tour.visits.size()); ++i)
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

dispatch::Load DayProblem::LoadOf(const Load& load) {
  return {load.seats, load.wheelchair_places, load.storage_places};
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
  if (any_closed_ && closed_.count(ride.ride) == 0) request.skills = kTakesMore;
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

bool DayProblem::WasElsewhere(const RideId& ride, const TourId& tour) const {
  return std::any_of(day_->tours.begin(), day_->tours.end(), [&](const Tour& other) {
    return other.id != tour && WasPickedUp(other, ride);
  });
}

void DayProblem::Pin(const dispatch::Plan& plan, const std::set<RideId>& rides) {
  // One skill per vehicle. Beyond 63 vehicles some share one, and CheckPlan has the last word.
  for (size_t route = 0; route < plan.routes.size(); ++route) {
    const uint64_t skill = uint64_t{1} << (route % kPinSkills);
    problem_.vehicles[route].skills |= skill;
    for (const dispatch::Stop& stop : plan.routes[route].stops) {
      if (stop.kind == dispatch::StopKind::kBreak) continue;
      const RideId& ride = rides_[stop.index].ride;
      if (rides.count(ride) > 0 || late_.count(ride) > 0 ||
          WasElsewhere(ride, TourOf(static_cast<int>(route)).id))
        problem_.requests[stop.index].skills |= skill;
    }
  }
}

int DayProblem::IndexOf(const RideId& ride) const {
  const auto found = index_.find(ride);
  return found == index_.end() ? -1 : found->second;
}

}  // namespace stadtmesh::buergerbus

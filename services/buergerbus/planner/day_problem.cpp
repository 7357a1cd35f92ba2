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
  for (int route = 0; route < static_cast<int>(made.routes_.size()); ++route) {
    made.Tolerate(route);
    if (day.leaving.count(made.TourOf(route).id.vehicle) == 0)
      made.problem_.vehicles[route].skills |= kTakesMore;
  }
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
  if (!day_->leaving.empty() && !IsLeaving(ride.ride)) request.skills = kTakesMore;
  return request;
}

// Whether the ride is on a vehicle that takes nobody else.
bool DayProblem::IsLeaving(const RideId& ride) const {
  return std::any_of(day_->tours.begin(), day_->tours.end(), [&](const Tour& tour) {
    return day_->leaving.count(tour.id.vehicle) > 0 && FindAssignment(tour, ride) != nullptr;
  });
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

#include "buergerbus/planner/insertion_planner.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/draft.h"
#include "buergerbus/planner/offer_search.h"

namespace stadtmesh::buergerbus {
namespace {

// Of the deeper search when rides lose their bus: enough for what a day can lose, short enough to
// wait for.
constexpr absl::Duration kReplanTime = absl::Milliseconds(200);
constexpr int64_t kReplanIterations = 4000;

const Tour* FindTour(const PlanningDay& day, const TourId& id) {
  const auto found = std::find_if(day.tours.begin(), day.tours.end(),
                                  [&](const Tour& tour) { return tour.id == id; });
  return found == day.tours.end() ? nullptr : &*found;
}

// The tour that drives it; else one that has driven it.
const Tour* FindTourOf(const PlanningDay& day, const RideId& ride) {
  const Tour* driven = nullptr;
  for (const Tour& tour : day.tours) {
    if (FindVisit(tour, VisitKind::kDropoff, ride) >= tour.executed) return &tour;
    if (FindVisit(tour, VisitKind::kPickup, ride) >= 0) driven = &tour;
  }
  return driven;
}

// Rides that may be given to another bus in one search: `most` of those whose pick-up is still to
// be planned, in the order of their pick-ups from a point that moves with the seed. Returns all
// others.
std::set<RideId> AllBut(size_t most, uint64_t seed, const PlanningDay& day,
                        const BookingRules& rules, absl::Time now) {
  std::vector<std::pair<absl::Time, RideId>> movable;
  std::set<RideId> pinned;
  for (const Tour& tour : day.tours) {
    const int frozen = FrozenPrefix(tour, rules.freeze, now);
    for (const RideId& ride : OpenRides(tour)) {
      const int pickup = FindVisit(tour, VisitKind::kPickup, ride);
      pinned.insert(ride);
      if (pickup >= frozen) movable.emplace_back(tour.visits[pickup].begin, ride);
    }
  }
  std::sort(movable.begin(), movable.end());
  const size_t first = movable.size() <= most ? 0 : (seed * most / 2) % movable.size();
  for (size_t i = 0; i < std::min(most, movable.size()); ++i)
    pinned.erase(movable[(first + i) % movable.size()].second);
  return pinned;
}

class InsertionPlanner final : public Planner {
 public:
  explicit InsertionPlanner(const TravelOracle* oracle) : oracle_(*oracle) {}

  absl::StatusOr<OfferSet> FindOffers(const Settings& settings,
                                      const std::vector<PlanningDay>& days,
                                      const TripRequest& request, absl::Time now) const override {
    std::vector<const PlanningDay*> known;
    for (const PlanningDay& day : days) known.push_back(&day);
    return OfferSearch(settings, known, request, oracle_, now).Run();
  }

  absl::StatusOr<Placement> Accept(const Settings& settings, const PlanningDay& day,
                                   const TripRequest& request, const RideId& ride,
                                   absl::Time pickup_begin, std::optional<VehicleId> vehicle,
                                   absl::Time now) const override {
    if (pickup_begin < now) return Refuse(Reason::kInPast);
    const std::vector<const PlanningDay*> days = {&day};
    OfferSearch search(settings, days, request, oracle_, now);
    absl::StatusOr<Fitting> fitting =
        search.Probe(pickup_begin, now - settings.rules.hold, ride, vehicle);
    if (!fitting.ok()) {
      const std::optional<Reason> reason = ReasonOf(fitting.status());
      if (reason != Reason::kNoVehicleFree) return fitting.status();
      return Refuse(Reason::kOfferExpired, {{"cause", std::string(ReasonName(*reason))}});
    }
    Draft draft(std::move(search).TakeDay());
    draft.Place(fitting->assignment, draft.problem().RoutesOf(fitting->offer.tour.vehicle));
    Replanning placed = draft.Finish();
    return Placement{.tour = fitting->offer.tour,
                     .assignment = fitting->assignment,
                     .plan = std::move(placed.plans.front()),
                     .offer = fitting->offer};
  }

  absl::StatusOr<Replanning> Move(const Settings& settings, const PlanningDay& day,
                                  const RideId& ride, const VehicleId& vehicle,
                                  absl::Time now) const override {
    if (FindVehicle(settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
    const Tour* tour = FindTourOf(day, ride);
    if (tour == nullptr) return Refuse(Reason::kRideNotOnTour);
    const int pickup = FindVisit(*tour, VisitKind::kPickup, ride);
    if (pickup < tour->executed) return Refuse(Reason::kRideAlreadyBoarded);
    if (pickup < FrozenPrefix(*tour, settings.rules.freeze, now))
      return Refuse(Reason::kTooLateToChange);
    const Assignment assignment = *FindAssignment(*tour, ride);
    // Its points are asked for beside the others': its own shift may be one that is not planned.
    ASSIGN_OR_RETURN(
        DayProblem problem,
        DayProblem::MakeSearchable(settings.rules, day, {assignment.origin, assignment.destination},
                                   oracle_, now));
    Draft draft(std::move(problem));
    const std::vector<int> routes = draft.problem().RoutesFor(ride, vehicle);
    draft.Remove(ride);
    if (routes.empty() || !draft.Place(assignment, routes)) return Refuse(Reason::kNoVehicleFree);
    return draft.Finish();
  }

  absl::StatusOr<Replanning> Replan(const Settings& settings, const PlanningDay& day,
                                    const std::vector<Assignment>& rides,
                                    absl::Time now) const override {
    std::vector<LatLon> points;
    for (const Assignment& ride : rides) {
      points.push_back(ride.origin);
      points.push_back(ride.destination);
    }
    ASSIGN_OR_RETURN(DayProblem problem,
                     DayProblem::MakeSearchable(settings.rules, day, points, oracle_, now));
    Draft draft(std::move(problem));
    std::vector<Assignment> tightest_first = rides;
    std::sort(
        tightest_first.begin(), tightest_first.end(), [](const Assignment& a, const Assignment& b) {
          return std::tie(a.promise.pickup.end, a.ride) < std::tie(b.promise.pickup.end, b.ride);
        });
    std::map<RideId, Reason> unplaced;
    std::vector<Assignment> crowded_out;
    for (const Assignment& ride : tightest_first) {
      const std::vector<int> routes = draft.problem().RoutesFor(ride.ride);
      if (Blocked(day, ride)) {
        unplaced[ride.ride] = Reason::kStopBlocked;
      } else if (routes.empty() || !draft.Place(ride, routes)) {
        unplaced[ride.ride] = Reason::kNoVehicleFree;
        // The search does not know in whose bus somebody was stranded.
        if (!WasOnATour(day, ride.ride)) crowded_out.push_back(ride);
      }
    }
    // Whoever came first may stand in the way of two others: all of them once more, together. Who
    // had a bus keeps it.
    std::set<RideId> others;
    for (const Tour& tour : day.tours) {
      for (const RideId& ride : OpenRides(tour)) others.insert(ride);
    }
    if (!crowded_out.empty())
      draft.Search(crowded_out, others, {.time = kReplanTime, .iterations = kReplanIterations});
    Replanning result = draft.Finish();
    for (const auto& [ride, tour] : result.placed) unplaced.erase(ride);
    result.unplaced = std::move(unplaced);
    return result;
  }

  absl::StatusOr<Improvement> Improve(const Settings& settings, const PlanningDay& day,
                                      const SearchBudget& budget, absl::Time now) const override {
    ASSIGN_OR_RETURN(DayProblem problem,
                     DayProblem::MakeSearchable(settings.rules, day, {}, oracle_, now));
    Draft draft(std::move(problem));
    Improvement found;
    found.saved = draft.Search({}, AllBut(budget.most_moves, budget.seed, day, settings.rules, now),
                               {.time = budget.time,
                                .iterations = budget.iterations,
                                .seed = budget.seed,
                                .cancelled = budget.cancelled});
    if (found.saved > absl::ZeroDuration()) found.changes = draft.Finish();
    return found;
  }

  absl::StatusOr<std::map<RideId, absl::Time>> LeaveBy(const Settings& settings,
                                                       const PlanningDay& day, const TourId& id,
                                                       absl::Time now) const override {
    if (FindTour(day, id) == nullptr) return Refuse(Reason::kTourNotFound);
    ASSIGN_OR_RETURN(const DayProblem problem,
                     DayProblem::Make(settings.rules, day, {}, oracle_, now));
    return problem.LeaveBy(id);
  }

  absl::StatusOr<TourPlan> Reschedule(const Settings& settings, const PlanningDay& day,
                                      const TourId& id, const std::vector<RideId>& without,
                                      absl::Time now) const override {
    const Tour* tour = FindTour(day, id);
    if (tour == nullptr) return Refuse(Reason::kTourNotFound);
    ASSIGN_OR_RETURN(DayProblem problem, DayProblem::Make(settings.rules, day, {}, oracle_, now));
    Draft draft(std::move(problem));
    for (const RideId& ride : without) draft.Remove(ride);
    for (const int route : draft.problem().RoutesOf(id.vehicle)) draft.Touch(route);
    const Replanning result = draft.Finish();
    if (result.plans.empty())
      return TourPlan{id, tour->plan_revision, tour->assignments, tour->visits};
    return result.plans.front();
  }

  // Each point twice, as two places: where no road is, none leads from the one to the other.
  absl::StatusOr<std::vector<bool>> OnRoads(const std::vector<LatLon>& points) const override {
    // Where there is a road does not depend on the hour; without traffic that is the least work.
    const absl::Time saturday = BerlinTime(absl::CivilDay(2024, 6, 1), absl::Hours(12));
    std::vector<LatLon> twice = points;
    twice.insert(twice.end(), points.begin(), points.end());
    ASSIGN_OR_RETURN(const auto times, oracle_.Over(twice, saturday));
    std::vector<bool> on_roads;
    for (size_t i = 0; i < points.size(); ++i) {
      const auto place = static_cast<dispatch::Place>(i);
      const auto again = static_cast<dispatch::Place>(i + points.size());
      on_roads.push_back(times->Between(place, again, 0) < dispatch::kUnreachable);
    }
    return on_roads;
  }

 private:
  static bool WasOnATour(const PlanningDay& day, const RideId& ride) {
    return std::any_of(day.tours.begin(), day.tours.end(),
                       [&](const Tour& tour) { return WasPickedUp(tour, ride); });
  }
  static bool Blocked(const PlanningDay& day, const Assignment& ride) {
    const TimeWindow until_arrival{ride.promise.pickup.begin, ride.promise.latest_arrival};
    return (ride.origin_stop && IsBlocked(day.blocks, *ride.origin_stop, ride.promise.pickup)) ||
           (ride.destination_stop && IsBlocked(day.blocks, *ride.destination_stop, until_arrival));
  }

  const TravelOracle& oracle_;
};

}  // namespace

std::unique_ptr<Planner> MakeInsertionPlanner(const TravelOracle* oracle) {
  return std::make_unique<InsertionPlanner>(oracle);
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/planner/insertion_planner.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/offer_search.h"
#include "dispatch/check.h"

namespace stadtmesh::buergerbus {
namespace {

const Tour* FindTour(const PlanningDay& day, const TourId& id) {
  const auto found = std::find_if(day.tours.begin(), day.tours.end(), [&](const Tour& tour) { return tour.id == id; });
  return found == day.tours.end() ? nullptr : &*found;
}

const Tour* FindTourOf(const PlanningDay& day, const RideId& ride) {
  const auto found = std::find_if(day.tours.begin(), day.tours.end(),
                                  [&](const Tour& tour) { return FindVisit(tour, VisitKind::kPickup, ride) >= 0; });
  return found == day.tours.end() ? nullptr : &*found;
}

// A plan in the making: insertions and removals on one day, then our plans of the tours they changed.
class Draft {
 public:
  Draft(DayProblem problem) : problem_(std::move(problem)), index_(problem_.problem(), problem_.plan()) {}

  // Finds a place, all limits kept; false: there is none. `routes`: only these; empty: all.
  bool Place(const Assignment& ride, const std::vector<int>& routes) {
    const int known = problem_.IndexOf(ride.ride);
    const int as = known >= 0 ? known : static_cast<int>(problem_.problem().requests.size());
    const dispatch::Request request = problem_.RequestOf(ride);
    const dispatch::InsertAnswer answer = index_.Find(request, as, {.explain = false, .only_vehicles = routes});
    if (answer.options.empty()) return false;
    if (known < 0) problem_.Add(ride);
    index_.Apply(request, as, answer.options.front());
    changed_.insert(answer.options.front().vehicle);
    placed_[ride.ride] = problem_.TourOf(answer.options.front().vehicle).id;
    return true;
  }

  void Remove(const RideId& ride) {
    const int request = problem_.IndexOf(ride);
    const dispatch::Plan plan = index_.plan();
    for (size_t route = 0; route < plan.routes.size(); ++route) {
      const auto& stops = plan.routes[route].stops;
      const bool here = std::any_of(stops.begin(), stops.end(), [&](const dispatch::Stop& stop) {
        return stop.kind != dispatch::StopKind::kBreak && stop.index == request;
      });
      if (here) changed_.insert(static_cast<int>(route));
    }
    index_.Remove(request);
  }

  void Touch(int route) { changed_.insert(route); }

  const DayProblem& problem() const { return problem_; }

  // The plans of every tour that was changed, all shifts of it timed anew.
  Replanning Finish() const {
    Replanning result{.placed = placed_};
    const dispatch::Plan plan = index_.plan();
    const dispatch::CheckReport report = dispatch::Check(problem_.problem(), plan);
    std::set<TourId> tours;
    for (const int route : changed_) tours.insert(problem_.TourOf(route).id);
    for (const TourId& tour : tours) {
      std::map<int, DayProblem::NewRoute> routes;
      for (const int route : problem_.RoutesOf(tour.vehicle)) {
        routes[route] = {plan.routes[route], report.schedules[route].stops};
      }
      result.plans.push_back(problem_.PlanFor(tour, routes));
    }
    return result;
  }

 private:
  DayProblem problem_;
  dispatch::InsertIndex index_;
  std::set<int> changed_;
  std::map<RideId, TourId> placed_;
};

class InsertionPlanner final : public Planner {
 public:
  explicit InsertionPlanner(const TravelOracle* oracle) : oracle_(*oracle) {}

  absl::StatusOr<OfferSet> FindOffers(const Settings& settings, const std::vector<PlanningDay>& days,
                                      const TripRequest& request, absl::Time now) const override {
    std::vector<const PlanningDay*> known;
    for (const PlanningDay& day : days) known.push_back(&day);
    return OfferSearch(settings, known, request, oracle_, now).Run();
  }

  absl::StatusOr<Placement> Accept(const Settings& settings, const PlanningDay& day, const TripRequest& request,
                                   const RideId& ride, absl::Time pickup_begin, std::optional<VehicleId> vehicle,
                                   absl::Time now) const override {
    if (pickup_begin < now) return Refuse(Reason::kInPast);
    const std::vector<const PlanningDay*> days = {&day};
    OfferSearch search(settings, days, request, oracle_, now);
    absl::StatusOr<Fitting> fitting = search.Probe(pickup_begin, now - settings.rules.hold, ride, vehicle);
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

  absl::StatusOr<Replanning> Move(const Settings& settings, const PlanningDay& day, const RideId& ride,
                                  const VehicleId& vehicle, absl::Time now) const override {
    if (FindVehicle(settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
    const Tour* tour = FindTourOf(day, ride);
    if (tour == nullptr) return Refuse(Reason::kRideNotOnTour);
    const int pickup = FindVisit(*tour, VisitKind::kPickup, ride);
    if (pickup < tour->executed) return Refuse(Reason::kRideAlreadyBoarded);
    if (pickup < FrozenPrefix(*tour, settings.rules.freeze, now)) return Refuse(Reason::kTooLateToChange);
    const Assignment assignment = *FindAssignment(*tour, ride);
    ASSIGN_OR_RETURN(DayProblem problem, DayProblem::Make(settings.rules, day, {}, oracle_, now));
    Draft draft(std::move(problem));
    const std::vector<int> routes = draft.problem().RoutesOf(vehicle);
    draft.Remove(ride);
    if (routes.empty() || !draft.Place(assignment, routes)) return Refuse(Reason::kNoVehicleFree);
    return draft.Finish();
  }

  absl::StatusOr<Replanning> Replan(const Settings& settings, const PlanningDay& day, const std::vector<Assignment>& rides,
                                    absl::Time now) const override {
    std::vector<LatLon> points;
    for (const Assignment& ride : rides) {
      points.push_back(ride.origin);
      points.push_back(ride.destination);
    }
    ASSIGN_OR_RETURN(DayProblem problem, DayProblem::Make(settings.rules, day, points, oracle_, now));
    Draft draft(std::move(problem));
    std::vector<Assignment> tightest_first = rides;
    std::sort(tightest_first.begin(), tightest_first.end(), [](const Assignment& a, const Assignment& b) {
      return std::tie(a.promise.pickup.end, a.ride) < std::tie(b.promise.pickup.end, b.ride);
    });
    std::map<RideId, Reason> unplaced;
    for (const Assignment& ride : tightest_first) {
      if (Blocked(day, ride)) {
        unplaced[ride.ride] = Reason::kStopBlocked;
      } else if (!draft.Place(ride, {})) {
        unplaced[ride.ride] = Reason::kNoVehicleFree;
      }
    }
    Replanning result = draft.Finish();
    result.unplaced = std::move(unplaced);
    return result;
  }

  absl::StatusOr<TourPlan> Reschedule(const Settings& settings, const PlanningDay& day, const TourId& id,
                                      const std::vector<RideId>& without, absl::Time now) const override {
    const Tour* tour = FindTour(day, id);
    if (tour == nullptr) return Refuse(Reason::kTourNotFound);
    ASSIGN_OR_RETURN(DayProblem problem, DayProblem::Make(settings.rules, day, {}, oracle_, now));
    Draft draft(std::move(problem));
    for (const RideId& ride : without) {
      if (draft.problem().IndexOf(ride) >= 0) draft.Remove(ride);
    }
    for (const int route : draft.problem().RoutesOf(id.vehicle)) draft.Touch(route);
    const Replanning result = draft.Finish();
    if (result.plans.empty()) return TourPlan{id, tour->plan_revision, tour->assignments, tour->visits};
    return result.plans.front();
  }

 private:
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

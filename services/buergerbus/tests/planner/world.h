// A town in memory that does what the service does: plans, decides, and keeps rides and tours, one
// transaction after the other.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../domain/town.h"
#include "absl/strings/str_cat.h"
#include "buergerbus/domain/spans.h"
#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/insertion_planner.h"
#include "dispatch/check.h"

namespace stadtmesh::buergerbus::testing {

class World {
 public:
  explicit World(Settings town = TestTown()) : settings(std::move(town)) {
    day.day = kWednesday;
    for (const Vehicle& vehicle : settings.vehicles)
      day.tours.push_back(*OpenTour(settings, vehicle.id, kWednesday));
  }

  absl::StatusOr<OfferSet> Offers(const TripRequest& request) const {
    return planner->FindOffers(settings, {day}, request, now);
  }

  ~World() {
    if (!told_ && !refused_.empty()) ADD_FAILURE() << refused_;
  }

  // Holds and books the window beginning at `pickup`. The ride's id, or why not.
  absl::StatusOr<RideId> Book(const TripRequest& request, absl::Time pickup,
                              std::optional<VehicleId> vehicle = std::nullopt) {
    const RideId id(absl::StrCat("ride-", ++count_));
    const auto placement = planner->Accept(settings, day, request, id, pickup, vehicle, now);
    if (!placement.ok()) return placement.status();
    if (const absl::Status adopted = Adopt(placement->plan, {}); !adopted.ok()) return adopted;
    HoldRide hold{.id = id,
                  .booking = BookingId("b"),
                  .customer = {.alias = "alias"},
                  .trip = request.trip,
                  .promise = placement->offer.promise,
                  .fare = placement->offer.fare,
                  .tour = placement->tour};
    rides[id] = Decide(std::nullopt, hold, settings.rules, now)->state;
    promises[id] = hold.promise;
    rides[id] = Decide(rides[id], BookRide{}, settings.rules, now)->state;
    return id;
  }

  void Cancel(const RideId& id) {
    const std::optional<TourId> tour = rides[id].tour;
    const auto cancelled = Decide(rides[id], CancelRide{Actor::kDispatcher}, settings.rules, now);
    if (!cancelled.ok()) return;
    rides[id] = cancelled->state;
    if (tour) {
      Must(Do(*tour, RemoveRide{id}));
    }
  }

  // Takes a vehicle out and plans its rides again, as the service does. How many could not be.
  int TakeOut(const VehicleId& vehicle) { return TakeOut(vehicle, {now, absl::InfiniteFuture()}); }
  int TakeOut(const VehicleId& vehicle, const TimeWindow& span) {
    const Tour& tour = TourOf({vehicle, kWednesday});
    const std::vector<DroppedRide> dropped = RidesDroppedBy(tour, span, now);
    Must(Do(tour.id, TakeVehicleOut{span}));
    std::vector<Assignment> waiting;
    for (const DroppedRide& ride : dropped) {
      if (!ride.aboard) waiting.push_back(ride.assignment);
      Step(ride.assignment.ride, MarkAffected{Reason::kVehicleOut});
    }
    const Replanning result = *planner->Replan(settings, day, waiting, now);
    for (const TourPlan& plan : result.plans) Must(Adopt(plan, {}));
    for (const auto& [ride, placed] : result.placed) Step(ride, MoveRide{placed});
    EXPECT_EQ(result.placed.size() + result.unplaced.size(), waiting.size());
    return static_cast<int>(result.unplaced.size());
  }

  // Whoever lost their place is not planned again.
  void PutBack(const VehicleId& vehicle) {
    const Tour& tour = TourOf({vehicle, kWednesday});
    Must(Do(tour.id, ReturnVehicle{EndedAt(tour.outages, now)}));
  }

  // Improves the day as the background improver does. By how much less is driven.
  absl::Duration Improve(uint64_t seed) {
    const auto found = planner->Improve(
        settings, day, {.time = absl::InfiniteDuration(), .iterations = 60, .seed = seed}, now);
    if (!found.ok()) {
      ADD_FAILURE() << found.status();
      return absl::ZeroDuration();
    }
    for (const TourPlan& plan : found->changes.plans) {
      std::vector<RideId> leaving;
      for (const auto& [ride, to] : found->changes.placed) {
        if (!(to == plan.tour) && FindVisit(TourOf(plan.tour), VisitKind::kPickup, ride) >= 0)
          leaving.push_back(ride);
      }
      Must(Adopt(plan, leaving));
    }
    for (const auto& [ride, tour] : found->changes.placed) Step(ride, MoveRide{tour});
    return found->saved;
  }

  // The next visit of the tour is reached `late` after it was expected, and done. False when there
  // is none, or it lies after `until`.
  bool DriveOne(const TourId& id, absl::Duration late, absl::Time until) {
    const Tour& tour = TourOf(id);
    if (tour.executed == static_cast<int>(tour.visits.size())) return false;
    const Visit visit = tour.visits[tour.executed];
    const absl::Time at = ExpectedTimes(tour, now)[tour.executed].begin + late;
    if (at > until) return false;
    now = std::max(now, at);
    BeginShiftOf(tour, visit);
    if (visit.kind == VisitKind::kBreak) {
      Must(Do(id, TakeBreak{}));
      return true;
    }
    Must(Do(id, ServeVisit{{}, visit.kind, visit.ride}));
    if (visit.kind == VisitKind::kPickup) {
      Step(visit.ride, BoardRide{now});
    } else {
      Step(visit.ride, AlightRide{now});
    }
    return true;
  }

  // The bus arrives at its next visit, a pick-up, so much before the plan.
  void ArriveEarly(const TourId& id, absl::Duration early) {
    const Tour& tour = TourOf(id);
    const Visit visit = tour.visits[tour.executed];
    now = visit.arrival - early;
    BeginShiftOf(tour, visit);
    Must(Do(id, ArriveAt{{}, VisitKind::kPickup, visit.ride}));
  }

  // The bus arrives at its next visit, a pick-up, as expected; nobody comes, and the driver waits
  // as long as is asked. `meanwhile` happens while they wait until the instant it is given.
  void NobodyComes(const TourId& id, const std::function<void(absl::Time until)>& meanwhile) {
    const Tour& tour = TourOf(id);
    const Visit visit = tour.visits[tour.executed];
    const absl::Time arrived = now = std::max(now, ExpectedTimes(tour, now)[tour.executed].arrival);
    BeginShiftOf(tour, visit);
    Must(Do(id, ArriveAt{{}, VisitKind::kPickup, visit.ride}));
    const auto leave_by = [&] { return planner->LeaveBy(settings, day, id, now)->at(visit.ride); };
    const auto no_show = [&](absl::Time leave) {
      return NoShowFrom(rides[visit.ride], settings.rules, arrived, leave);
    };
    meanwhile(no_show(leave_by()));
    const absl::Time leave = leave_by();
    now = std::max(now, no_show(leave));
    Must(Do(id, SkipRide{{}, visit.ride}));
    Step(visit.ride, ReportNoShow{arrived, leave});
    (void)Adopt(*planner->Reschedule(settings, day, id, {}, now),
                {});  // where it finds something; as the service does
  }

  absl::Status Adopt(const TourPlan& plan, const std::vector<RideId>& removed) {
    const Tour before = TourOf(plan.tour);
    const absl::Status adopted = Do(plan.tour, AdoptPlan{plan, removed});
    if (adopted.ok()) NextPickupIsNoLater(before, TourOf(plan.tour));
    return adopted;
  }

  // Its driver is on the way there, and boards when the manifest said.
  void NextPickupIsNoLater(const Tour& before, const Tour& after) const {
    const int next = before.executed;
    if (FrozenPrefix(before, settings.rules.freeze, now) == next ||
        before.visits[next].kind != VisitKind::kPickup)
      return;
    const int place = FindVisit(after, VisitKind::kPickup, before.visits[next].ride);
    if (place < 0) return;  // cancelled
    EXPECT_LE(after.visits[place].begin, ExpectedTimes(before, now)[next].begin);
  }

  absl::Status Do(const TourId& id, const TourCommand& command) {
    for (Tour& tour : day.tours) {
      if (!(tour.id == id)) continue;
      const auto decision = Decide(tour, command, settings.rules, now);
      if (!decision.ok()) return decision.status();
      tour = decision->state;
      return absl::OkStatus();
    }
    return Refuse(Reason::kTourNotFound);
  }

  void Step(const RideId& id, const RideCommand& command) {
    const auto decision = Decide(rides[id], command, settings.rules, now);
    Must(decision.status());
    if (decision.ok()) rides[id] = decision->state;
  }

  const Tour& TourOf(const TourId& id) const {
    for (const Tour& tour : day.tours) {
      if (tour.id == id) return tour;
    }
    std::abort();
  }

  // What must hold at any time, and that nothing was refused; the first fault, or empty. With
  // `on_time`, no visit may be planned beyond its promise either.
  std::string Fault(bool on_time) const {
    told_ = true;
    if (!refused_.empty()) return refused_;
    for (const auto& [id, ride] : rides) {
      if (!(ride.promise == promises.at(id))) return "promise changed: " + id.value();
      int pickups = 0, dropoffs = 0;
      for (const Tour& tour : day.tours) {
        for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
          if (tour.visits[i].kind == VisitKind::kBreak || tour.visits[i].ride != id) continue;
          ++(tour.visits[i].kind == VisitKind::kPickup ? pickups : dropoffs);
          if (!ride.tour || !(*ride.tour == tour.id)) return "on a foreign tour: " + id.value();
        }
      }
      const bool waits = ride.state == RideState::kBooked || ride.state == RideState::kHeld;
      if (pickups != (waits ? 1 : 0) || dropoffs != (OccupiesPlace(ride.state) ? 1 : 0)) {
        return absl::StrCat("lost or left behind: ", id.value(), " state ",
                            static_cast<int>(ride.state));
      }
    }
    const DayProblem known = *DayProblem::Make(settings.rules, day, {}, *oracle, now);
    for (const dispatch::Violation& limit :
         dispatch::Check(known.problem(), known.plan()).violations)
      return "the day as it is cannot be planned on: " + dispatch::Describe(limit);
    for (const Tour& tour : day.tours) {
      if (std::string fault = TourFault(tour, on_time); !fault.empty()) return fault;
    }
    return "";
  }

  Settings settings;
  PlanningDay day;
  absl::Time now = At(5);
  std::map<RideId, Ride> rides;
  std::map<RideId, Promise> promises;  // as given at booking
  std::shared_ptr<const TravelOracle> oracle = std::make_shared<StraightLineOracle>();
  std::shared_ptr<const Planner> planner = MakeInsertionPlanner(oracle.get());

 private:
  // What the service does is never refused here: the first time it is, Fault tells.
  void Must(const absl::Status& status) {
    if (!status.ok() && refused_.empty()) refused_ = std::string(status.ToString());
  }

  // Before `visit` of `tour`.
  void BeginShiftOf(const Tour& tour, const Visit& visit) {
    for (int shift = 0; shift < visit.shift; ++shift) {
      if (tour.shifts[shift].state != ShiftState::kRunning) continue;
      Must(Do(tour.id, EndShift{tour.shifts[shift].id, tour.shifts[shift].driver}));
    }
    Must(Do(tour.id, StartShift{tour.shifts[visit.shift].id, tour.shifts[visit.shift].driver}));
  }

  // Counts people and chairs from the rides themselves, not from the tour's own loads.
  std::string TourFault(const Tour& tour, bool on_time) const {
    int seats = 0, chairs = 0;
    std::map<RideId, absl::Time> boarded;
    for (const Visit& visit : tour.visits) {
      if (visit.kind == VisitKind::kBreak) {
        if (seats + chairs != 0) return "break with riders";
        continue;
      }
      const Ride& ride = rides.at(visit.ride);
      if (FindVisit(tour, VisitKind::kDropoff, visit.ride) < 0) continue;  // no-show, stranded
      const int sign = visit.kind == VisitKind::kPickup ? 1 : -1;
      seats += sign * (ride.trip.party.people - ride.trip.party.wheelchairs);
      chairs += sign * ride.trip.party.wheelchairs;
      if (seats < 0 || chairs < 0 ||
          !((seats <= 8 && chairs == 0) || (seats <= 6 && chairs <= 1))) {
        return absl::StrCat("over capacity: ", seats, " seats, ", chairs, " chairs");
      }
      if (visit.begun_at || !on_time) continue;
      const Promise& promise = ride.promise;
      if (visit.kind == VisitKind::kPickup) {
        boarded[visit.ride] = visit.end;
        if (visit.begin < promise.pickup.begin || visit.begin > promise.pickup.end)
          return "pick-up outside its window";
      } else {
        if (visit.begin > promise.latest_arrival) return "late arrival";
        if (boarded.count(visit.ride) && visit.begin - boarded[visit.ride] > promise.longest_ride)
          return "long ride";
      }
    }
    return "";
  }

  int count_ = 0;
  std::string refused_;
  mutable bool told_ = false;  // Fault was asked
};

inline TripRequest Wish(const char* from, const char* to, absl::Time time, int people = 1,
                        int wheelchairs = 0, TimeKind kind = TimeKind::kDepartAt) {
  return {.trip = MakeTrip(from, to, people, wheelchairs), .kind = kind, .time = time};
}

}  // namespace stadtmesh::buergerbus::testing

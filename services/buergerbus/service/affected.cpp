#include "buergerbus/service/affected.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/replacement.h"
#include "buergerbus/domain/spans.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/calls.h"

namespace stadtmesh::buergerbus {
namespace {

// Rides without a place look for one together.
class Replacing {
 public:
  Replacing(UnitOfWork& unit, const Settings& settings, const Planner& planner, Day& day)
      : unit_(unit), settings_(settings), planner_(planner), day_(day) {}

  absl::Status Place(std::vector<Stored<Ride>> rides) {
    std::vector<Case> cases;
    for (Stored<Ride>& ride : rides) {
      const bool held = ride.value->state == RideState::kHeld;
      const std::optional<Reason> closed =
          WhyNotServed(settings_, day_.plan.blocks, *ride.value, day_.plan.day);
      std::vector<Trip> trips;
      const bool elsewhere =
          closed || HasMovedStop(settings_, AssignmentOf(*ride.value, settings_.rules));
      // A mere hold is not worth another stop: it expires, and the rider sees what is free.
      if (!elsewhere || !held)
        trips = OpenTrips(settings_, day_.plan.blocks, *ride.value, day_.plan.day);
      cases.push_back({std::move(ride), std::move(trips), closed});
    }
    size_t rounds = 1;
    for (const Case& each : cases) rounds = std::max(rounds, each.trips.size());
    for (size_t round = 0; round < rounds; ++round) RETURN_IF_ERROR(Try(round, cases));
    for (Case& each : cases) RETURN_IF_ERROR(Conclude(each));
    return absl::OkStatus();
  }

 private:
  struct Case {
    Stored<Ride> ride;
    std::vector<Trip> trips;       // the most convenient first
    std::optional<Reason> closed;  // why its own stops are not served
    std::optional<TourId> tour;
    size_t chosen = 0;
  };

  // Its own vehicle is out of service; else there is none in its stead: no shift, or no room.
  Reason WhyNoVehicle(const Ride& ride) {
    const Stored<Tour>* tour = ride.tour ? day_.FindTour(*ride.tour) : nullptr;
    return tour != nullptr && RunningOrNext(tour->value->outages, unit_.now())
               ? Reason::kVehicleOut
               : Reason::kNoVehicleFree;
  }

  // Plans with the trips of one round for all who have no place yet.
  absl::Status Try(size_t round, std::vector<Case>& cases) {
    std::vector<Assignment> wanted;
    for (const Case& each : cases) {
      if (each.tour || each.trips.size() <= round) continue;
      Ride ride = *each.ride.value;
      ride.trip = each.trips[round];
      wanted.push_back(AssignmentOf(ride, settings_.rules));
    }
    if (wanted.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Replanning replanning,
                     planner_.Replan(settings_, day_.plan, wanted, unit_.now()));
    for (const TourPlan& plan : replanning.plans)
      RETURN_IF_ERROR(Adopt(unit_, settings_, day_, plan, {}));
    for (Case& each : cases) {
      const auto placed = replanning.placed.find(each.ride.value->id);
      if (placed == replanning.placed.end()) continue;
      each.tour = placed->second;
      each.chosen = round;
    }
    return absl::OkStatus();
  }

  absl::Status Conclude(Case& each) {
    const RideId id = each.ride.value->id;
    if (!each.tour) {
      const Reason why = each.closed.value_or(WhyNoVehicle(*each.ride.value));
      return LosePlace(unit_, settings_, std::move(each.ride), why, CallReason::kRideAffected);
    }
    const Trip& trip = each.trips[each.chosen];
    RelyOnPlaces(unit_, day_, each.tour->vehicle, trip);
    const bool same_trip = trip == each.ride.value->trip;
    const RideCommand command =
        same_trip ? RideCommand(MoveRide{*each.tour})
                  : RideCommand(ChangeRide{Actor::kSystem, trip, each.ride.value->promise,
                                           each.ride.value->fare, *each.tour});
    ASSIGN_OR_RETURN(Decision<Ride> decision,
                     Decide(each.ride.value, command, settings_.rules, unit_.now()));
    RETURN_IF_ERROR(SaveRide(unit_, each.ride, std::move(decision)));
    RETURN_IF_ERROR(KeepAnnounced(*each.ride.value));
    unit_.receipt.rides.push_back(id);
    return same_trip ? absl::OkStatus() : ListCall(unit_, *each.ride.value, CallReason::kRideMoved);
  }

  // What the rider was told stays said where the same bus takes them again.
  absl::Status KeepAnnounced(const Ride& ride) {
    Stored<Tour>* tour = ride.announced ? day_.FindTour(*ride.tour) : nullptr;
    if (tour == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        Decision<Tour> noted,
        Decide(*tour->value, NoteAnnounced{ride.id, ride.announced}, settings_.rules, unit_.now()));
    unit_.Save(*tour, std::move(noted));
    Keep(day_, *tour->value);
    return absl::OkStatus();
  }

  UnitOfWork& unit_;
  const Settings& settings_;
  const Planner& planner_;
  Day& day_;
};

}  // namespace

absl::Status LosePlace(UnitOfWork& unit, const Settings& settings, Stored<Ride> ride, Reason reason,
                       CallReason call) {
  ASSIGN_OR_RETURN(Decision<Ride> decision,
                   Decide(ride.value, MarkAffected{reason}, settings.rules, unit.now()));
  if (decision.events.empty()) return absl::OkStatus();  // known already
  const bool promised = decision.state.state == RideState::kAffected;
  RETURN_IF_ERROR(SaveRide(unit, ride, std::move(decision)));
  unit.receipt.affected.push_back(ride.value->id);
  return promised ? ListCall(unit, *ride.value, call) : absl::OkStatus();
}

absl::Status FindPlaces(UnitOfWork& unit, const Settings& settings, const Planner& planner,
                        Day& day, std::vector<Stored<Ride>> rides) {
  return Replacing(unit, settings, planner, day).Place(std::move(rides));
}

}  // namespace stadtmesh::buergerbus

// The ride: one leg of a booking, from the hold to its end. Idempotent: a command that is already
// fulfilled changes nothing.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/rider_trip.h"

namespace stadtmesh::buergerbus {

// held -> booked -> boarded -> completed is the good way; the others are ends, except kAffected:
// booked (or even boarded, see Journey), but without a place in a tour until a dispatcher or a
// re-planning finds one.
enum class RideState {
  kHeld,
  kBooked,
  kAffected,
  kBoarded,
  kCompleted,
  kNoShow,
  kCancelled,
  kExpired
};

enum class Leg { kSingle, kOutbound, kReturn };
enum class Channel { kApp, kPhone };

// For whom. Personal data is in the rider card or with the identity provider, not here.
struct Customer {
  // subject alias of the citizen; of phone bookings: "card:" + the card's id, or empty
  std::string alias;
  std::optional<RiderCardId> card;
  Channel channel = Channel::kApp;
  bool operator==(const Customer&) const = default;
};

struct FareTaken {
  Payment payment = Payment::kCash;
  Money amount;  // 0 unless cash
  absl::Time at;
  bool operator==(const FareTaken&) const = default;
};

// The drive as it was, for the statistics of kept promises.
struct Journey {
  std::optional<absl::Time> boarded_at;
  std::optional<absl::Time> alighted_at;
  absl::Duration pickup_lateness;  // beyond the promise; 0: kept
  absl::Duration arrival_lateness;
  bool operator==(const Journey&) const = default;
};

struct Ride {
  RideId id;
  BookingId booking;
  Leg leg = Leg::kSingle;
  std::optional<RideId> other_leg;
  Customer customer;
  Trip trip;
  Promise promise;
  Fare fare;
  // Absent: waits for a place, or ended before it was driven. Who is stranded on board of a vehicle
  // that was taken out keeps it, because its driver reports where that ended.
  std::optional<TourId> tour;
  RideState state = RideState::kHeld;
  absl::Time held_until;  // meaningful while held
  int revision = 0;       // counts the rider-visible changes after booking
  std::optional<Reason> affected_by;
  // The pick-up as the rider was last told; absent: as promised.
  std::optional<absl::Time> announced;
  Journey journey;
  std::optional<FareTaken> fare_taken;
  absl::Time created_at;
  bool forgotten = false;  // names nobody any more; kept for the statistics
  bool operator==(const Ride&) const = default;
};

// ---- Commands.
struct HoldRide {  // on no state: makes the ride
  RideId id;
  BookingId booking;
  Leg leg = Leg::kSingle;
  std::optional<RideId> other_leg;
  Customer customer;
  Trip trip;        // resolved (ResolveTrip)
  Promise promise;  // from Planner::Accept
  Fare fare;
  TourId tour;
};
struct BookRide {};  // confirms the hold; kHoldExpired
struct ExpireHold {
};  // the Later task of the hold; changes nothing when the ride was booked meanwhile
struct ChangeRide {  // the rider's wish, or the dispatcher's: a new trip, promise and place. Also
                     // gives an affected ride a place.
  Actor actor = Actor::kCitizen;
  Trip trip;
  Promise promise;
  Fare fare;
  TourId tour;
};
struct MoveRide {  // another vehicle, the same promise: re-planning, or the dispatcher
  TourId tour;
};
struct MarkAffected {  // lost its place in the tour
  Reason reason = Reason::kVehicleOut;
};
struct CancelRide {
  Actor actor = Actor::kCitizen;
  bool rider_asked = false;  // a dispatcher did it for them
};
struct AnnounceDelay {
  absl::Time expected_pickup;
};  // tells the rider: after the promised window, or within it again
struct BoardRide {
  absl::Time at;
};
struct AlightRide {
  absl::Time at;
};  // also of a rider stranded in a vehicle that was taken out, when brought home otherwise
struct ReportNoShow {
  absl::Time arrived_at;                         // when the vehicle arrived at the pick-up
  absl::Time leave_by = absl::InfiniteFuture();  // Planner::LeaveBy
};
struct TakeFare {
  Payment payment = Payment::kCash;
  Money amount;
};
using RideCommand =
    std::variant<HoldRide, BookRide, ExpireHold, ChangeRide, MoveRide, MarkAffected, CancelRide,
                 AnnounceDelay, BoardRide, AlightRide, ReportNoShow, TakeFare>;

// Without a state only HoldRide is possible; anything else is kRideNotFound. The settings' rules
// give the limits of cancelling, changing and no-shows.
absl::StatusOr<Decision<Ride>> Decide(const std::optional<Ride>& ride, const RideCommand& command,
                                      const BookingRules& rules, absl::Time now);

// From when on a no-show may be reported: the vehicle has waited as long as the rules say, or as
// long as it can without breaking a promise to others, but not less than boarding takes, and never
// before the promised window begins.
absl::Time NoShowFrom(const Ride& ride, const BookingRules& rules, absl::Time arrived_at,
                      absl::Time leave_by);

// Who books what takes the place of this ride: one that lost its bus the town makes good itself,
// and keeps no notice.
Actor BookerOfChange(const Ride& ride, Actor asker);

// True from boarding to alighting, also in a vehicle that was taken out.
bool IsAboard(const Ride& ride);
// True while the ride occupies a place in a tour.
bool OccupiesPlace(RideState state);
// True when nothing can happen to it any more.
bool IsFinal(RideState state);

}  // namespace stadtmesh::buergerbus

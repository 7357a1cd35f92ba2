#include "buergerbus/domain/ride.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/cash_sheet.h"

namespace stadtmesh::buergerbus {
namespace {

RideFacts FactsOf(const Ride& ride) {
  return {.ride = ride.id,
          .booking = ride.booking,
          .customer = ride.customer.alias,
          .tour = ride.tour,
          .origin = ride.trip.origin.stop,
          .destination = ride.trip.destination.stop,
          .promise = ride.promise,
          .party = ride.trip.party,
          .revision = ride.revision};
}

// Why a step that needs a booked ride is refused in this state.
absl::Status NotBooked(RideState state) {
  switch (state) {
    case RideState::kHeld:
    case RideState::kAffected:
    case RideState::kBooked:
      return Refuse(Reason::kRideNotBooked);
    case RideState::kBoarded:
      return Refuse(Reason::kRideAlreadyBoarded);
    case RideState::kCancelled:
      return Refuse(Reason::kAlreadyCancelled);
    case RideState::kExpired:
      return Refuse(Reason::kHoldExpired);
    case RideState::kCompleted:
    case RideState::kNoShow:
      return Refuse(Reason::kRideFinished);
  }
  std::abort();
}

// A driver's report may be late, never early.
absl::Status CheckReported(absl::Time at, absl::Time now) {
  constexpr absl::Duration kClockSkew = absl::Minutes(1);
  return at <= now + kClockSkew
             ? absl::OkStatus()
             : InvalidField("at", FieldReason::kOutOfRange, absl::StrCat("..", FormatRfc3339(now)));
}

Decided<Ride> Hold(const HoldRide& command, const BookingRules& rules, absl::Time now) {
  Ride ride{.id = command.id,
            .booking = command.booking,
            .leg = command.leg,
            .other_leg = command.other_leg,
            .customer = command.customer,
            .trip = command.trip,
            .promise = command.promise,
            .fare = command.fare,
            .tour = command.tour,
            .state = RideState::kHeld,
            .held_until = now + rules.hold,
            .created_at = now};
  RideHeld event{FactsOf(ride), ride.held_until};
  return Decision<Ride>{std::move(ride), {std::move(event)}};
}

class Step {
 public:
  Step(const Ride& ride, const BookingRules& rules, absl::Time now)
      : ride_(ride), rules_(rules), now_(now) {}

  Decided<Ride> operator()(const HoldRide& command) const {
    const bool same = ride_.state == RideState::kHeld && ride_.booking == command.booking &&
                      ride_.trip == command.trip && ride_.promise == command.promise &&
                      ride_.customer == command.customer;
    return same ? Unchanged(ride_) : Refuse(Reason::kRideExists);
  }

  Decided<Ride> operator()(const BookRide&) const {
    if (ride_.state == RideState::kBooked || ride_.state == RideState::kAffected ||
        ride_.state == RideState::kBoarded) {
      return Unchanged(ride_);  // confirmed before
    }
    if (ride_.state != RideState::kHeld) return NotBooked(ride_.state);
    if (now_ >= ride_.held_until) return Refuse(Reason::kHoldExpired);
    Ride next = ride_;
    next.state = RideState::kBooked;
    return Decision<Ride>{next, {RideBooked{FactsOf(next), next.fare.total}}};
  }

  Decided<Ride> operator()(const ExpireHold&) const {
    if (ride_.state != RideState::kHeld || now_ < ride_.held_until) return Unchanged(ride_);
    return LoseHold();
  }

  Decided<Ride> operator()(const ChangeRide& command) const {
    if (ride_.state != RideState::kBooked && ride_.state != RideState::kAffected)
      return NotBooked(ride_.state);
    Ride next = ride_;
    next.trip = command.trip;
    next.promise = command.promise;
    next.fare = command.fare;
    next.tour = command.tour;
    next.state = RideState::kBooked;
    if (next == ride_) return Unchanged(ride_);
    RETURN_IF_ERROR(CheckInTime(command.actor, Reason::kTooLateToChange));
    ++next.revision;
    next.affected_by.reset();
    next.announced.reset();
    next.journey = {};  // a stranded rider starts anew from where they are
    return Decision<Ride>{
        next, {RideChanged{FactsOf(next), next.fare.total, command.actor != Actor::kCitizen}}};
  }

  Decided<Ride> operator()(const MoveRide& command) const {
    const bool held = ride_.state == RideState::kHeld;
    if (!held && ride_.state != RideState::kBooked && ride_.state != RideState::kAffected)
      return NotBooked(ride_.state);
    if (IsAboard(ride_)) return Refuse(Reason::kRideAlreadyBoarded);
    if (ride_.tour == command.tour && ride_.state != RideState::kAffected) return Unchanged(ride_);
    Ride next = ride_;
    next.tour = command.tour;
    next.state = held ? RideState::kHeld : RideState::kBooked;
    next.affected_by.reset();
    next.announced.reset();  // of the other bus
    return Decision<Ride>{next, {RideMoved{FactsOf(next), ride_.tour}}};
  }

  Decided<Ride> operator()(const MarkAffected& command) const {
    if (ride_.state == RideState::kHeld) return LoseHold();
    if (ride_.state == RideState::kAffected || ride_.state == RideState::kExpired)
      return Unchanged(ride_);
    if (ride_.state != RideState::kBooked && ride_.state != RideState::kBoarded)
      return NotBooked(ride_.state);
    Ride next = ride_;
    next.state = RideState::kAffected;
    next.affected_by = command.reason;
    if (!IsAboard(ride_)) next.tour.reset();
    return Decision<Ride>{next, {RideAffected{FactsOf(ride_), command.reason}}};
  }

  Decided<Ride> operator()(const CancelRide& command) const {
    if (ride_.state == RideState::kCancelled) return Unchanged(ride_);
    if (ride_.state != RideState::kHeld && ride_.state != RideState::kBooked &&
        ride_.state != RideState::kAffected) {
      return NotBooked(ride_.state);
    }
    if (command.actor == Actor::kCitizen && IsAboard(ride_))
      return Refuse(Reason::kRideAlreadyBoarded);
    RETURN_IF_ERROR(CheckInTime(command.actor, Reason::kTooLateToCancel));
    Ride next = ride_;
    next.state = RideState::kCancelled;
    next.tour.reset();
    const bool by_town = command.actor != Actor::kCitizen && !command.rider_asked;
    return Decision<Ride>{next, {RideCancelled{FactsOf(ride_), by_town}}};
  }

  Decided<Ride> operator()(const AnnounceDelay& command) const {
    if (ride_.state != RideState::kBooked) return Unchanged(ride_);
    Ride next = ride_;
    next.announced.reset();
    if (command.expected_pickup > ride_.promise.pickup.end)
      next.announced = command.expected_pickup;
    if (next == ride_) return Unchanged(ride_);
    return Decision<Ride>{next, {RideDelayed{FactsOf(next), command.expected_pickup}}};
  }

  Decided<Ride> operator()(const BoardRide& command) const {
    if (ride_.state == RideState::kBoarded) return Unchanged(ride_);
    if (ride_.state != RideState::kBooked) return NotBooked(ride_.state);
    RETURN_IF_ERROR(CheckReported(command.at, now_));
    Ride next = ride_;
    next.state = RideState::kBoarded;
    next.journey.boarded_at = command.at;
    next.journey.pickup_lateness = PickupLateness(ride_.promise, command.at);
    return Decision<Ride>{next,
                          {RideBoarded{FactsOf(next), command.at, next.journey.pickup_lateness}}};
  }

  Decided<Ride> operator()(const AlightRide& command) const {
    if (ride_.state == RideState::kCompleted) return Unchanged(ride_);
    const bool stranded = ride_.state == RideState::kAffected && IsAboard(ride_);
    if (ride_.state != RideState::kBoarded && !stranded) {
      return ride_.state == RideState::kBooked ? Refuse(Reason::kRideNotBoarded)
                                               : NotBooked(ride_.state);
    }
    RETURN_IF_ERROR(CheckReported(command.at, now_));
    if (command.at < *ride_.journey.boarded_at)
      return InvalidField("at", FieldReason::kConflict, "boarded_at");
    Ride next = ride_;
    next.state = RideState::kCompleted;
    next.journey.alighted_at = command.at;
    next.journey.arrival_lateness = ArrivalLateness(ride_.promise, command.at);
    return Decision<Ride>{
        next, {RideCompleted{FactsOf(next), command.at, next.journey.arrival_lateness}}};
  }

  Decided<Ride> operator()(const ReportNoShow& command) const {
    if (ride_.state == RideState::kNoShow) return Unchanged(ride_);
    if (ride_.state != RideState::kBooked) return NotBooked(ride_.state);
    const absl::Time earliest = NoShowFrom(ride_, rules_, command.arrived_at, command.leave_by);
    if (now_ < earliest)
      return Refuse(Reason::kTooEarlyForNoShow, {{"earliest", FormatRfc3339(earliest)}});
    Ride next = ride_;
    next.state = RideState::kNoShow;
    return Decision<Ride>{next, {RideNoShow{FactsOf(next)}}};
  }

  Decided<Ride> operator()(const TakeFare& command) const {
    const bool travelled =
        ride_.state == RideState::kBoarded || ride_.state == RideState::kCompleted;
    if (!travelled)
      return ride_.state == RideState::kBooked ? Refuse(Reason::kRideNotBoarded)
                                               : NotBooked(ride_.state);
    // What was paid stays paid, also when the ride has another price since.
    if (ride_.fare_taken && ride_.fare_taken->payment == command.payment &&
        ride_.fare_taken->amount == command.amount) {
      return Unchanged(ride_);
    }
    RETURN_IF_ERROR(CheckPayment(command.payment, ride_.fare.total, command.amount));
    Ride next = ride_;
    next.fare_taken = FareTaken{command.payment, command.amount, now_};
    return Decision<Ride>{
        next, {FareWasTaken{FactsOf(next), command.payment, ride_.fare.total, command.amount}}};
  }

 private:
  Decided<Ride> LoseHold() const {
    Ride next = ride_;
    next.state = RideState::kExpired;
    next.tour.reset();
    return Decision<Ride>{next, {HoldExpired{FactsOf(ride_)}}};
  }

  // Riders may change and cancel a booked ride until some time before it; a hold, and a ride the
  // town cannot keep, at any time.
  absl::Status CheckInTime(Actor actor, Reason reason) const {
    if (actor != Actor::kCitizen || ride_.state != RideState::kBooked) return absl::OkStatus();
    const absl::Time latest = ride_.promise.pickup.begin - rules_.cancel_until;
    return now_ <= latest ? absl::OkStatus() : Refuse(reason, {{"latest", FormatRfc3339(latest)}});
  }

  const Ride& ride_;
  const BookingRules& rules_;
  absl::Time now_;
};

}  // namespace

absl::StatusOr<Decision<Ride>> Decide(const std::optional<Ride>& ride, const RideCommand& command,
                                      const BookingRules& rules, absl::Time now) {
  if (ride) return std::visit(Step(*ride, rules, now), command);
  if (const auto* hold = std::get_if<HoldRide>(&command)) return Hold(*hold, rules, now);
  return Refuse(Reason::kRideNotFound);
}

absl::Time NoShowFrom(const Ride& ride, const BookingRules& rules, absl::Time arrived_at,
                      absl::Time leave_by) {
  const absl::Time begin = std::max(arrived_at, ride.promise.pickup.begin);
  const absl::Time soonest = begin + BoardingTime(rules.boarding, ride.trip.party);
  return std::min(begin + rules.no_show_wait, std::max(leave_by, soonest));
}

Actor BookerOfChange(const Ride& ride, Actor asker) {
  return ride.state == RideState::kAffected ? Actor::kSystem : asker;
}

bool IsAboard(const Ride& ride) {
  return ride.journey.boarded_at.has_value() && !ride.journey.alighted_at;
}

bool OccupiesPlace(RideState state) {
  return state == RideState::kHeld || state == RideState::kBooked || state == RideState::kBoarded;
}

bool IsFinal(RideState state) {
  return state == RideState::kCompleted || state == RideState::kNoShow ||
         state == RideState::kCancelled || state == RideState::kExpired;
}

}  // namespace stadtmesh::buergerbus

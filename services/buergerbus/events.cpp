#include "buergerbus/events.h"

#include <utility>

#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/values.h"
#include "events/event_types.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"

namespace stadtmesh::buergerbus {
namespace {

std::string IdOf(const std::optional<TourId>& tour) { return tour ? tour->ToString() : ""; }
std::string IdOf(const std::optional<StopId>& stop) { return stop ? stop->value() : ""; }
int32_t Cents(Money amount) { return static_cast<int32_t>(amount.cents); }
v1::VisitKind KindOf(bool pickup) { return pickup ? v1::PICKUP : v1::DROPOFF; }

// A message of a ride, with what all of them say.
template <typename Message>
Message OfRide(const RideFacts& facts) {
  Message message;
  message.set_ride_id(facts.ride.value());
  message.set_customer(facts.customer);
  v1::RideFacts& wire = *message.mutable_facts();
  wire.set_booking_id(facts.booking.value());
  wire.set_tour_id(IdOf(facts.tour));
  wire.set_origin_stop_id(IdOf(facts.origin));
  wire.set_destination_stop_id(IdOf(facts.destination));
  *wire.mutable_promise() = ToWire(facts.promise);
  *wire.mutable_party() = ToWire(facts.party);
  wire.set_revision(facts.revision);
  return message;
}

template <typename Message>
Message OfTour(const TourId& tour) {
  Message message;
  message.set_tour_id(tour.ToString());
  return message;
}

template <typename Message, typename Fact>
Message OfShift(const Fact& fact) {
  Message message = OfTour<Message>(fact.tour);
  message.set_shift_id(fact.shift.value());
  message.set_driver(fact.driver.value());
  return message;
}

// ---- Rides

v1::RideHeld Message(const RideHeld& fact) {
  v1::RideHeld message = OfRide<v1::RideHeld>(fact.facts);
  *message.mutable_held_until() = ToWire(fact.held_until);
  return message;
}
v1::RideHoldExpired Message(const HoldExpired& fact) {
  return OfRide<v1::RideHoldExpired>(fact.facts);
}
v1::RideBooked Message(const RideBooked& fact) {
  v1::RideBooked message = OfRide<v1::RideBooked>(fact.facts);
  message.set_fare_cents(Cents(fact.fare));
  return message;
}
v1::RideChanged Message(const RideChanged& fact) {
  v1::RideChanged message = OfRide<v1::RideChanged>(fact.facts);
  message.set_fare_cents(Cents(fact.fare));
  message.set_by_town(fact.by_town);
  return message;
}
v1::RideMoved Message(const RideMoved& fact) {
  v1::RideMoved message = OfRide<v1::RideMoved>(fact.facts);
  message.set_former_tour_id(IdOf(fact.former));
  return message;
}
v1::RideAffected Message(const RideAffected& fact) {
  v1::RideAffected message = OfRide<v1::RideAffected>(fact.facts);
  message.set_reason(ToWire(fact.reason));
  return message;
}
v1::RideCancelled Message(const RideCancelled& fact) {
  v1::RideCancelled message = OfRide<v1::RideCancelled>(fact.facts);
  message.set_by_town(fact.by_town);
  return message;
}
v1::RideDelayed Message(const RideDelayed& fact) {
  v1::RideDelayed message = OfRide<v1::RideDelayed>(fact.facts);
  *message.mutable_expected_pickup() = ToWire(fact.expected_pickup);
  return message;
}
v1::RideBoarded Message(const RideBoarded& fact) {
  v1::RideBoarded message = OfRide<v1::RideBoarded>(fact.facts);
  *message.mutable_at() = ToWire(fact.at);
  *message.mutable_lateness() = ToWire(fact.lateness);
  return message;
}
v1::RideCompleted Message(const RideCompleted& fact) {
  v1::RideCompleted message = OfRide<v1::RideCompleted>(fact.facts);
  *message.mutable_at() = ToWire(fact.at);
  *message.mutable_lateness() = ToWire(fact.lateness);
  return message;
}
v1::RideNoShow Message(const RideNoShow& fact) { return OfRide<v1::RideNoShow>(fact.facts); }
v1::FareWasTaken Message(const FareWasTaken& fact) {
  v1::FareWasTaken message = OfRide<v1::FareWasTaken>(fact.facts);
  message.set_payment(kPayments.ToWire(fact.payment));
  message.set_due_cents(Cents(fact.due));
  message.set_amount_cents(Cents(fact.amount));
  return message;
}

// ---- Tours

v1::TourPlanned Message(const TourPlanned& fact) {
  v1::TourPlanned message = OfTour<v1::TourPlanned>(fact.tour);
  message.set_revision(fact.revision);
  for (const PlannedVisit& visit : fact.visits) {
    v1::TourPlanned::PlannedVisit& target = *message.add_visits();
    target.set_kind(KindOf(visit.pickup));
    target.set_ride_id(visit.ride.value());
    target.set_stop_id(IdOf(visit.stop));
    *target.mutable_begin() = ToWire(visit.begin);
  }
  return message;
}
v1::DriverAssigned Message(const DriverAssigned& fact) { return OfShift<v1::DriverAssigned>(fact); }
v1::ShiftStarted Message(const ShiftStarted& fact) {
  v1::ShiftStarted message = OfShift<v1::ShiftStarted>(fact);
  *message.mutable_at() = ToWire(fact.at);
  return message;
}
v1::VehicleArrived Message(const VehicleArrived& fact) {
  v1::VehicleArrived message = OfTour<v1::VehicleArrived>(fact.tour);
  message.set_ride_id(fact.ride.value());
  message.set_kind(KindOf(fact.pickup));
  message.set_stop_id(IdOf(fact.stop));
  *message.mutable_at() = ToWire(fact.at);
  return message;
}
v1::BreakTaken Message(const BreakTaken& fact) {
  v1::BreakTaken message = OfTour<v1::BreakTaken>(fact.tour);
  *message.mutable_at() = ToWire(fact.at);
  return message;
}
v1::DelayReported Message(const DelayReported& fact) {
  v1::DelayReported message = OfTour<v1::DelayReported>(fact.tour);
  *message.mutable_delay() = ToWire(fact.delay);
  return message;
}
v1::ShiftEnded Message(const ShiftEnded& fact) {
  v1::ShiftEnded message = OfShift<v1::ShiftEnded>(fact);
  *message.mutable_at() = ToWire(fact.at);
  return message;
}
v1::TourTakenOut Message(const TourTakenOut& fact) {
  v1::TourTakenOut message = OfTour<v1::TourTakenOut>(fact.tour);
  *message.mutable_from() = ToWire(fact.span.begin);
  if (fact.span.end != absl::InfiniteFuture()) *message.mutable_until() = ToWire(fact.span.end);
  for (const RideId& ride : fact.dropped) message.add_dropped_ride_ids(ride.value());
  for (const TimeWindow& span : fact.outages) *message.add_outages() = ToWire(span);
  return message;
}
v1::TourReturned Message(const TourReturned& fact) {
  v1::TourReturned message = OfTour<v1::TourReturned>(fact.tour);
  for (const TimeWindow& span : fact.outages) *message.add_outages() = ToWire(span);
  return message;
}
v1::PositionReported Message(const PositionReported& fact) {
  v1::PositionReported message = OfTour<v1::PositionReported>(fact.tour);
  *message.mutable_location() = ToWire(fact.location);
  *message.mutable_at() = ToWire(fact.at);
  return message;
}
v1::CashSheetClosed Message(const CashSheetClosed& fact) {
  v1::CashSheetClosed message = OfTour<v1::CashSheetClosed>(fact.tour);
  message.set_shift_id(fact.shift.value());
  message.set_expected_cents(Cents(fact.expected));
  message.set_counted_cents(Cents(fact.counted));
  return message;
}

// ---- Operations

v1::VehicleTakenOut Message(const VehicleTakenOut& fact) {
  v1::VehicleTakenOut message;
  message.set_vehicle_id(fact.vehicle.value());
  *message.mutable_span() = ToWire(fact.span);
  return message;
}
v1::VehicleReturned Message(const VehicleReturned& fact) {
  v1::VehicleReturned message;
  message.set_vehicle_id(fact.vehicle.value());
  *message.mutable_from() = ToWire(fact.from);
  return message;
}
v1::StopBlocked Message(const StopBlocked& fact) {
  v1::StopBlocked message;
  message.set_stop_id(fact.stop.value());
  *message.mutable_span() = ToWire(fact.span);
  return message;
}
v1::StopReopened Message(const StopReopened& fact) {
  v1::StopReopened message;
  message.set_stop_id(fact.stop.value());
  *message.mutable_from() = ToWire(fact.from);
  return message;
}
v1::CallNeeded Message(const CallNeeded& fact) {
  v1::CallNeeded message;
  message.set_call_id(fact.call.value());
  message.set_ride_id(fact.ride.value());
  *message.mutable_due() = ToWire(fact.due);
  return message;
}
v1::CallDone Message(const CallDone& fact) {
  v1::CallDone message;
  message.set_call_id(fact.call.value());
  message.set_ride_id(fact.ride.value());
  return message;
}
v1::RiderCardSaved Message(const RiderCardSaved& fact) {
  v1::RiderCardSaved message;
  message.set_card_id(fact.card.value());
  return message;
}
v1::RiderCardErased Message(const RiderCardErased& fact) {
  v1::RiderCardErased message;
  message.set_card_id(fact.card.value());
  return message;
}
v1::SettingsChanged Message(const SettingsChanged&) {
  v1::SettingsChanged message;
  message.set_settings_id("settings");
  return message;
}

}  // namespace

store::EmitOp ToEmit(const Event& event, std::string event_id, absl::Time time,
                     const std::string& traceparent) {
  return std::visit(
      [&](const auto& fact) {
        return events::MakeEmit(Message(fact), std::move(event_id), time, traceparent);
      },
      event);
}

}  // namespace stadtmesh::buergerbus

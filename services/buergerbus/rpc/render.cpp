#include "buergerbus/rpc/render.h"

#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

int32_t Cents(Money amount) { return static_cast<int32_t>(amount.cents); }

v1::Contact Render(const Contact& contact) {
  v1::Contact wire;
  wire.set_name(contact.name);
  wire.set_phone(contact.phone);
  wire.set_note(contact.note);
  return wire;
}

// Where a visit takes place: the assignment knows the point, the ride how people call it.
v1::Place PlaceOf(const TourView& view, size_t index) {
  v1::Place place;
  const Visit& visit = view.tour.visits[index];
  *place.mutable_location() = ToWire(LocationOf(view.tour, static_cast<int>(index)));
  for (const RideView& ride : view.rides) {
    if (ride.ride.id != visit.ride) continue;
    return ToWire(visit.kind == VisitKind::kPickup ? ride.ride.trip.origin
                                                   : ride.ride.trip.destination);
  }
  return place;
}

v1::Visit RenderVisit(const TourView& view, size_t index) {
  const Visit& visit = view.tour.visits[index];
  v1::Visit wire;
  wire.set_kind(kVisitKinds.ToWire(visit.kind));
  wire.set_ride_id(visit.ride.value());
  wire.set_shift_id(view.tour.shifts[visit.shift].id.value());
  if (visit.kind != VisitKind::kBreak) *wire.mutable_place() = PlaceOf(view, index);
  *wire.mutable_arrival() = ToWire(visit.arrival);
  *wire.mutable_begin() = ToWire(visit.begin);
  *wire.mutable_end() = ToWire(visit.end);
  *wire.mutable_expected() = ToWire(view.expected[index].begin);
  if (visit.arrived_at) *wire.mutable_arrived_at() = ToWire(*visit.arrived_at);
  if (visit.begun_at) *wire.mutable_begun_at() = ToWire(*visit.begun_at);
  wire.set_done(static_cast<int>(index) < view.tour.executed);
  if (const auto waiting = view.waiting.find(visit.ride);
      waiting != view.waiting.end() && visit.kind == VisitKind::kPickup) {
    if (waiting->second.leave_by) *wire.mutable_leave_by() = ToWire(*waiting->second.leave_by);
    *wire.mutable_no_show_from() = ToWire(waiting->second.no_show_from);
  }
  return wire;
}

void RenderJourney(const Ride& ride, v1::Ride& wire) {
  if (ride.journey.boarded_at) {
    *wire.mutable_boarded_at() = ToWire(*ride.journey.boarded_at);
    *wire.mutable_pickup_lateness() = ToWire(ride.journey.pickup_lateness);
  }
  if (ride.journey.alighted_at) {
    *wire.mutable_alighted_at() = ToWire(*ride.journey.alighted_at);
    *wire.mutable_arrival_lateness() = ToWire(ride.journey.arrival_lateness);
  }
  if (!ride.fare_taken) return;
  wire.mutable_fare_taken()->set_payment(kPayments.ToWire(ride.fare_taken->payment));
  wire.mutable_fare_taken()->set_amount_cents(Cents(ride.fare_taken->amount));
  *wire.mutable_fare_taken()->mutable_at() = ToWire(ride.fare_taken->at);
}

}  // namespace

v1::Ride Render(const RideView& view) {
  const Ride& ride = view.ride;
  v1::Ride wire;
  wire.set_ride_id(ride.id.value());
  wire.set_booking_id(ride.booking.value());
  wire.set_leg(kLegs.ToWire(ride.leg));
  if (ride.other_leg) wire.set_other_ride_id(ride.other_leg->value());
  wire.set_state(kRideStates.ToWire(ride.state));
  wire.set_customer(ride.customer.alias);
  wire.set_channel(kChannels.ToWire(ride.customer.channel));
  *wire.mutable_origin() = ToWire(ride.trip.origin);
  *wire.mutable_destination() = ToWire(ride.trip.destination);
  *wire.mutable_party() = ToWire(ride.trip.party);
  *wire.mutable_fares() = ToWire(ride.trip.fares);
  wire.set_fare_cents(Cents(ride.fare.total));
  *wire.mutable_promise() = ToWire(ride.promise);
  if (ride.tour) {
    wire.set_tour_id(ride.tour->ToString());
    wire.set_vehicle_id(ride.tour->vehicle.value());
  }
  if (view.expected_pickup) *wire.mutable_expected_pickup() = ToWire(*view.expected_pickup);
  if (view.expected_arrival) *wire.mutable_expected_arrival() = ToWire(*view.expected_arrival);
  if (ride.state == RideState::kHeld) *wire.mutable_held_until() = ToWire(ride.held_until);
  wire.set_revision(ride.revision);
  if (ride.affected_by) wire.set_affected_by(ToWire(*ride.affected_by));
  RenderJourney(ride, wire);
  *wire.mutable_created_at() = ToWire(ride.created_at);
  if (view.contact) *wire.mutable_contact() = Render(*view.contact);
  if (view.position) {
    *wire.mutable_vehicle_location() = ToWire(view.position->location);
    *wire.mutable_vehicle_located_at() = ToWire(view.position->at);
  }
  return wire;
}

v1::TourShift Render(const Shift& shift) {
  v1::TourShift wire;
  wire.set_shift_id(shift.id.value());
  wire.set_driver(shift.driver.value());
  *wire.mutable_span() = ToWire(TimeWindow{shift.begin, shift.end});
  wire.set_state(kShiftStates.ToWire(shift.state));
  return wire;
}

v1::Manifest Render(const TourView& view) {
  v1::Manifest wire;
  wire.set_tour_id(view.tour.id.ToString());
  wire.set_vehicle_id(view.tour.id.vehicle.value());
  wire.set_vehicle_name(view.vehicle_name);
  wire.set_day(FormatDay(view.tour.id.day));
  for (const TimeWindow& span : view.tour.outages) *wire.add_outages() = ToWire(span);
  if (view.out) *wire.mutable_out_from() = ToWire(view.out->begin);
  if (view.out && view.out->end != absl::InfiniteFuture())
    *wire.mutable_out_until() = ToWire(view.out->end);
  *wire.mutable_delay() = ToWire(view.tour.delay);
  for (const Shift& shift : view.tour.shifts) *wire.add_shifts() = Render(shift);
  for (size_t i = 0; i < view.tour.visits.size(); ++i) *wire.add_visits() = RenderVisit(view, i);
  for (const RideView& ride : view.rides) *wire.add_rides() = Render(ride);
  if (view.position) {
    *wire.mutable_location() = ToWire(view.position->location);
    *wire.mutable_located_at() = ToWire(view.position->at);
  }
  return wire;
}

v1::RiderCard Render(const RiderService::Card& view) {
  v1::RiderCard wire;
  WriteCard(view.card, wire);
  wire.set_consent(true);
  wire.set_etag(view.etag);
  return wire;
}

v1::Call Render(const CallView& view) {
  v1::Call wire;
  wire.set_call_id(view.call.id.value());
  wire.set_ride_id(view.call.ride.value());
  wire.set_cause(kCallCauses.ToWire(view.call.reason));
  *wire.mutable_created_at() = ToWire(view.call.created_at);
  *wire.mutable_due() = ToWire(view.call.due);
  if (view.call.done_at) *wire.mutable_done_at() = ToWire(*view.call.done_at);
  wire.set_done_by(view.call.done_by);
  if (view.contact) *wire.mutable_contact() = Render(*view.contact);
  return wire;
}

v1::CashSheet Render(const CashSheet& sheet) {
  v1::CashSheet wire;
  wire.set_tour_id(sheet.tour.ToString());
  wire.set_shift_id(sheet.shift.value());
  wire.set_driver(sheet.driver.value());
  for (const CashEntry& entry : sheet.entries) {
    v1::CashSheet::Entry& target = *wire.add_entries();
    target.set_ride_id(entry.ride.value());
    target.set_payment(kPayments.ToWire(entry.payment));
    target.set_due_cents(Cents(entry.due));
    target.set_amount_cents(Cents(entry.amount));
    *target.mutable_at() = ToWire(entry.at);
  }
  const CashTotals totals = TotalsOf(sheet);
  wire.set_cash_cents(Cents(totals.cash));
  wire.set_cash_rides(totals.cash_rides);
  wire.set_pass_rides(totals.pass_rides);
  wire.set_free_rides(totals.free_rides);
  wire.set_counted_cents(Cents(sheet.counted));
  if (sheet.closed_at) *wire.mutable_closed_at() = ToWire(*sheet.closed_at);
  return wire;
}

v1::Refusal Render(const Refusal& refusal) {
  v1::Refusal wire;
  wire.set_reason(ToWire(refusal.reason));
  wire.mutable_facts()->insert(refusal.facts.begin(), refusal.facts.end());
  return wire;
}

}  // namespace stadtmesh::buergerbus

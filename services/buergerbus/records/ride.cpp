#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<Ride> Decode<Ride>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RideRecord record, Parse<v1::RideRecord>(bytes));
  Problems problems;
  const std::optional<RideState> state = kRideStates.FromWire(record.state());
  if (!state) return Corrupt("ride state");
  Ride ride{
      .id = RideId(record.ride_id()),
      .booking = BookingId(record.booking_id()),
      .leg = kLegs.FromWire(record.leg()).value_or(Leg::kSingle),
      .other_leg = OptionalId<RideId>(record.other_ride_id()),
      .customer = {.alias = record.customer().alias(),
                   .card = OptionalId<RiderCardId>(record.customer().card_id()),
                   .channel =
                       kChannels.FromWire(record.customer().channel()).value_or(Channel::kApp)},
      .trip = FromWire("", record.trip(), problems),
      .promise = FromWire("", record.promise(), problems),
      .fare = FromWire(record.fare()),
      .state = *state,
      .held_until = FromWire("", record.held_until(), problems),
      .revision = record.revision(),
      .affected_by = FromWire(record.affected_by()),
      .journey = {.boarded_at =
                      OptionalTime(record.has_boarded_at(), record.boarded_at(), problems),
                  .alighted_at =
                      OptionalTime(record.has_alighted_at(), record.alighted_at(), problems),
                  .pickup_lateness = FromWire("", record.pickup_lateness(), problems),
                  .arrival_lateness = FromWire("", record.arrival_lateness(), problems)},
      .created_at = FromWire("", record.created_at(), problems),
      .forgotten = record.forgotten()};
  ride.announced = OptionalTime(record.has_announced_pickup(), record.announced_pickup(), problems);
  if (!record.tour_id().empty()) ride.tour = TourIdFromWire("", record.tour_id(), problems);
  if (record.has_fare_taken()) {
    ride.fare_taken = FareTaken{
        .payment = kPayments.FromWire(record.fare_taken().payment()).value_or(Payment::kCash),
        .amount = Money{record.fare_taken().amount_cents()},
        .at = FromWire("", record.fare_taken().at(), problems)};
  }
  return Finish(std::move(ride), problems, "ride");
}

std::string Encode(const Ride& ride, absl::string_view previous) {
  v1::RideRecord record = Previous<v1::RideRecord>(previous);
  record.set_ride_id(ride.id.value());
  record.set_booking_id(ride.booking.value());
  record.set_leg(kLegs.ToWire(ride.leg));
  record.set_other_ride_id(ride.other_leg ? ride.other_leg->value() : "");
  record.mutable_customer()->set_alias(ride.customer.alias);
  record.mutable_customer()->set_card_id(ride.customer.card ? ride.customer.card->value() : "");
  record.mutable_customer()->set_channel(kChannels.ToWire(ride.customer.channel));
  *record.mutable_trip() = ToWire(ride.trip);
  *record.mutable_promise() = ToWire(ride.promise);
  *record.mutable_fare() = ToWire(ride.fare);
  record.set_tour_id(ride.tour ? ride.tour->ToString() : "");
  record.set_state(kRideStates.ToWire(ride.state));
  *record.mutable_held_until() = ToWire(ride.held_until);
  record.set_revision(ride.revision);
  record.set_affected_by(ride.affected_by ? ToWire(*ride.affected_by) : v1::REASON_UNSPECIFIED);
  STADTMESH_SET_OPTIONAL_TIME(record, boarded_at, ride.journey.boarded_at);
  STADTMESH_SET_OPTIONAL_TIME(record, alighted_at, ride.journey.alighted_at);
  *record.mutable_pickup_lateness() = ToWire(ride.journey.pickup_lateness);
  *record.mutable_arrival_lateness() = ToWire(ride.journey.arrival_lateness);
  *record.mutable_created_at() = ToWire(ride.created_at);
  record.set_forgotten(ride.forgotten);
  STADTMESH_SET_OPTIONAL_TIME(record, announced_pickup, ride.announced);
  record.clear_fare_taken();
  if (ride.fare_taken) {
    record.mutable_fare_taken()->set_payment(kPayments.ToWire(ride.fare_taken->payment));
    record.mutable_fare_taken()->set_amount_cents(
        static_cast<int32_t>(ride.fare_taken->amount.cents));
    *record.mutable_fare_taken()->mutable_at() = ToWire(ride.fare_taken->at);
  }
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<Position> Decode<Position>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::PositionRecord record, Parse<v1::PositionRecord>(bytes));
  Problems problems;
  Position position{TourIdFromWire("", record.tour_id(), problems),
                    FromWire("", record.location(), problems), FromWire("", record.at(), problems)};
  return Finish(std::move(position), problems, "position");
}

std::string Encode(const Position& position, absl::string_view previous) {
  v1::PositionRecord record = Previous<v1::PositionRecord>(previous);
  record.set_tour_id(position.tour.ToString());
  *record.mutable_location() = ToWire(position.location);
  *record.mutable_at() = ToWire(position.at);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<LastBooking> Decode<LastBooking>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::LastBookingRecord record, Parse<v1::LastBookingRecord>(bytes));
  Problems problems;
  LastBooking booking{FromWire("", record.at(), problems)};
  return Finish(booking, problems, "last booking");
}

std::string Encode(const LastBooking& booking, absl::string_view previous) {
  v1::LastBookingRecord record = Previous<v1::LastBookingRecord>(previous);
  *record.mutable_at() = ToWire(booking.at);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<RetentionRun> Decode<RetentionRun>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RetentionRecord record, Parse<v1::RetentionRecord>(bytes));
  Problems problems;
  RetentionRun run{FromWire("", record.last_run(), problems)};
  return Finish(run, problems, "retention run");
}

std::string Encode(const RetentionRun& run, absl::string_view previous) {
  v1::RetentionRecord record = Previous<v1::RetentionRecord>(previous);
  *record.mutable_last_run() = ToWire(run.last_run);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<Receipt> Decode<Receipt>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::ReplyRecord record, Parse<v1::ReplyRecord>(bytes));
  Receipt receipt{.id = record.id(), .count = record.count()};
  for (const std::string& id : record.ride_ids()) receipt.rides.emplace_back(id);
  for (const std::string& id : record.affected_ride_ids()) receipt.affected.emplace_back(id);
  if (record.has_refusal()) {
    const std::optional<Reason> reason = FromWire(record.refusal().reason());
    if (!reason) return Corrupt("refusal");
    receipt.refusal =
        Refusal{.reason = *reason,
                .facts = {record.refusal().facts().begin(), record.refusal().facts().end()},
                .leg = record.refused_leg()};
  }
  if (record.has_error()) {
    const v1::ReplyRecord::Error& error = record.error();
    receipt.error = RecordedError{.code = static_cast<absl::StatusCode>(error.code()),
                                  .domain = error.domain(),
                                  .reason = error.reason(),
                                  .message = error.message(),
                                  .metadata = {error.metadata().begin(), error.metadata().end()}};
  }
  return receipt;
}

std::string Encode(const Receipt& receipt, absl::string_view previous) {
  v1::ReplyRecord record = Previous<v1::ReplyRecord>(previous);
  for (const RideId& id : receipt.rides) record.add_ride_ids(id.value());
  for (const RideId& id : receipt.affected) record.add_affected_ride_ids(id.value());
  record.set_id(receipt.id);
  record.set_count(receipt.count);
  if (receipt.refusal) {
    record.mutable_refusal()->set_reason(ToWire(receipt.refusal->reason));
    record.mutable_refusal()->mutable_facts()->insert(receipt.refusal->facts.begin(),
                                                      receipt.refusal->facts.end());
    record.set_refused_leg(receipt.refusal->leg);
  }
  if (receipt.error) {
    v1::ReplyRecord::Error& error = *record.mutable_error();
    error.set_code(static_cast<int32_t>(receipt.error->code));
    error.set_domain(receipt.error->domain);
    error.set_reason(receipt.error->reason);
    error.set_message(receipt.error->message);
    error.mutable_metadata()->insert(receipt.error->metadata.begin(),
                                     receipt.error->metadata.end());
  }
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<RiderCard> Decode<RiderCard>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RiderCardRecord record, Parse<v1::RiderCardRecord>(bytes));
  const v1::RiderCard& wire = record.card();
  Problems problems;
  RiderCard card{.id = RiderCardId(wire.card_id()),
                 .phone = wire.phone(),
                 .name = wire.name(),
                 .usual_party = FromWire("", wire.usual_party(), problems),
                 .companion = wire.companion(),
                 .usual_fares = FromWire("", wire.usual_fares(), problems),
                 .remind = wire.remind(),
                 .note = wire.note(),
                 .consent_at = FromWire("", wire.consent_at(), problems),
                 .consent_by = record.consent_by()};
  if (wire.has_home()) card.home = FromWire("", wire.home(), problems);
  for (const v1::RiderCard::UsualPlace& usual : wire.usual_places()) {
    card.usual_places.push_back({usual.name(), FromWire("", usual.place(), problems)});
  }
  return Finish(std::move(card), problems, "rider card");
}

std::string Encode(const RiderCard& card, absl::string_view previous) {
  v1::RiderCardRecord record = Previous<v1::RiderCardRecord>(previous);
  WriteCard(card, *record.mutable_card());
  record.set_consent_by(card.consent_by);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<CardReference> Decode<CardReference>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RiderCardPhoneRecord record, Parse<v1::RiderCardPhoneRecord>(bytes));
  return CardReference{RiderCardId(record.card_id())};
}

std::string Encode(const CardReference& reference, absl::string_view previous) {
  v1::RiderCardPhoneRecord record = Previous<v1::RiderCardPhoneRecord>(previous);
  record.set_card_id(reference.card.value());
  return record.SerializeAsString();
}

template <>
absl::StatusOr<CardUse> Decode<CardUse>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RiderCardUseRecord record, Parse<v1::RiderCardUseRecord>(bytes));
  Problems problems;
  CardUse use{RiderCardId(record.card_id()), FromWire("", record.used_at(), problems)};
  return Finish(std::move(use), problems, "rider card use");
}

std::string Encode(const CardUse& use, absl::string_view previous) {
  v1::RiderCardUseRecord record = Previous<v1::RiderCardUseRecord>(previous);
  record.set_card_id(use.card.value());
  *record.mutable_used_at() = ToWire(use.used_at);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<Contact> Decode<Contact>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::ContactRecord record, Parse<v1::ContactRecord>(bytes));
  return Contact{record.contact().name(), record.contact().phone(), record.contact().note()};
}

std::string Encode(const Contact& contact, absl::string_view previous) {
  v1::ContactRecord record = Previous<v1::ContactRecord>(previous);
  record.mutable_contact()->set_name(contact.name);
  record.mutable_contact()->set_phone(contact.phone);
  record.mutable_contact()->set_note(contact.note);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<Call> Decode<Call>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::CallRecord record, Parse<v1::CallRecord>(bytes));
  Problems problems;
  Call call{.id = CallId(record.call_id()),
            .ride = RideId(record.ride_id()),
            .reason = kCallCauses.FromWire(record.cause()).value_or(CallReason::kRideAffected),
            .created_at = FromWire("", record.created_at(), problems),
            .due = FromWire("", record.due(), problems),
            .done_at = OptionalTime(record.has_done_at(), record.done_at(), problems),
            .done_by = record.done_by(),
            .said_pickup = OptionalTime(record.has_said_pickup(), record.said_pickup(), problems)};
  return Finish(std::move(call), problems, "call");
}

std::string Encode(const Call& call, absl::string_view previous) {
  v1::CallRecord record = Previous<v1::CallRecord>(previous);
  record.set_call_id(call.id.value());
  record.set_ride_id(call.ride.value());
  record.set_cause(kCallCauses.ToWire(call.reason));
  *record.mutable_created_at() = ToWire(call.created_at);
  *record.mutable_due() = ToWire(call.due);
  STADTMESH_SET_OPTIONAL_TIME(record, done_at, call.done_at);
  record.set_done_by(call.done_by);
  STADTMESH_SET_OPTIONAL_TIME(record, said_pickup, call.said_pickup);
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/records.h"

#include <google/protobuf/repeated_ptr_field.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"
#include "stadtmesh/buergerbus/v1/state.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using google::protobuf::RepeatedPtrField;

absl::Status Corrupt(absl::string_view what) { return absl::DataLossError(absl::StrCat("stored ", what, " cannot be read")); }

template <typename Record>
absl::StatusOr<Record> Parse(absl::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Corrupt(Record::descriptor()->name());
  return record;
}

// The record to change: the one that was read, or a new one.
template <typename Record>
Record Previous(absl::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) record.Clear();  // it was decoded before
  return record;
}

// Empties `list` and gives back its elements by `key`, to be filled again with what they hold beyond our knowledge.
template <typename Element, typename Key>
class Former {
 public:
  Former(RepeatedPtrField<Element>* list, Key key) : key_(key) {
    for (Element& element : *list) elements_[key_(element)] = std::move(element);
    list->Clear();
  }
  Element Take(const std::string& key) {
    const auto found = elements_.find(key);
    return found == elements_.end() ? Element() : std::move(found->second);
  }

 private:
  Key key_;
  std::map<std::string, Element> elements_;
};
template <typename Element, typename Key>
Former(RepeatedPtrField<Element>*, Key) -> Former<Element, Key>;

// Optional instants are absent fields.
#define STADTMESH_SET_OPTIONAL_TIME(record, field, value) \
  do {                                                    \
    if (value) {                                          \
      *(record).mutable_##field() = ToWire(*(value));     \
    } else {                                              \
      (record).clear_##field();                           \
    }                                                     \
  } while (false)

std::optional<absl::Time> OptionalTime(bool present, const google::protobuf::Timestamp& time, Problems& problems) {
  if (!present) return std::nullopt;
  return FromWire("", time, problems);
}

template <typename IdType>
std::optional<IdType> OptionalId(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<IdType>(IdType(text));
}

template <typename T>
absl::StatusOr<T> Finish(T value, const Problems& problems, absl::string_view what) {
  if (!problems.empty()) return Corrupt(what);
  return value;
}

// ---- Tours

Shift ReadShift(const v1::TourRecord::Shift& record, Problems& problems) {
  Shift shift{.id = ShiftId(record.shift_id()),
              .driver = DriverId(record.driver()),
              .begin = FromWire("", record.begin(), problems),
              .end = FromWire("", record.end(), problems),
              .depot = FromWire("", record.depot(), problems),
              .state = kShiftStates.FromWire(record.state()).value_or(ShiftState::kPlanned)};
  for (const v1::TourRecord::Break& pause : record.breaks()) {
    shift.breaks.push_back({FromWire("", pause.earliest_start(), problems), FromWire("", pause.latest_start(), problems),
                            FromWire("", pause.length(), problems)});
  }
  return shift;
}

Assignment ReadAssignment(const v1::TourRecord::Assignment& record, Problems& problems) {
  return {.ride = RideId(record.ride_id()),
          .origin = FromWire("", record.origin(), problems),
          .destination = FromWire("", record.destination(), problems),
          .origin_stop = OptionalId<StopId>(record.origin_stop_id()),
          .destination_stop = OptionalId<StopId>(record.destination_stop_id()),
          .load = FromWire(record.load()),
          .promise = FromWire("", record.promise(), problems),
          .boarding = FromWire("", record.boarding(), problems),
          .alighting = FromWire("", record.alighting(), problems)};
}

Visit ReadVisit(const v1::TourRecord::Visit& record, Problems& problems) {
  return {.kind = kVisitKinds.FromWire(record.kind()).value_or(VisitKind::kBreak),
          .shift = record.shift(),
          .ride = RideId(record.ride_id()),
          .break_index = record.break_index(),
          .drive = FromWire("", record.drive(), problems),
          .arrival = FromWire("", record.arrival(), problems),
          .begin = FromWire("", record.begin(), problems),
          .end = FromWire("", record.end(), problems),
          .load_after = FromWire(record.load_after()),
          .arrived_at = OptionalTime(record.has_arrived_at(), record.arrived_at(), problems),
          .begun_at = OptionalTime(record.has_begun_at(), record.begun_at(), problems)};
}

void Write(const Shift& shift, v1::TourRecord::Shift& record) {
  record.set_shift_id(shift.id.value());
  record.set_driver(shift.driver.value());
  *record.mutable_begin() = ToWire(shift.begin);
  *record.mutable_end() = ToWire(shift.end);
  *record.mutable_depot() = ToWire(shift.depot);
  record.set_state(kShiftStates.ToWire(shift.state));
  record.clear_breaks();
  for (const Break& pause : shift.breaks) {
    v1::TourRecord::Break& target = *record.add_breaks();
    *target.mutable_earliest_start() = ToWire(pause.earliest_start);
    *target.mutable_latest_start() = ToWire(pause.latest_start);
    *target.mutable_length() = ToWire(pause.length);
  }
}

void Write(const Assignment& assignment, v1::TourRecord::Assignment& record) {
  record.set_ride_id(assignment.ride.value());
  *record.mutable_origin() = ToWire(assignment.origin);
  *record.mutable_destination() = ToWire(assignment.destination);
  record.set_origin_stop_id(assignment.origin_stop ? assignment.origin_stop->value() : "");
  record.set_destination_stop_id(assignment.destination_stop ? assignment.destination_stop->value() : "");
  *record.mutable_load() = ToWire(assignment.load);
  *record.mutable_promise() = ToWire(assignment.promise);
  *record.mutable_boarding() = ToWire(assignment.boarding);
  *record.mutable_alighting() = ToWire(assignment.alighting);
}

void Write(const Visit& visit, v1::TourRecord::Visit& record) {
  record.set_kind(kVisitKinds.ToWire(visit.kind));
  record.set_shift(visit.shift);
  record.set_ride_id(visit.ride.value());
  record.set_break_index(visit.break_index);
  *record.mutable_drive() = ToWire(visit.drive);
  *record.mutable_arrival() = ToWire(visit.arrival);
  *record.mutable_begin() = ToWire(visit.begin);
  *record.mutable_end() = ToWire(visit.end);
  *record.mutable_load_after() = ToWire(visit.load_after);
  STADTMESH_SET_OPTIONAL_TIME(record, arrived_at, visit.arrived_at);
  STADTMESH_SET_OPTIONAL_TIME(record, begun_at, visit.begun_at);
}

std::string VisitKey(v1::VisitKind kind, const std::string& ride, int shift, int break_index) {
  return absl::StrCat(kind, "/", ride, "/", shift, "/", break_index);
}

template <typename Record>
std::vector<TimeWindow> ReadSpans(const RepeatedPtrField<Record>& spans, Problems& problems) {
  std::vector<TimeWindow> result;
  for (const Record& span : spans) result.push_back(FromWire("", span, problems));
  return result;
}

}  // namespace

// ---- Settings

template <>
absl::StatusOr<Settings> Decode<Settings>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::SettingsRecord record, Parse<v1::SettingsRecord>(bytes));
  absl::StatusOr<Settings> settings = SettingsFromWire(record.settings());
  if (!settings.ok()) return Corrupt("settings");
  return settings;
}

std::string Encode(const Settings& settings, absl::string_view previous) {
  v1::SettingsRecord record = Previous<v1::SettingsRecord>(previous);
  *record.mutable_settings() = ToWire(settings);
  return record.SerializeAsString();
}

// ---- Rides

template <>
absl::StatusOr<Ride> Decode<Ride>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::RideRecord record, Parse<v1::RideRecord>(bytes));
  Problems problems;
  const std::optional<RideState> state = kRideStates.FromWire(record.state());
  if (!state) return Corrupt("ride state");
  Ride ride{.id = RideId(record.ride_id()),
            .booking = BookingId(record.booking_id()),
            .leg = kLegs.FromWire(record.leg()).value_or(Leg::kSingle),
            .other_leg = OptionalId<RideId>(record.other_ride_id()),
            .customer = {.alias = record.customer().alias(),
                         .card = OptionalId<RiderCardId>(record.customer().card_id()),
                         .channel = kChannels.FromWire(record.customer().channel()).value_or(Channel::kApp)},
            .trip = FromWire("", record.trip(), problems),
            .promise = FromWire("", record.promise(), problems),
            .fare = FromWire(record.fare()),
            .state = *state,
            .held_until = FromWire("", record.held_until(), problems),
            .revision = record.revision(),
            .affected_by = FromWire(record.affected_by()),
            .journey = {.boarded_at = OptionalTime(record.has_boarded_at(), record.boarded_at(), problems),
                        .alighted_at = OptionalTime(record.has_alighted_at(), record.alighted_at(), problems),
                        .pickup_lateness = FromWire("", record.pickup_lateness(), problems),
                        .arrival_lateness = FromWire("", record.arrival_lateness(), problems)},
            .created_at = FromWire("", record.created_at(), problems)};
  if (!record.tour_id().empty()) ride.tour = TourIdFromWire("", record.tour_id(), problems);
  if (record.has_fare_taken()) {
    ride.fare_taken = FareTaken{.payment = kPayments.FromWire(record.fare_taken().payment()).value_or(Payment::kCash),
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
  record.clear_fare_taken();
  if (ride.fare_taken) {
    record.mutable_fare_taken()->set_payment(kPayments.ToWire(ride.fare_taken->payment));
    record.mutable_fare_taken()->set_amount_cents(static_cast<int32_t>(ride.fare_taken->amount.cents));
    *record.mutable_fare_taken()->mutable_at() = ToWire(ride.fare_taken->at);
  }
  return record.SerializeAsString();
}

// ---- Tours

template <>
absl::StatusOr<Tour> Decode<Tour>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::TourRecord record, Parse<v1::TourRecord>(bytes));
  Problems problems;
  Tour tour{.id = {VehicleId(record.vehicle_id()), DayFromWire("", record.day(), problems)},
            .executed = record.executed(),
            .plan_revision = record.plan_revision(),
            .delay = FromWire("", record.delay(), problems),
            .out_from = OptionalTime(record.has_out_from(), record.out_from(), problems)};
  for (const v1::Layout& layout : record.layouts()) tour.layouts.push_back(FromWire(layout));
  for (const v1::TourRecord::Shift& shift : record.shifts()) tour.shifts.push_back(ReadShift(shift, problems));
  for (const v1::TourRecord::Assignment& assignment : record.assignments()) {
    tour.assignments.push_back(ReadAssignment(assignment, problems));
  }
  for (const v1::TourRecord::Visit& visit : record.visits()) tour.visits.push_back(ReadVisit(visit, problems));
  return Finish(std::move(tour), problems, "tour");
}

std::string Encode(const Tour& tour, absl::string_view previous) {
  v1::TourRecord record = Previous<v1::TourRecord>(previous);
  record.set_vehicle_id(tour.id.vehicle.value());
  record.set_day(FormatDay(tour.id.day));
  record.clear_layouts();
  for (const Load& layout : tour.layouts) *record.add_layouts() = ToWire(layout);
  Former shifts(record.mutable_shifts(), [](const v1::TourRecord::Shift& shift) { return shift.shift_id(); });
  for (const Shift& shift : tour.shifts) Write(shift, *record.add_shifts() = shifts.Take(shift.id.value()));
  Former assignments(record.mutable_assignments(), [](const v1::TourRecord::Assignment& a) { return a.ride_id(); });
  for (const Assignment& assignment : tour.assignments) {
    Write(assignment, *record.add_assignments() = assignments.Take(assignment.ride.value()));
  }
  Former visits(record.mutable_visits(), [](const v1::TourRecord::Visit& visit) {
    return VisitKey(visit.kind(), visit.ride_id(), visit.shift(), visit.break_index());
  });
  for (const Visit& visit : tour.visits) {
    Write(visit, *record.add_visits() = visits.Take(VisitKey(kVisitKinds.ToWire(visit.kind), visit.ride.value(), visit.shift,
                                                             visit.break_index)));
  }
  record.set_executed(tour.executed);
  record.set_plan_revision(tour.plan_revision);
  *record.mutable_delay() = ToWire(tour.delay);
  STADTMESH_SET_OPTIONAL_TIME(record, out_from, tour.out_from);
  return record.SerializeAsString();
}

// ---- Vehicles and stops

template <>
absl::StatusOr<VehicleStatus> Decode<VehicleStatus>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::VehicleStatusRecord record, Parse<v1::VehicleStatusRecord>(bytes));
  Problems problems;
  VehicleStatus status{VehicleId(record.vehicle_id()), ReadSpans(record.outages(), problems)};
  return Finish(std::move(status), problems, "vehicle status");
}

std::string Encode(const VehicleStatus& status, absl::string_view previous) {
  v1::VehicleStatusRecord record = Previous<v1::VehicleStatusRecord>(previous);
  record.set_vehicle_id(status.vehicle.value());
  record.clear_outages();
  for (const TimeWindow& span : status.outages) *record.add_outages() = ToWire(span);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<StopStatus> Decode<StopStatus>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::StopStatusRecord record, Parse<v1::StopStatusRecord>(bytes));
  Problems problems;
  StopStatus status{StopId(record.stop_id()), ReadSpans(record.blocked(), problems)};
  return Finish(std::move(status), problems, "stop status");
}

std::string Encode(const StopStatus& status, absl::string_view previous) {
  v1::StopStatusRecord record = Previous<v1::StopStatusRecord>(previous);
  record.set_stop_id(status.stop.value());
  record.clear_blocked();
  for (const TimeWindow& span : status.blocked) *record.add_blocked() = ToWire(span);
  return record.SerializeAsString();
}

// ---- Cash sheets

template <>
absl::StatusOr<CashSheet> Decode<CashSheet>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::CashSheetRecord record, Parse<v1::CashSheetRecord>(bytes));
  Problems problems;
  CashSheet sheet{.tour = TourIdFromWire("", record.tour_id(), problems),
                  .shift = ShiftId(record.shift_id()),
                  .driver = DriverId(record.driver()),
                  .closed_at = OptionalTime(record.has_closed_at(), record.closed_at(), problems),
                  .counted = Money{record.counted_cents()}};
  for (const v1::CashSheet::Entry& entry : record.entries()) {
    sheet.entries.push_back({.ride = RideId(entry.ride_id()),
                             .payment = kPayments.FromWire(entry.payment()).value_or(Payment::kCash),
                             .due = Money{entry.due_cents()},
                             .amount = Money{entry.amount_cents()},
                             .at = FromWire("", entry.at(), problems)});
  }
  return Finish(std::move(sheet), problems, "cash sheet");
}

std::string Encode(const CashSheet& sheet, absl::string_view previous) {
  v1::CashSheetRecord record = Previous<v1::CashSheetRecord>(previous);
  record.set_tour_id(sheet.tour.ToString());
  record.set_shift_id(sheet.shift.value());
  record.set_driver(sheet.driver.value());
  Former entries(record.mutable_entries(), [](const v1::CashSheet::Entry& entry) { return entry.ride_id(); });
  for (const CashEntry& entry : sheet.entries) {
    v1::CashSheet::Entry& target = *record.add_entries() = entries.Take(entry.ride.value());
    target.set_ride_id(entry.ride.value());
    target.set_payment(kPayments.ToWire(entry.payment));
    target.set_due_cents(static_cast<int32_t>(entry.due.cents));
    target.set_amount_cents(static_cast<int32_t>(entry.amount.cents));
    *target.mutable_at() = ToWire(entry.at);
  }
  STADTMESH_SET_OPTIONAL_TIME(record, closed_at, sheet.closed_at);
  record.set_counted_cents(static_cast<int32_t>(sheet.counted.cents));
  return record.SerializeAsString();
}

// ---- Riders

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
  v1::RiderCard& wire = *record.mutable_card();
  wire.set_card_id(card.id.value());
  wire.set_phone(card.phone);
  wire.set_name(card.name);
  wire.clear_home();
  if (card.home) *wire.mutable_home() = ToWire(*card.home);
  wire.clear_usual_places();
  for (const UsualPlace& usual : card.usual_places) {
    v1::RiderCard::UsualPlace& target = *wire.add_usual_places();
    target.set_name(usual.name);
    *target.mutable_place() = ToWire(usual.place);
  }
  *wire.mutable_usual_party() = ToWire(card.usual_party);
  wire.set_companion(card.companion);
  *wire.mutable_usual_fares() = ToWire(card.usual_fares);
  wire.set_note(card.note);
  *wire.mutable_consent_at() = ToWire(card.consent_at);
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
            .done_by = record.done_by()};
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
  return record.SerializeAsString();
}

// ---- Positions and receipts

template <>
absl::StatusOr<Position> Decode<Position>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::PositionRecord record, Parse<v1::PositionRecord>(bytes));
  Problems problems;
  Position position{TourIdFromWire("", record.tour_id(), problems), FromWire("", record.location(), problems),
                    FromWire("", record.at(), problems)};
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
absl::StatusOr<Receipt> Decode<Receipt>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::ReplyRecord record, Parse<v1::ReplyRecord>(bytes));
  Receipt receipt{.id = record.id(), .count = record.count()};
  for (const std::string& id : record.ride_ids()) receipt.rides.emplace_back(id);
  for (const std::string& id : record.affected_ride_ids()) receipt.affected.emplace_back(id);
  if (record.has_refusal()) {
    const std::optional<Reason> reason = FromWire(record.refusal().reason());
    if (!reason) return Corrupt("refusal");
    receipt.refusal = Refusal{.reason = *reason,
                              .facts = {record.refusal().facts().begin(), record.refusal().facts().end()},
                              .leg = record.refused_leg()};
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
    record.mutable_refusal()->mutable_facts()->insert(receipt.refusal->facts.begin(), receipt.refusal->facts.end());
    record.set_refused_leg(receipt.refusal->leg);
  }
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus

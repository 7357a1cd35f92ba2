#include "buergerbus/wire/values.h"

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "buergerbus/wire/enums.h"

namespace stadtmesh::buergerbus {
namespace {

// The range of google.protobuf.Timestamp: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
constexpr int64_t kFirstSecond = -62'135'596'800, kLastSecond = 253'402'300'799;
constexpr int64_t kLongestDurationSeconds = 10 * 366 * 86'400LL;
constexpr int kMostFareCounts = 50;

void RefuseHalf(absl::string_view field, const v1::Location& location, Problems& problems) {
  if ((location.latitude() == 0) == (location.longitude() == 0)) return;
  problems.Add(Join(field, location.latitude() == 0 ? "latitude" : "longitude"),
               FieldReason::kRequired);
}

}  // namespace

v1::Reason ToWire(Reason reason) {
  v1::Reason wire;
  if (!v1::Reason_Parse(std::string(ReasonName(reason)), &wire))
    std::abort();  // tested over all reasons
  return wire;
}

std::optional<Reason> FromWire(v1::Reason reason) {
  for (int i = 0; i < kReasonCount; ++i) {
    if (ReasonName(static_cast<Reason>(i)) == v1::Reason_Name(reason))
      return static_cast<Reason>(i);
  }
  return std::nullopt;
}

google::protobuf::Timestamp ToWire(absl::Time time) {
  google::protobuf::Timestamp wire;
  const int64_t seconds = absl::ToUnixSeconds(time);
  wire.set_seconds(seconds);
  wire.set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return wire;
}

google::protobuf::Duration ToWire(absl::Duration duration) {
  google::protobuf::Duration wire;
  wire.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  wire.set_nanos(static_cast<int32_t>(duration / absl::Nanoseconds(1)));
  return wire;
}

absl::Time FromWire(absl::string_view field, const google::protobuf::Timestamp& time,
                    Problems& problems) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() >= 1'000'000'000) {
    problems.Add(field, FieldReason::kOutOfRange, "0001-01-01T00:00:00Z..9999-12-31T23:59:59Z");
    return absl::UnixEpoch();
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Duration FromWire(absl::string_view field, const google::protobuf::Duration& duration,
                        Problems& problems) {
  const int64_t seconds = duration.seconds();
  if (seconds < -kLongestDurationSeconds || seconds > kLongestDurationSeconds ||
      duration.nanos() <= -1'000'000'000 || duration.nanos() >= 1'000'000'000) {
    problems.Add(field, FieldReason::kOutOfRange,
                 absl::StrCat(-kLongestDurationSeconds, "s..", kLongestDurationSeconds, "s"));
    return absl::ZeroDuration();
  }
  return absl::Seconds(seconds) + absl::Nanoseconds(duration.nanos());
}

absl::CivilDay DayFromWire(absl::string_view field, const std::string& text, Problems& problems) {
  if (text.empty()) {
    problems.Add(field, FieldReason::kRequired);
    return {};
  }
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text);
  if (!day.ok() || day->year() < 1900 || day->year() > 9999) {
    problems.Add(field, FieldReason::kInvalidFormat, "YYYY-MM-DD");
    return {};
  }
  return *day;
}

v1::TimeWindow ToWire(const TimeWindow& window) {
  v1::TimeWindow wire;
  if (window.begin != absl::InfinitePast()) *wire.mutable_begin() = ToWire(window.begin);
  if (window.end != absl::InfiniteFuture()) *wire.mutable_end() = ToWire(window.end);
  return wire;
}

TimeWindow FromWire(absl::string_view field, const v1::TimeWindow& window, Problems& problems) {
  TimeWindow result{absl::InfinitePast(), absl::InfiniteFuture()};
  if (window.has_begin()) result.begin = FromWire(Join(field, "begin"), window.begin(), problems);
  if (window.has_end()) result.end = FromWire(Join(field, "end"), window.end(), problems);
  if (result.end < result.begin) problems.Add(Join(field, "end"), FieldReason::kConflict, "begin");
  return result;
}

// To 1e-7 degrees, a centimetre, as OpenStreetMap does: what sums and quotients add beyond that is
// noise.
v1::Location ToWire(const LatLon& point) {
  const auto rounded = [](double degrees) { return std::round(degrees * 1e7) / 1e7; };
  v1::Location wire;
  wire.set_latitude(rounded(point.latitude));
  wire.set_longitude(rounded(point.longitude));
  return wire;
}

LatLon FromWire(absl::string_view field, const v1::Location& location, Problems& problems) {
  const LatLon point{location.latitude(), location.longitude()};
  // Written so that NaN is refused too.
  if (!(point.latitude >= -90 && point.latitude <= 90)) {
    problems.Add(Join(field, "latitude"), FieldReason::kOutOfRange, "-90..90");
  }
  if (!(point.longitude >= -180 && point.longitude <= 180)) {
    problems.Add(Join(field, "longitude"), FieldReason::kOutOfRange, "-180..180");
  }
  return point;
}

LatLon TypedLocation(absl::string_view field, const v1::Location& location, Problems& problems) {
  RefuseHalf(field, location, problems);
  return FromWire(field, location, problems);
}

v1::Place ToWire(const Place& place) {
  v1::Place wire;
  if (place.stop) wire.set_stop_id(place.stop->value());
  *wire.mutable_location() = ToWire(place.location);
  wire.set_label(place.label);
  return wire;
}

Place FromWire(absl::string_view field, const v1::Place& place, Problems& problems) {
  Place result;
  if (!place.stop_id().empty()) {
    result.stop = StopId(problems.RequiredId(Join(field, "stop_id"), place.stop_id()));
  } else if (!place.has_location()) {
    problems.Add(Join(field, "location"), FieldReason::kRequired);
  }
  if (place.has_location())
    result.location = FromWire(Join(field, "location"), place.location(), problems);
  result.label = problems.Bounded(Join(field, "label"), place.label(), kLongestLabel);
  return result;
}

Place TypedPlace(absl::string_view field, const v1::Place& place, Problems& problems) {
  if (!IsPlainText(place.label())) problems.Add(Join(field, "label"), FieldReason::kInvalidFormat);
  // A stop's location is the settings'.
  if (place.stop_id().empty() && place.has_location())
    RefuseHalf(Join(field, "location"), place.location(), problems);
  return FromWire(field, place, problems);
}

v1::Party ToWire(const Party& party) {
  v1::Party wire;
  wire.set_people(party.people);
  wire.set_wheelchairs(party.wheelchairs);
  wire.set_walkers(party.walkers);
  wire.set_prams(party.prams);
  return wire;
}

Party FromWire(absl::string_view field, const v1::Party& party, Problems& problems) {
  const Party result{party.people(), party.wheelchairs(), party.walkers(), party.prams()};
  problems.Add(ValidateParty(field, result));
  return result;
}

v1::Layout ToWire(const Load& load) {
  v1::Layout wire;
  wire.set_seats(load.seats);
  wire.set_wheelchair_places(load.wheelchair_places);
  wire.set_storage_places(load.storage_places);
  return wire;
}

Load FromWire(const v1::Layout& layout) {
  return {layout.seats(), layout.wheelchair_places(), layout.storage_places()};
}

FareCounts ToWire(const FareSelection& selection) {
  FareCounts wire;
  for (const auto& [category, people] : selection) {
    v1::FareCount& count = *wire.Add();
    count.set_category_id(category.value());
    count.set_people(people);
  }
  return wire;
}

FareSelection FromWire(absl::string_view field, const FareCounts& counts, Problems& problems) {
  FareSelection selection;
  if (!problems.Count(field, counts.size(), kMostFareCounts)) return selection;
  for (int i = 0; i < counts.size(); ++i) {
    const std::string at = Element(field, i);
    const FareCategoryId category(
        problems.RequiredId(Join(at, "category_id"), counts[i].category_id()));
    if (counts[i].people() < 1 || counts[i].people() > 60) {
      problems.Add(Join(at, "people"), FieldReason::kOutOfRange, "1..60");
    }
    if (!selection.emplace(category, counts[i].people()).second) {
      problems.Add(Join(at, "category_id"), FieldReason::kDuplicate);
    }
  }
  return selection;
}

absl::Status NameFareCounts(absl::string_view field, const absl::Status& status,
                            const FareCounts& counts) {
  std::optional<ErrorInfo> info = GetErrorInfo(status);
  if (!info || info->fields.empty()) return status;
  for (FieldError& error : info->fields) {
    for (int i = 0; i < counts.size(); ++i) {
      const std::string prefix = absl::StrCat(field, ".", counts[i].category_id(), ".");
      if (absl::StartsWith(error.field, prefix))
        error.field = Join(Element(field, i), error.field.substr(prefix.size()));
    }
  }
  const absl::Status named = InvalidArgument(info->fields);
  return MakeError(status.code(), *info, named.message());
}

v1::FareRecord ToWire(const Fare& fare) {
  v1::FareRecord wire;
  for (const FareLine& line : fare.lines) {
    v1::FareRecord::Line& target = *wire.add_lines();
    target.set_category_id(line.category.value());
    target.set_count(line.count);
    target.set_each_cents(static_cast<int32_t>(line.each.cents));
  }
  wire.set_total_cents(static_cast<int32_t>(fare.total.cents));
  return wire;
}

Fare FromWire(const v1::FareRecord& record) {
  Fare fare{.total = Money{record.total_cents()}};
  for (const v1::FareRecord::Line& line : record.lines()) {
    fare.lines.push_back(
        {FareCategoryId(line.category_id()), line.count(), Money{line.each_cents()}});
  }
  return fare;
}

v1::Promise ToWire(const Promise& promise) {
  v1::Promise wire;
  *wire.mutable_pickup() = ToWire(promise.pickup);
  *wire.mutable_latest_arrival() = ToWire(promise.latest_arrival);
  *wire.mutable_longest_ride() = ToWire(promise.longest_ride);
  return wire;
}

Promise FromWire(absl::string_view field, const v1::Promise& promise, Problems& problems) {
  return {
      .pickup = FromWire(Join(field, "pickup"), promise.pickup(), problems),
      .latest_arrival = FromWire(Join(field, "latest_arrival"), promise.latest_arrival(), problems),
      .longest_ride = FromWire(Join(field, "longest_ride"), promise.longest_ride(), problems)};
}

v1::TripRecord ToWire(const Trip& trip) {
  v1::TripRecord wire;
  *wire.mutable_origin() = ToWire(trip.origin);
  *wire.mutable_destination() = ToWire(trip.destination);
  *wire.mutable_party() = ToWire(trip.party);
  *wire.mutable_fares() = ToWire(trip.fares);
  return wire;
}

Trip FromWire(absl::string_view field, const v1::TripRecord& trip, Problems& problems) {
  return {.origin = FromWire(Join(field, "origin"), trip.origin(), problems),
          .destination = FromWire(Join(field, "destination"), trip.destination(), problems),
          .party = FromWire(Join(field, "party"), trip.party(), problems),
          .fares = FromWire(Join(field, "fares"), trip.fares(), problems)};
}

void WriteCard(const RiderCard& card, v1::RiderCard& wire) {
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
  wire.set_remind(card.remind);
  *wire.mutable_usual_fares() = ToWire(card.usual_fares);
  wire.set_note(card.note);
  *wire.mutable_consent_at() = ToWire(card.consent_at);
}

std::optional<TourId> ParseTourId(absl::string_view text) {
  constexpr size_t kDay = 10;  // YYYY-MM-DD
  if (text.size() < kDay + 2 || !IsId(text) || text[text.size() - kDay - 1] != '_')
    return std::nullopt;
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text.substr(text.size() - kDay));
  if (!day.ok()) return std::nullopt;
  return TourId{VehicleId(std::string(text.substr(0, text.size() - kDay - 1))), *day};
}

TourId TourIdFromWire(absl::string_view field, const std::string& text, Problems& problems) {
  if (text.empty()) problems.Add(field, FieldReason::kRequired);
  const std::optional<TourId> id = ParseTourId(text);
  if (!id && !text.empty()) problems.Add(field, FieldReason::kInvalidFormat, "bus-1_YYYY-MM-DD");
  return id.value_or(TourId{});
}

}  // namespace stadtmesh::buergerbus

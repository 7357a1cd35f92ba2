// Every rule a town's settings must keep, each with the field it belongs to.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "buergerbus/domain/area.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/settings_findings.h"

namespace stadtmesh::buergerbus {
namespace {

void CheckApproval(const std::string& field, const Approval& approval, Findings& found) {
  if (approval.granted && IsBlank(approval.reference))
    found.Add(field + ".reference", FieldReason::kRequired);
  found.Text(field + ".reference", approval.reference, kLongestName);
  if (approval.valid_from && approval.valid_until && *approval.valid_until < *approval.valid_from) {
    found.Add(field + ".valid_until", FieldReason::kConflict, "valid_from");
  }
}

// So many ends of a ride must be stops, hence so many stops there must be.
size_t StopsOfARide(TripMode mode) {
  switch (mode) {
    case TripMode::kStopToStop:
      return 2;
    case TripMode::kDoorToStop:
      return 1;
    case TripMode::kDoorToDoor:
      return 0;
  }
  return 0;
}

void CheckStops(const Settings& settings, Findings& found) {
  const size_t least = StopsOfARide(settings.rules.trip_mode);
  if (settings.stops.size() < least)
    found.Add("stops", FieldReason::kOutOfRange, absl::StrCat(least, "..", kMostStops));
  found.Count("stops", settings.stops.size(), kMostStops);
  std::set<StopId> seen;
  for (size_t i = 0; i < settings.stops.size(); ++i) {
    const Stop& stop = settings.stops[i];
    const std::string field = At("stops", i);
    found.NewId(field + ".id", stop.id, seen);
    found.Name(field + ".name", stop.name);
    if (!IsValid(stop.location)) {
      found.Add(field + ".location", FieldReason::kOutOfRange, std::string(kDegrees));
    } else if (!settings.area.empty() && !settings.area.Contains(stop.location)) {
      found.Add(field + ".location", FieldReason::kOutsideArea);
    }
    CheckApproval(field + ".approval", stop.approval, found);
  }
}

// Disjoint, ascending, inside 0..30 h.
void CheckOpenHours(const std::string& field, const std::vector<OpenHours>& hours,
                    Findings& found) {
  for (size_t i = 0; i < hours.size(); ++i) {
    const std::string at = At(field, i);
    found.Range(at + ".begin", hours[i].begin, absl::ZeroDuration(), kLatestTimeOfDay);
    found.Range(at + ".end", hours[i].end, absl::ZeroDuration(), kLatestTimeOfDay);
    if (hours[i].end <= hours[i].begin) found.Add(at + ".end", FieldReason::kConflict, "begin");
    if (i > 0 && hours[i].begin < hours[i - 1].end)
      found.Add(at + ".begin", FieldReason::kConflict, At(field, i - 1));
  }
}

void CheckCalendarAndHours(const Settings& settings, Findings& found) {
  const std::vector<DayRange>& holidays = settings.calendar.school_holidays;
  for (size_t i = 0; i < holidays.size(); ++i) {
    if (holidays[i].last < holidays[i].first) {
      found.Add(At("calendar.school_holidays", i) + ".last", FieldReason::kConflict, "first");
    }
  }
  for (MunicipalHoliday holiday : settings.calendar.municipal_holidays) {
    if (!IsPossible(settings.calendar.state, holiday))
      found.Add("calendar.municipal_holidays", FieldReason::kConflict, "calendar.state");
  }
  if (settings.hours.rules.empty()) found.Add("hours.rules", FieldReason::kRequired);
  found.Count("hours.rules", settings.hours.rules.size(), kMostHoursRules);
  for (size_t i = 0; i < settings.hours.rules.size(); ++i) {
    const std::string field = At("hours.rules", i);
    CheckDays(field + ".days", settings.hours.rules[i].days, found);
    CheckOpenHours(field + ".hours", settings.hours.rules[i].hours, found);
  }
  size_t i = 0;
  for (const auto& [day, hours] : settings.hours.exceptions) {
    CheckOpenHours(At("hours.exceptions", i++) + ".hours", hours, found);
  }
}

void CheckRules(const BookingRules& rules, Findings& found) {
  using absl::Hours, absl::Minutes, absl::Seconds, absl::ZeroDuration;
  if (const auto* ahead = std::get_if<NoticeAhead>(&rules.notice)) {
    found.Range("rules.notice.ahead", ahead->duration, ZeroDuration(), Hours(72));
  } else {
    found.Range("rules.notice.day_before_by", std::get<NoticeDayBefore>(rules.notice).by,
                ZeroDuration(), Hours(24));
  }
  found.Range("rules.days_ahead", rules.days_ahead, 0, 365);
  found.Range("rules.longest_wait", rules.longest_wait, ZeroDuration(), Hours(6));
  found.Range("rules.pickup_window", rules.pickup_window, Minutes(1), Hours(1));
  found.Range("rules.offer_grid", rules.offer_grid, Minutes(1), Hours(1));
  found.Range("rules.ride_time.factor", rules.ride_time.factor, 1.0, 5.0);
  found.Range("rules.ride_time.constant", rules.ride_time.constant, ZeroDuration(), Hours(2));
  found.Range("rules.boarding.per_halt", rules.boarding.per_halt, ZeroDuration(), Minutes(10));
  found.Range("rules.boarding.per_person", rules.boarding.per_person, ZeroDuration(), Minutes(10));
  found.Range("rules.boarding.per_wheelchair", rules.boarding.per_wheelchair, ZeroDuration(),
              Minutes(15));
  found.Range("rules.boarding.per_walker_or_pram", rules.boarding.per_walker_or_pram,
              ZeroDuration(), Minutes(10));
  found.Range("rules.largest_party", rules.largest_party, 1, 16);
  found.Range("rules.hold", rules.hold, Seconds(30), Minutes(15));
  found.Range("rules.cancel_until", rules.cancel_until, ZeroDuration(), Hours(72));
  found.Range("rules.no_show_wait", rules.no_show_wait, ZeroDuration(), Minutes(30));
  found.Range("rules.freeze", rules.freeze, ZeroDuration(), Minutes(30));
  found.Range("rules.shortest_stay", rules.shortest_stay, ZeroDuration(), Hours(6));
  found.Range("rules.walking_metres", rules.walking_metres, 0, 2000);
  found.Range("rules.open_rides_per_person", rules.open_rides_per_person, 1, 1000);
}

void CheckPersonal(const Settings& settings, Findings& found) {
  const Retention& kept = settings.retention;
  found.Range("retention.rides_days", kept.rides, 1, kLongestRetentionDays);
  found.Range("retention.calls_days", kept.calls, 1, kLongestRetentionDays);
  found.Range("retention.rider_cards_days", kept.rider_cards, 1, kLongestRetentionDays);
  found.Range("retention.cash_sheets_days", kept.cash_sheets, 1, kLongestRetentionDays);
  found.Range("reminders.evening", settings.reminders.evening, absl::ZeroDuration(),
              absl::Hours(24));
  found.Range("reminders.ahead", settings.reminders.ahead, absl::ZeroDuration(), absl::Hours(24));
}

void CheckFares(const Settings& settings, Findings& found) {
  if (settings.fares.empty()) found.Add("fares", FieldReason::kRequired);
  found.Count("fares", settings.fares.size(), kMostFares);
  std::set<FareCategoryId> seen;
  for (size_t i = 0; i < settings.fares.size(); ++i) {
    const std::string field = At("fares", i);
    found.NewId(field + ".id", settings.fares[i].id, seen);
    found.Name(field + ".name", settings.fares[i].name);
    found.Range<int64_t>(field + ".price_cents", settings.fares[i].price.cents, 0, 100'00);
  }
}

void CheckArea(const Settings& settings, Findings& found) {
  const std::vector<LatLon>& ring = settings.area.ring();
  if (ring.empty()) return found.Add("area", FieldReason::kRequired);
  if (ring.size() < 3 || ring.size() > kMostCorners)
    return found.Add("area", FieldReason::kOutOfRange, absl::StrCat("3..", kMostCorners));
  bool valid = true;
  for (size_t i = 0; i < ring.size(); ++i) {
    if (IsValid(ring[i])) continue;
    found.Add(At("area", i), FieldReason::kOutOfRange, std::string(kDegrees));
    valid = false;
  }
  if (valid && !IsSound(settings.area)) found.Add("area", FieldReason::kInvalidFormat);
}

// As people dial it; also a short number of the town hall.
void CheckPhone(const std::string& phone, Findings& found) {
  const bool digits = std::all_of(phone.begin(), phone.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (digits && phone.size() <= 6) return;  // none, or 115
  const absl::Status number = NormalisePhone("phone", phone).status();
  if (number.ok()) return;
  const ErrorInfo info = *GetErrorInfo(number);
  for (const FieldError& error : info.fields) found.Add(error.field, error.reason, error.limit);
}

void CheckLargestParty(const Settings& settings, Findings& found) {
  int most = 0;
  for (const Vehicle& vehicle : settings.vehicles) {
    for (const Load& layout : vehicle.layouts)
      most = std::max(most, layout.seats + layout.wheelchair_places);
  }
  if (most > 0 && settings.rules.largest_party > most)
    found.Add("rules.largest_party", FieldReason::kConflict, "vehicles");
}

}  // namespace

absl::Status ValidateSettings(const Settings& settings) {
  Findings found;
  found.Name("name", settings.name);
  CheckPhone(settings.phone, found);
  CheckArea(settings, found);
  CheckApproval("doors", settings.doors, found);
  CheckStops(settings, found);
  CheckCalendarAndHours(settings, found);
  CheckFleet(settings, found);
  CheckRules(settings.rules, found);
  CheckLargestParty(settings, found);
  CheckFares(settings, found);
  CheckPersonal(settings, found);
  return std::move(found).Take();
}

}  // namespace stadtmesh::buergerbus

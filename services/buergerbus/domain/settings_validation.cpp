// Every rule a town's settings must keep, each with the field it belongs to.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/error.h"
#include "base/text.h"
#include "buergerbus/domain/area.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/domain/settings.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostCorners = 5000, kMostStops = 2000, kMostVehicles = 200, kMostShifts = 1000,
                 kMostFares = 50, kMostRules = 50;
constexpr size_t kLongestName = 100, kLongestPlate = 20, kLongestId = 32;
constexpr double kFarthestDepotMetres = 20'000;  // from the area: a garage in the next town

// Collects errors under a path.
class Findings {
 public:
  void Add(std::string field, FieldReason reason, std::string limit = "") {
    errors_.push_back({std::move(field), reason, std::move(limit)});
  }
  template <typename T>
  void Range(const std::string& field, T value, T least, T most) {
    if (!(value >= least && value <= most))
      Add(field, FieldReason::kOutOfRange, absl::StrCat(least, "..", most));
  }
  void Range(const std::string& field, absl::Duration value, absl::Duration least,
             absl::Duration most) {
    if (!(value >= least && value <= most)) {
      Add(field, FieldReason::kOutOfRange,
          absl::StrCat(absl::FormatDuration(least), "..", absl::FormatDuration(most)));
    }
  }
  void Name(const std::string& field, const std::string& text) {
    if (text.empty()) Add(field, FieldReason::kRequired);
    Text(field, text, kLongestName);
  }
  void Text(const std::string& field, const std::string& text, size_t longest) {
    if (CodePoints(text) > longest) Add(field, FieldReason::kTooLong, absl::StrCat(longest));
    if (!IsPlainText(text)) Add(field, FieldReason::kInvalidFormat);
  }
  template <typename IdType>
  void NewId(const std::string& field, const IdType& id, std::set<IdType>& seen) {
    if (!IsId(id.value()))
      Add(field, id.empty() ? FieldReason::kRequired : FieldReason::kInvalidFormat);
    if (id.value().size() > kLongestId) Add(field, FieldReason::kTooLong, absl::StrCat(kLongestId));
    if (!seen.insert(id).second) Add(field, FieldReason::kDuplicate);
  }
  void Count(const std::string& field, size_t count, size_t most) {
    if (count > most) Add(field, FieldReason::kTooLong, absl::StrCat(most));
  }
  absl::Status Take() && {
    return errors_.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors_));
  }

 private:
  std::vector<FieldError> errors_;
};

std::string At(absl::string_view list, size_t index) {
  return absl::StrFormat("%s[%d]", list, index);
}

void CheckApproval(const std::string& field, const Approval& approval, Findings& found) {
  if (approval.granted && approval.reference.empty())
    found.Add(field + ".reference", FieldReason::kRequired);
  found.Text(field + ".reference", approval.reference, kLongestName);
  if (approval.valid_from && approval.valid_until && *approval.valid_until < *approval.valid_from) {
    found.Add(field + ".valid_until", FieldReason::kConflict, "valid_from");
  }
}

void CheckStops(const Settings& settings, Findings& found) {
  found.Count("stops", settings.stops.size(), kMostStops);
  std::set<StopId> seen;
  for (size_t i = 0; i < settings.stops.size(); ++i) {
    const Stop& stop = settings.stops[i];
    const std::string field = At("stops", i);
    found.NewId(field + ".id", stop.id, seen);
    found.Name(field + ".name", stop.name);
    if (!IsValid(stop.location)) {
      found.Add(field + ".location", FieldReason::kOutOfRange);
    } else if (!settings.area.empty() && !settings.area.Contains(stop.location)) {
      found.Add(field + ".location", FieldReason::kOutsideArea);
    }
    CheckApproval(field + ".approval", stop.approval, found);
  }
}

void CheckDays(const std::string& field, const DayRule& days, Findings& found) {
  if (days.weekdays.empty()) found.Add(field + ".weekdays", FieldReason::kRequired);
  if (days.kinds.empty()) found.Add(field + ".kinds", FieldReason::kRequired);
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
  found.Count("hours.rules", settings.hours.rules.size(), kMostRules);
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

void CheckVehicles(const Settings& settings, Findings& found) {
  if (settings.vehicles.empty()) found.Add("vehicles", FieldReason::kRequired);
  found.Count("vehicles", settings.vehicles.size(), kMostVehicles);
  std::set<VehicleId> seen;
  for (size_t i = 0; i < settings.vehicles.size(); ++i) {
    const Vehicle& vehicle = settings.vehicles[i];
    const std::string field = At("vehicles", i);
    found.NewId(field + ".id", vehicle.id, seen);
    found.Name(field + ".name", vehicle.name);
    found.Text(field + ".plate", vehicle.plate, kLongestPlate);
    if (!IsValid(vehicle.depot)) {
      found.Add(field + ".depot", FieldReason::kOutOfRange);
    } else if (!settings.area.empty() &&
               MetresFrom(settings.area, vehicle.depot) > kFarthestDepotMetres) {
      found.Add(field + ".depot", FieldReason::kOutsideArea);
    }
    if (vehicle.layouts.empty()) found.Add(field + ".layouts", FieldReason::kRequired);
    found.Count(field + ".layouts", vehicle.layouts.size(), 8);
    for (size_t k = 0; k < vehicle.layouts.size(); ++k) {
      const std::string layout = At(field + ".layouts", k);
      found.Range(layout + ".seats", vehicle.layouts[k].seats, 0, 60);
      found.Range(layout + ".wheelchair_places", vehicle.layouts[k].wheelchair_places, 0, 16);
      found.Range(layout + ".storage_places", vehicle.layouts[k].storage_places, 0, 16);
      if (vehicle.layouts[k].seats + vehicle.layouts[k].wheelchair_places < 1)
        found.Add(layout, FieldReason::kRequired);
    }
  }
}

void CheckBreaks(const std::string& field, const ShiftTemplate& shift, Findings& found) {
  for (size_t k = 0; k < shift.breaks.size(); ++k) {
    const BreakTemplate& pause = shift.breaks[k];
    const std::string at = At(field + ".breaks", k);
    found.Range(at + ".length", pause.length, absl::Minutes(5), absl::Hours(4));
    if (pause.latest_start < pause.earliest_start)
      found.Add(at + ".latest_start", FieldReason::kConflict, "earliest_start");
    if (pause.earliest_start < shift.begin)
      found.Add(at + ".earliest_start", FieldReason::kConflict, "begin");
    if (pause.latest_start + pause.length > shift.end)
      found.Add(at + ".latest_start", FieldReason::kConflict, "end");
    if (k > 0 &&
        pause.earliest_start < shift.breaks[k - 1].latest_start + shift.breaks[k - 1].length) {
      found.Add(at + ".earliest_start", FieldReason::kConflict, At("breaks", k - 1));
    }
  }
}

bool ShareADay(const DayRule& a, const DayRule& b) {
  const auto share = [](const auto& x, const auto& y) {
    return std::any_of(x.begin(), x.end(), [&](const auto& value) { return y.count(value) > 0; });
  };
  return share(a.weekdays, b.weekdays) && share(a.kinds, b.kinds);
}

// A vehicle is driven by one driver at a time.
void CheckOverlap(const Settings& settings, size_t i, Findings& found) {
  const ShiftTemplate& shift = settings.shifts[i];
  for (size_t k = 0; k < i; ++k) {
    const ShiftTemplate& other = settings.shifts[k];
    if (other.vehicle == shift.vehicle && ShareADay(other.days, shift.days) &&
        other.begin < shift.end && shift.begin < other.end) {
      found.Add(At("shifts", i) + ".begin", FieldReason::kConflict, At("shifts", k));
    }
  }
}

void CheckShifts(const Settings& settings, Findings& found) {
  found.Count("shifts", settings.shifts.size(), kMostShifts);
  std::set<ShiftId> seen;
  for (size_t i = 0; i < settings.shifts.size(); ++i) {
    const ShiftTemplate& shift = settings.shifts[i];
    const std::string field = At("shifts", i);
    found.NewId(field + ".id", shift.id, seen);
    if (FindVehicle(settings, shift.vehicle) == nullptr)
      found.Add(field + ".vehicle", FieldReason::kUnknownValue);
    CheckDays(field + ".days", shift.days, found);
    found.Range(field + ".begin", shift.begin, absl::ZeroDuration(), kLatestTimeOfDay);
    found.Range(field + ".end", shift.end, absl::ZeroDuration(), kLatestTimeOfDay);
    if (shift.end <= shift.begin) found.Add(field + ".end", FieldReason::kConflict, "begin");
    CheckBreaks(field, shift, found);
    CheckOverlap(settings, i, found);
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
    found.Add(At("area", i), FieldReason::kOutOfRange);
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
  CheckVehicles(settings, found);
  CheckShifts(settings, found);
  CheckRules(settings.rules, found);
  CheckLargestParty(settings, found);
  CheckFares(settings, found);
  CheckPersonal(settings, found);
  return std::move(found).Take();
}

}  // namespace stadtmesh::buergerbus

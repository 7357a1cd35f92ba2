// The part of ValidateSettings that asks whether anybody could ever ride.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "buergerbus/domain/settings_findings.h"

namespace stadtmesh::buergerbus {
namespace {

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

void CheckStopsSuffice(const Settings& settings, Findings& found) {
  const size_t least = StopsOfARide(settings.rules.trip_mode);
  if (settings.stops.size() < least)
    found.Add("stops", FieldReason::kOutOfRange, absl::StrCat(least, "..", kMostStops));
}

bool Overlap(const ShiftTemplate& shift, const std::vector<OpenHours>& hours) {
  return std::any_of(hours.begin(), hours.end(), [&](const OpenHours& open) {
    return shift.begin < open.end && open.begin < shift.end;
  });
}

// The hours of each of the shift's days, as the first rule that matches them says, and those of
// dated exceptions on its weekdays.
std::vector<std::vector<OpenHours>> HoursOnItsDays(const ServiceHours& hours, const DayRule& days) {
  std::vector<std::vector<OpenHours>> open;
  for (const absl::Weekday weekday : days.weekdays) {
    for (const DayKind kind : days.kinds) {
      const auto rule =
          std::find_if(hours.rules.begin(), hours.rules.end(), [&](const HoursRule& each) {
            return each.days.weekdays.count(weekday) > 0 && each.days.kinds.count(kind) > 0;
          });
      if (rule != hours.rules.end()) open.push_back(rule->hours);
    }
  }
  for (const auto& [day, exception] : hours.exceptions) {
    if (days.weekdays.count(absl::GetWeekday(day)) > 0) open.push_back(exception);
  }
  return open;
}

// A slip of the pen: the bus runs on the shift's days, but at other hours. Days on which it does
// not run at all say nothing: a town may close for a while and keep its roster.
void CheckShiftsMeetHours(const Settings& settings, Findings& found) {
  for (size_t i = 0; i < settings.shifts.size(); ++i) {
    const ShiftTemplate& shift = settings.shifts[i];
    const auto days = HoursOnItsDays(settings.hours, shift.days);
    const bool runs =
        std::any_of(days.begin(), days.end(), [](const auto& hours) { return !hours.empty(); });
    const bool meets = std::any_of(days.begin(), days.end(),
                                   [&](const auto& hours) { return Overlap(shift, hours); });
    if (runs && !meets && shift.begin < shift.end)
      found.Add(At("shifts", i) + ".begin", FieldReason::kConflict, "hours.rules");
  }
}

}  // namespace

void CheckUse(const Settings& settings, Findings& found) {
  CheckStopsSuffice(settings, found);
  CheckShiftsMeetHours(settings, found);
}

}  // namespace stadtmesh::buergerbus

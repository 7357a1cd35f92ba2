#include "buergerbus/domain/calendar.h"

#include <algorithm>

namespace stadtmesh::buergerbus {
namespace {

bool IsPublicHoliday(const Calendar& calendar, absl::CivilDay day) {
  if (!PublicHolidayName(calendar.state, day).empty() ||
      calendar.extra_public_holidays.count(day) > 0)
    return true;
  return std::any_of(
      calendar.municipal_holidays.begin(), calendar.municipal_holidays.end(),
      [&](MunicipalHoliday holiday) { return !PublicHolidayName(holiday, day).empty(); });
}

}  // namespace

DayKind KindOf(const Calendar& calendar, absl::CivilDay day) {
  if (IsPublicHoliday(calendar, day)) return DayKind::kPublicHoliday;
  const bool holiday = std::any_of(calendar.school_holidays.begin(), calendar.school_holidays.end(),
                                   [&](const DayRange& range) { return range.Contains(day); });
  return holiday ? DayKind::kSchoolHoliday : DayKind::kSchoolDay;
}

bool DayRule::Matches(const Calendar& calendar, absl::CivilDay day) const {
  return weekdays.count(absl::GetWeekday(day)) > 0 && kinds.count(KindOf(calendar, day)) > 0;
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/calendar.h"

#include <algorithm>

namespace stadtmesh::buergerbus {
namespace {

struct FixedHoliday {
  int month;
  int day;
  absl::string_view name;
};
// § 2 Feiertagsgesetz NW: days with a date, and days counted from Easter Sunday.
constexpr FixedHoliday kFixed[] = {
    {1, 1, "Neujahr"},       {5, 1, "Tag der Arbeit"},         {10, 3, "Tag der Deutschen Einheit"},
    {11, 1, "Allerheiligen"}, {12, 25, "1. Weihnachtstag"}, {12, 26, "2. Weihnachtstag"},
};
struct MovableHoliday {
  int days_after_easter;
  absl::string_view name;
};
constexpr MovableHoliday kMovable[] = {
    {-2, "Karfreitag"},     {1, "Ostermontag"},    {39, "Christi Himmelfahrt"},
    {50, "Pfingstmontag"}, {60, "Fronleichnam"},
};

}  // namespace

absl::CivilDay EasterSunday(int year) {
  const int a = year % 19;
  const int b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4;
  const int f = (b + 8) / 25;
  const int g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31;
  const int day = (h + l - 7 * m + 114) % 31 + 1;
  return absl::CivilDay(year, month, day);
}

absl::string_view PublicHolidayName(absl::CivilDay day) {
  for (const FixedHoliday& holiday : kFixed) {
    if (day.month() == holiday.month && day.day() == holiday.day) return holiday.name;
  }
  const absl::civil_diff_t after_easter = day - EasterSunday(static_cast<int>(day.year()));
  for (const MovableHoliday& holiday : kMovable) {
    if (after_easter == holiday.days_after_easter) return holiday.name;
  }
  return "";
}

DayKind KindOf(const Calendar& calendar, absl::CivilDay day) {
  if (!PublicHolidayName(day).empty() || calendar.extra_public_holidays.count(day) > 0) return DayKind::kPublicHoliday;
  const bool holiday = std::any_of(calendar.school_holidays.begin(), calendar.school_holidays.end(),
                                   [&](const DayRange& range) { return range.Contains(day); });
  return holiday ? DayKind::kSchoolHoliday : DayKind::kSchoolDay;
}

bool DayRule::Matches(const Calendar& calendar, absl::CivilDay day) const {
  return weekdays.count(absl::GetWeekday(day)) > 0 && kinds.count(KindOf(calendar, day)) > 0;
}

}  // namespace stadtmesh::buergerbus

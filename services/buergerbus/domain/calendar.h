// What kind of day it is: school day, school holiday or public holiday (North Rhine-Westphalia).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace stadtmesh::buergerbus {

// Weekday and kind are independent: a Saturday in term time is {Saturday, kSchoolDay}.
enum class DayKind {
  kSchoolDay,      // term time
  kSchoolHoliday,  // inside a configured school holiday
  kPublicHoliday,  // stronger than the others
};

// First and last day, both included.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay last;
  bool Contains(absl::CivilDay day) const { return first <= day && day <= last; }
  bool operator==(const DayRange&) const = default;
};

struct Calendar {
  std::vector<DayRange> school_holidays;
  std::set<absl::CivilDay> extra_public_holidays;  // the town's own, e.g. 24 December or carnival Monday
  bool operator==(const Calendar&) const = default;
};

// Easter Sunday of the Gregorian calendar (Meeus/Jones/Butcher). Years 1583 and later.
absl::CivilDay EasterSunday(int year);

// The German name of the public holiday of § 2 Feiertagsgesetz NW, or empty. Holidays that fall on each other (1 May 2008) give one name.
absl::string_view PublicHolidayName(absl::CivilDay day);

DayKind KindOf(const Calendar& calendar, absl::CivilDay day);

// Selects days: weekday in `weekdays` and kind in `kinds`. Empty sets select nothing.
struct DayRule {
  std::set<absl::Weekday> weekdays;
  std::set<DayKind> kinds;
  bool Matches(const Calendar& calendar, absl::CivilDay day) const;
  bool operator==(const DayRule&) const = default;
};

}  // namespace stadtmesh::buergerbus

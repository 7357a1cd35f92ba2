// What kind of day it is: school day, school holiday or public holiday.
#pragma once

#include <set>
#include <vector>

#include "absl/time/civil_time.h"
#include "buergerbus/domain/public_holidays.h"

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
  FederalState state = FederalState::kNorthRhineWestphalia;
  std::set<MunicipalHoliday> municipal_holidays;  // of those possible in the state
  std::vector<DayRange> school_holidays;
  // days on which the bus runs as on holidays, e.g. 24 December
  std::set<absl::CivilDay> extra_public_holidays;
  bool operator==(const Calendar&) const = default;
};

DayKind KindOf(const Calendar& calendar, absl::CivilDay day);

// Selects days: weekday in `weekdays` and kind in `kinds`. Empty sets select nothing.
struct DayRule {
  std::set<absl::Weekday> weekdays;
  std::set<DayKind> kinds;
  bool Matches(const Calendar& calendar, absl::CivilDay day) const;
  bool operator==(const DayRule&) const = default;
};

}  // namespace stadtmesh::buergerbus

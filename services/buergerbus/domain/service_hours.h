// When the bus runs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "buergerbus/domain/calendar.h"

namespace stadtmesh::buergerbus {

// A span of time, begin included, end excluded unless a use says otherwise.
struct TimeWindow {
  absl::Time begin;
  absl::Time end;
  bool operator==(const TimeWindow&) const = default;
};

// Wall-clock time of a service day as the offset from its midnight; past 24 h it is the next civil
// day, e.g. 25 h = 01:00.
using TimeOfDay = absl::Duration;
inline constexpr absl::Duration kLatestTimeOfDay = absl::Hours(30);

// Wall-clock opening hours, e.g. 08:00..18:00 or 18:00..25:30. 0 <= begin < end <= 30 h.
struct OpenHours {
  TimeOfDay begin;
  TimeOfDay end;
  bool operator==(const OpenHours&) const = default;
};

struct HoursRule {
  DayRule days;
  std::vector<OpenHours> hours;  // disjoint, ascending; empty: closed
  bool operator==(const HoursRule&) const = default;
};

struct ServiceHours {
  std::vector<HoursRule> rules;  // the first that matches the day counts; none: closed
  // dated, stronger than the rules; empty: closed
  std::map<absl::CivilDay, std::vector<OpenHours>> exceptions;
  bool operator==(const ServiceHours&) const = default;
};

// The hours of one service day as instants (Europe/Berlin): right also on the days on which the
// clocks change.
std::vector<TimeWindow> OpenOn(const ServiceHours& hours, const Calendar& calendar,
                               absl::CivilDay service_day);

// When the bus still runs or has run on the civil day of `now`: the hours of the service day before
// it that have not ended yet (past midnight), and its own.
std::vector<TimeWindow> OpenToday(const ServiceHours& hours, const Calendar& calendar,
                                  absl::Time now);

struct ServiceTime {
  absl::CivilDay service_day;
  TimeWindow window;
};
// The opening window that holds `time` (end excluded): of the civil day, else of the day before it
// (past midnight).
std::optional<ServiceTime> FindOpen(const ServiceHours& hours, const Calendar& calendar,
                                    absl::Time time);

// The service day whose tours serve `time`: that of FindOpen, else the civil day.
absl::CivilDay ServiceDayOf(const ServiceHours& hours, const Calendar& calendar, absl::Time time);

// The first opening that ends after `time` (it may have begun), looking at most `days` days ahead.
std::optional<ServiceTime> NextOpen(const ServiceHours& hours, const Calendar& calendar,
                                    absl::Time time, int days = 14);

}  // namespace stadtmesh::buergerbus

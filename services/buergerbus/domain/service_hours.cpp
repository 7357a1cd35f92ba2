#include "buergerbus/domain/service_hours.h"

#include "base/time.h"

namespace stadtmesh::buergerbus {
namespace {

const std::vector<OpenHours>* HoursOf(const ServiceHours& hours, const Calendar& calendar,
                                      absl::CivilDay day) {
  if (const auto exception = hours.exceptions.find(day); exception != hours.exceptions.end())
    return &exception->second;
  for (const HoursRule& rule : hours.rules) {
    if (rule.days.Matches(calendar, day)) return &rule.hours;
  }
  return nullptr;
}

}  // namespace

std::vector<TimeWindow> OpenOn(const ServiceHours& hours, const Calendar& calendar,
                               absl::CivilDay service_day) {
  std::vector<TimeWindow> windows;
  const std::vector<OpenHours>* open = HoursOf(hours, calendar, service_day);
  if (open == nullptr) return windows;
  for (const OpenHours& span : *open) {
    const TimeWindow window{BerlinTime(service_day, span.begin), BerlinTime(service_day, span.end)};
    if (window.begin < window.end) windows.push_back(window);  // empty where the clocks skip it
  }
  return windows;
}

std::vector<TimeWindow> OpenToday(const ServiceHours& hours, const Calendar& calendar,
                                  absl::Time now) {
  std::vector<TimeWindow> windows = OpenOn(hours, calendar, BerlinDay(now) - 1);
  std::erase_if(windows, [&](const TimeWindow& window) { return window.end <= now; });
  for (const TimeWindow& window : OpenOn(hours, calendar, BerlinDay(now)))
    windows.push_back(window);
  return windows;
}

std::optional<ServiceTime> FindOpen(const ServiceHours& hours, const Calendar& calendar,
                                    absl::Time time) {
  const absl::CivilDay today = BerlinDay(time);
  for (const absl::CivilDay day : {today, today - 1}) {
    for (const TimeWindow& window : OpenOn(hours, calendar, day)) {
      if (window.begin <= time && time < window.end) return ServiceTime{day, window};
    }
  }
  return std::nullopt;
}

absl::CivilDay ServiceDayOf(const ServiceHours& hours, const Calendar& calendar, absl::Time time) {
  const std::optional<ServiceTime> open = FindOpen(hours, calendar, time);
  return open ? open->service_day : BerlinDay(time);
}

std::optional<ServiceTime> NextOpen(const ServiceHours& hours, const Calendar& calendar,
                                    absl::Time time, int days) {
  const absl::CivilDay today = BerlinDay(time);
  std::optional<ServiceTime> next;
  for (int offset = -1; offset <= days; ++offset) {
    const absl::CivilDay day = today + offset;
    for (const TimeWindow& window : OpenOn(hours, calendar, day)) {
      if (window.end > time && (!next || window.begin < next->window.begin))
        next = ServiceTime{day, window};
    }
    if (next && offset >= 0) return next;
  }
  return next;
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/planner/alternative_times.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "base/time.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kAlternativesReach = absl::Hours(6);  // before and after the wish

// Of the opening hours, when a shift drives.
std::vector<TimeWindow> ServedHours(const PlanningDay& day, const std::vector<TimeWindow>& open) {
  std::vector<TimeWindow> served;
  for (const TimeWindow& window : open) {
    for (const Tour& tour : day.tours) {
      for (const Shift& shift : tour.shifts) {
        const TimeWindow both{std::max(window.begin, shift.begin), std::min(window.end, shift.end)};
        if (both.begin < both.end) served.push_back(both);
      }
    }
  }
  return served;
}

// Hours of a day at which the bus runs, the nearest to `wanted` first.
std::vector<absl::Time> HoursAround(absl::Time wanted, const std::vector<TimeWindow>& served,
                                    absl::Duration grid) {
  constexpr size_t kMostHours = 6;
  std::set<absl::Time> hours;
  for (const TimeWindow& window : served) {
    const absl::Time last = std::max(window.begin, window.end - grid);
    const absl::Time nearest = std::clamp(wanted, window.begin, last);
    for (absl::Time time = nearest; time < window.end; time += absl::Hours(1))
      hours.insert(RoundUp(time, grid));
    for (absl::Time time = nearest - absl::Hours(1); time >= window.begin; time -= absl::Hours(1))
      hours.insert(RoundUp(time, grid));
  }
  std::vector<absl::Time> times(hours.begin(), hours.end());
  std::stable_sort(times.begin(), times.end(), [&](absl::Time a, absl::Time b) {
    return absl::AbsDuration(a - wanted) < absl::AbsDuration(b - wanted);
  });
  if (times.size() > kMostHours) times.resize(kMostHours);
  return times;
}

}  // namespace

std::vector<absl::Time> AlternativeTimes(const Settings& settings,
                                         const std::vector<const PlanningDay*>& days,
                                         const TripRequest& request, absl::Time wish,
                                         absl::Time now) {
  const absl::Duration grid = settings.rules.offer_grid;
  absl::Time first = RoundUp(std::max(wish, request.not_before), grid);
  if (request.way_back) first = RoundDown(std::min(first, request.way_back->pickup.begin), grid);
  std::vector<absl::Time> times;
  const absl::Duration step = std::max(settings.rules.pickup_window, grid);
  for (absl::Duration away = step; away <= kAlternativesReach; away += step) {
    times.push_back(first + away);
    if (first - away >= now) times.push_back(first - away);
  }
  if (const auto next = NextOpen(settings.hours, settings.calendar, first)) {
    times.push_back(RoundUp(std::max(next->window.begin, first), grid));
  }
  const absl::CivilDay wished = BerlinDay(first);
  const absl::Duration time_of_day = first - BerlinTime(wished, absl::ZeroDuration());
  std::vector<const PlanningDay*> nearest = days;
  std::sort(nearest.begin(), nearest.end(), [&](const PlanningDay* a, const PlanningDay* b) {
    return std::pair(std::abs(a->day - wished), -(a->day - wished)) <
           std::pair(std::abs(b->day - wished), -(b->day - wished));
  });
  for (const PlanningDay* day : nearest) {
    const std::vector<TimeWindow> served =
        ServedHours(*day, OpenOn(settings.hours, settings.calendar, day->day));
    const std::vector<absl::Time> hours =
        HoursAround(BerlinTime(day->day, time_of_day), served, grid);
    times.insert(times.end(), hours.begin(), hours.end());
  }
  return times;
}

}  // namespace stadtmesh::buergerbus

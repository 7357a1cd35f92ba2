// How fast traffic flows by hour of the day and class of road, relative to free flow. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "routing/road_class.h"

namespace stadtmesh::routing {

inline constexpr int kHoursPerDay = 24;

// percent[hour][class] is the speed as a percentage of the graph's free-flow speed, 10 to 200. Hour
// h holds from h:00 to h:59 of local time. A service keeps one profile per kind of day (working
// day, weekend).
struct SpeedProfile {
  using Hour = std::array<uint8_t, kRoadClassCount>;
  std::array<Hour, kHoursPerDay> percent;

  // 100 % all day.
  static SpeedProfile FreeFlow();
  // A working day in a small German town: slower at 7-9 and 16-18 on the through roads, a little
  // faster at night.
  static SpeedProfile WorkingDay();

  bool operator==(const SpeedProfile&) const = default;
};

// INVALID_ARGUMENT (field percent[hour][class]) when a value is outside 10 to 200.
absl::Status Validate(const SpeedProfile& profile);

}  // namespace stadtmesh::routing

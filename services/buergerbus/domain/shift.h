// Who drives when: templates in the settings, and the shifts of one day made from them.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/calendar.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

// A break inside a shift, taken with nobody on board. Its start lies in
// earliest_start..latest_start.
struct BreakTemplate {
  TimeOfDay earliest_start;
  TimeOfDay latest_start;
  absl::Duration length;
  bool operator==(const BreakTemplate&) const = default;
};

struct ShiftTemplate {
  ShiftId id;
  VehicleId vehicle;
  DriverId driver;  // may be empty: assigned per day by the dispatcher
  DayRule days;
  TimeOfDay begin;
  TimeOfDay end;
  std::vector<BreakTemplate> breaks;
  bool operator==(const ShiftTemplate&) const = default;
};

struct Break {
  absl::Time earliest_start;
  absl::Time latest_start;
  absl::Duration length;
  bool operator==(const Break&) const = default;
};

enum class ShiftState { kPlanned, kRunning, kEnded };

// One shift of one tour. The vehicle begins and ends it at the depot, empty.
struct Shift {
  ShiftId id;
  DriverId driver;
  absl::Time begin;
  absl::Time end;
  std::vector<Break> breaks;
  LatLon depot;
  ShiftState state = ShiftState::kPlanned;
  bool operator==(const Shift&) const = default;
};

}  // namespace stadtmesh::buergerbus

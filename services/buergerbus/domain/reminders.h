// When riders who have no app are called before a ride, if they agreed to that.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

struct Reminders {
  TimeOfDay evening = absl::Hours(17);  // of the day before; 0..24 h
  absl::Duration ahead =
      absl::Hours(2);  // before the pick-up window, when that evening has passed; 0..24 h
  bool operator==(const Reminders&) const = default;
};

// When a rider whose pick-up window begins at `pickup` is reminded; nothing when it is too late for
// that: who books so shortly knows.
std::optional<absl::Time> RemindAt(const Reminders& reminders, absl::Time pickup, absl::Time now);

}  // namespace stadtmesh::buergerbus

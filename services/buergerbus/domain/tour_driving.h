// What the driver reports, applied to the tour: one overload per command of tour_commands.h. Of
// shifts in tour_shifts.cpp.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus {

// Whether somebody may report for the shift now. A dispatcher who reports for the driver gives no
// driver. SHIFT_NOT_STARTED, SHIFT_CLOSED, NOT_YOUR_SHIFT.
absl::Status CheckDriver(const Shift& shift, const DriverId& driver);

absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const StartShift& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const AssignDriver& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const ArriveAt& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const ServeVisit& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const SkipRide& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const TakeBreak& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const ReportDelay& command, absl::Time now);
absl::StatusOr<Decision<Tour>> Drive(const Tour& tour, const EndShift& command, absl::Time now);

}  // namespace stadtmesh::buergerbus

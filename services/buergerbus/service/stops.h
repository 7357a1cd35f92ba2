// Stops that are closed for a while: a building site, the fair.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/vehicle_status.h"
#include "buergerbus/service/day_review.h"

namespace stadtmesh::buergerbus {

// Thread-safe. From the moment that a stop is closed nothing new is booked there; then every day of
// the span is reviewed.
class StopService {
 public:
  StopService(Core* core, DayReview* review) : core_(core), review_(review) {}

  // `rides`: from or to another stop now; `affected`: found none. STOP_UNKNOWN.
  absl::StatusOr<Receipt> Block(const Command& command, const StopId& stop, const TimeWindow& span);
  // STOP_NOT_BLOCKED. Rides that were sent elsewhere stay there: their riders have been told.
  absl::StatusOr<Receipt> Unblock(const Command& command, const StopId& stop);

 private:
  Core* core_;
  DayReview* review_;
};

}  // namespace stadtmesh::buergerbus

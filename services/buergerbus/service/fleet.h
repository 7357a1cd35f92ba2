// What dispatchers do when the world does not go as planned: vehicles out of service.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/vehicle_status.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/day_review.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Receipts name the rides that another vehicle takes (`rides`) and those that lost
// their place (`affected`).
class FleetService {
 public:
  FleetService(Core* core, DayReview* review) : core_(core), review_(review) {}

  // Every ride the vehicle had in the span is planned again at once, those of one day together, and
  // all in one transaction: it happens as a whole or not at all. Where they are too many for that,
  // one transaction empties the vehicle, and the review of its days finds places for those without
  // one; what breaks off is then finished by who repeats the command, or by the review's task.
  // VEHICLE_UNKNOWN.
  absl::StatusOr<Receipt> TakeOut(const Command& command, const VehicleId& vehicle,
                                  const TimeWindow& span);
  // Who found no place without it is planned again. VEHICLE_UNKNOWN, VEHICLE_NOT_OUT.
  absl::StatusOr<Receipt> Return(const Command& command, const VehicleId& vehicle, absl::Time from);

 private:
  absl::Status Decommission(UnitOfWork& unit, const VehicleId& vehicle, const TimeWindow& span,
                            bool at_once);
  absl::Status Empty(UnitOfWork& unit, const Settings& settings, const VehicleId& vehicle,
                     const TimeWindow& span, absl::CivilDay day, bool at_once);

  Core* core_;
  DayReview* review_;
};

}  // namespace stadtmesh::buergerbus

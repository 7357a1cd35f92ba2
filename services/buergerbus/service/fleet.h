// What dispatchers do when the world does not go as planned: vehicles out of service, stops that are closed.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/vehicle_status.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Receipts name the rides that another vehicle takes (`rides`) and those that lost their place (`affected`).
class FleetService {
 public:
  explicit FleetService(Core* core) : core_(core) {}

  // Every ride the vehicle had in the span is planned again in the same transaction. VEHICLE_UNKNOWN.
  absl::StatusOr<Receipt> TakeOut(const Command& command, const VehicleId& vehicle, const TimeWindow& span);
  absl::StatusOr<Receipt> Return(const Command& command, const VehicleId& vehicle, absl::Time from);
  // Rides that were promised at the stop in the span are affected: a promise names its stop. STOP_UNKNOWN.
  absl::StatusOr<Receipt> BlockStop(const Command& command, const StopId& stop, const TimeWindow& span);
  absl::StatusOr<Receipt> UnblockStop(const Command& command, const StopId& stop);

 private:
  absl::Status Replan(UnitOfWork& unit, const Settings& settings, const VehicleId& vehicle, const TimeWindow& span,
                      absl::CivilDay day);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus

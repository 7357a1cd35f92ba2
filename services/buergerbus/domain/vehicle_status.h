// When a vehicle is out of service, and a stop closed: small aggregates of their own, read by
// planning.
#pragma once

#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/place.h"

namespace stadtmesh::buergerbus {

// Spans are sorted and disjoint; one that ended more than a week ago is dropped at the next change.
struct VehicleStatus {
  VehicleId vehicle;
  std::vector<TimeWindow> outages;
  bool operator==(const VehicleStatus&) const = default;
};
struct TakeOut {
  TimeWindow span;
};  // end may be InfiniteFuture: until further notice
// Ends the outage that holds `from`; where none does, the next one does not begin (EndedAt).
struct PutBack {
  absl::Time from;
};  // kVehicleNotOut
using VehicleCommand = std::variant<TakeOut, PutBack>;
absl::StatusOr<Decision<VehicleStatus>> Decide(const VehicleStatus& status,
                                               const VehicleCommand& command, absl::Time now);
bool IsOut(const VehicleStatus& status, absl::Time time);

struct StopStatus {
  StopId stop;
  std::vector<TimeWindow> blocked;
  bool operator==(const StopStatus&) const = default;
};
struct BlockStop {
  TimeWindow span;
};
struct ReopenStop {  // as PutBack
  absl::Time from;
};  // kStopNotBlocked
using StopCommand = std::variant<BlockStop, ReopenStop>;
absl::StatusOr<Decision<StopStatus>> Decide(const StopStatus& status, const StopCommand& command,
                                            absl::Time now);
std::vector<StopBlock> BlocksOf(const StopStatus& status);

}  // namespace stadtmesh::buergerbus

#include "buergerbus/service/stops.h"

#include <utility>

#include "base/status.h"

namespace stadtmesh::buergerbus {
absl::StatusOr<Receipt> StopService::Block(const Command& command, const StopId& stop,
                                           const TimeWindow& span) {
  const auto block = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (FindStop(*settings, stop) == nullptr) return Refuse(Reason::kStopUnknown);
    ASSIGN_OR_RETURN(Stored<StopStatus> status, unit.Read<StopStatus>(keys::Stop(stop)));
    ASSIGN_OR_RETURN(
        Decision<StopStatus> decision,
        Decide(status.value.value_or(StopStatus{stop, {}}), BlockStop{span}, unit.now()));
    if (decision.events.empty()) return absl::OkStatus();
    unit.Save(status, std::move(decision));
    ReviewLater(unit, unit.now() + kTakenOver, Whom::kDisplaced);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(core_->executor.Run(command, keys::Stop(stop), block).status());
  return review_->Run(command, span, Whom::kDisplaced);
}

absl::StatusOr<Receipt> StopService::Unblock(const Command& command, const StopId& stop) {
  const auto reopen = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<StopStatus> status, unit.Read<StopStatus>(keys::Stop(stop)));
    if (!status.value) return Refuse(Reason::kStopNotBlocked);
    ASSIGN_OR_RETURN(Decision<StopStatus> decision,
                     Decide(*status.value, ReopenStop{unit.now()}, unit.now()));
    unit.Save(status, std::move(decision));
    ReviewLater(unit, unit.now() + kTakenOver, Whom::kAffectedToo);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(core_->executor.Run(command, keys::Stop(stop), reopen).status());
  return review_->Run(command, {core_->clock->Now(), absl::InfiniteFuture()}, Whom::kAffectedToo);
}

}  // namespace stadtmesh::buergerbus

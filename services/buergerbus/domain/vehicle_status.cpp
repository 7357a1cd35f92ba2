#include "buergerbus/domain/vehicle_status.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/spans.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kRemembered = absl::Hours(7 * 24);

absl::Status CheckSpan(const TimeWindow& span, absl::Time now) {
  if (span.end <= span.begin) return InvalidField("span.end", FieldReason::kConflict, "span.begin");
  if (span.end <= now) return InvalidField("span.end", FieldReason::kInPast);
  return absl::OkStatus();
}

std::vector<TimeWindow> Remembered(std::vector<TimeWindow> spans, absl::Time now) {
  std::erase_if(spans, [&](const TimeWindow& span) { return span.end < now - kRemembered; });
  return spans;
}

std::vector<TimeWindow> With(std::vector<TimeWindow> spans, const TimeWindow& span) {
  spans.push_back(span);
  return Joined(std::move(spans));
}

}  // namespace

absl::StatusOr<Decision<VehicleStatus>> Decide(const VehicleStatus& status,
                                               const VehicleCommand& command, absl::Time now) {
  VehicleStatus next = status;
  if (const auto* out = std::get_if<TakeOut>(&command)) {
    RETURN_IF_ERROR(CheckSpan(out->span, now));
    next.outages = Remembered(With(status.outages, out->span), now);
    if (next == status) return Decision<VehicleStatus>{status, {}};
    return Decision<VehicleStatus>{std::move(next), {VehicleTakenOut{status.vehicle, out->span}}};
  }
  const absl::Time from = std::get<PutBack>(command).from;
  next.outages = Remembered(EndedAt(status.outages, from), now);
  if (next.outages == Remembered(status.outages, now)) return Refuse(Reason::kVehicleNotOut);
  return Decision<VehicleStatus>{std::move(next), {VehicleReturned{status.vehicle, from}}};
}

bool IsOut(const VehicleStatus& status, absl::Time time) {
  return std::any_of(status.outages.begin(), status.outages.end(),
                     [&](const TimeWindow& span) { return span.begin <= time && time < span.end; });
}

absl::StatusOr<Decision<StopStatus>> Decide(const StopStatus& status, const StopCommand& command,
                                            absl::Time now) {
  StopStatus next = status;
  if (const auto* block = std::get_if<BlockStop>(&command)) {
    RETURN_IF_ERROR(CheckSpan(block->span, now));
    next.blocked = Remembered(With(status.blocked, block->span), now);
    if (next == status) return Decision<StopStatus>{status, {}};
    return Decision<StopStatus>{std::move(next), {StopBlocked{status.stop, block->span}}};
  }
  const absl::Time from = std::get<ReopenStop>(command).from;
  next.blocked = Remembered(EndedAt(status.blocked, from), now);
  if (next.blocked == Remembered(status.blocked, now)) return Refuse(Reason::kStopNotBlocked);
  return Decision<StopStatus>{std::move(next), {StopReopened{status.stop, from}}};
}

std::vector<StopBlock> BlocksOf(const StopStatus& status) {
  std::vector<StopBlock> blocks;
  for (const TimeWindow& span : status.blocked) blocks.push_back({status.stop, span});
  return blocks;
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/vehicle_status.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

absl::Status CheckSpan(const TimeWindow& span, absl::Time now) {
  if (span.end <= span.begin) return InvalidField("span.end", FieldReason::kConflict, "span.begin");
  if (span.end <= now) return InvalidField("span.end", FieldReason::kInPast);
  return absl::OkStatus();
}

// Joins overlapping and touching spans; forgets those that ended more than a week ago.
std::vector<TimeWindow> Tidy(std::vector<TimeWindow> spans, absl::Time now) {
  std::sort(spans.begin(), spans.end(),
            [](const TimeWindow& a, const TimeWindow& b) { return a.begin < b.begin; });
  std::vector<TimeWindow> tidy;
  for (const TimeWindow& span : spans) {
    if (span.end < now - absl::Hours(7 * 24)) continue;
    if (!tidy.empty() && span.begin <= tidy.back().end) {
      tidy.back().end = std::max(tidy.back().end, span.end);
    } else {
      tidy.push_back(span);
    }
  }
  return tidy;
}

std::vector<TimeWindow> Without(const std::vector<TimeWindow>& spans, absl::Time from) {
  std::vector<TimeWindow> left;
  for (TimeWindow span : spans) {
    span.end = std::min(span.end, from);
    if (span.begin < span.end) left.push_back(span);
  }
  return left;
}

}  // namespace

absl::StatusOr<Decision<VehicleStatus>> Decide(const VehicleStatus& status,
                                               const VehicleCommand& command, absl::Time now) {
  VehicleStatus next = status;
  if (const auto* out = std::get_if<TakeOut>(&command)) {
    RETURN_IF_ERROR(CheckSpan(out->span, now));
    next.outages.push_back(out->span);
    next.outages = Tidy(std::move(next.outages), now);
    if (next == status) return Decision<VehicleStatus>{status, {}};
    return Decision<VehicleStatus>{std::move(next), {VehicleTakenOut{status.vehicle, out->span}}};
  }
  const absl::Time from = std::get<PutBack>(command).from;
  next.outages = Tidy(Without(status.outages, from), now);
  if (next.outages == Tidy(status.outages, now)) return Refuse(Reason::kVehicleNotOut);
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
    next.blocked.push_back(block->span);
    next.blocked = Tidy(std::move(next.blocked), now);
    if (next == status) return Decision<StopStatus>{status, {}};
    return Decision<StopStatus>{std::move(next), {StopBlocked{status.stop, block->span}}};
  }
  const absl::Time from = std::get<ReopenStop>(command).from;
  next.blocked = Tidy(Without(status.blocked, from), now);
  if (next.blocked == Tidy(status.blocked, now)) return Refuse(Reason::kStopNotBlocked);
  return Decision<StopStatus>{std::move(next), {StopReopened{status.stop, from}}};
}

std::vector<StopBlock> BlocksOf(const StopStatus& status) {
  std::vector<StopBlock> blocks;
  for (const TimeWindow& span : status.blocked) blocks.push_back({status.stop, span});
  return blocks;
}

}  // namespace stadtmesh::buergerbus

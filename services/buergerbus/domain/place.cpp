#include "buergerbus/domain/place.h"

#include <algorithm>

namespace stadtmesh::buergerbus {

bool Approval::HoldsOn(absl::CivilDay day) const {
  return granted && (!valid_from || *valid_from <= day) && (!valid_until || day <= *valid_until);
}

bool IsBlocked(const std::vector<StopBlock>& blocks, const StopId& stop, const TimeWindow& when) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const StopBlock& block) {
    return block.stop == stop && block.span.begin <= when.end && when.begin < block.span.end;
  });
}

bool IsAboutAPlace(Reason reason) {
  return reason == Reason::kStopBlocked || reason == Reason::kStopNotApproved ||
         reason == Reason::kDoorNotApproved || reason == Reason::kStopUnknown ||
         reason == Reason::kNotReachable;
}

}  // namespace stadtmesh::buergerbus

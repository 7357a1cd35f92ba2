#include "buergerbus/domain/promise.h"

#include <algorithm>

namespace stadtmesh::buergerbus {

absl::Duration RideTimeRule::Longest(absl::Duration direct) const {
  return std::max(direct, absl::Ceil(direct * factor + constant, absl::Seconds(1)));
}

absl::Duration PickupLateness(const Promise& promise, absl::Time boarding_began) {
  return std::max(absl::ZeroDuration(), boarding_began - promise.pickup.end);
}

absl::Duration ArrivalLateness(const Promise& promise, absl::Time arrived) {
  return std::max(absl::ZeroDuration(), arrived - promise.latest_arrival);
}

}  // namespace stadtmesh::buergerbus

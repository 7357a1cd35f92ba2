// The last gate before a plan counts: judges it by its own times, independently of the planner.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// OK, or
//   kPlanOutdated   made for another revision, or it moves what is frozen, or lets a frozen pick-up
//                   begin later
//   kVehicleOut     visits after the vehicle was taken out
//   kPromiseBroken  (metadata "what", "ride") a ride lost, doubled or changed; boarding outside the
//                   promised window, a late arrival, too long a ride, a load without a layout, a
//                   break missed or taken with riders, work outside the shift, or less time between
//                   two visits than the plan's own drive
// Where driving has already made a visit late (ToleratedTimes of the tour as it is), a plan may be
// as late, never later: lateness is counted when it is driven, and never gives room.
absl::Status CheckPlan(const Tour& tour, const TourPlan& plan, const std::vector<RideId>& removed,
                       absl::Duration freeze, absl::Time now);

}  // namespace stadtmesh::buergerbus

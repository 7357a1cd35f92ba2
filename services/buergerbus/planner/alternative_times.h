// At which times to look when a wish finds no place.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/planner/planner.h"

namespace stadtmesh::buergerbus {

// Grid points count from midnight in Berlin, which is whole minutes from the epoch.
inline absl::Time RoundUp(absl::Time time, absl::Duration grid) {
  const absl::Duration since = time - absl::UnixEpoch();
  return absl::UnixEpoch() + absl::Ceil(since, grid);
}
inline absl::Time RoundDown(absl::Time time, absl::Duration grid) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), grid);
}

// Around the wish in growing distance, then when the service next opens, then about the same time
// on its day and on the others, the nearest first. Where the other way of the booking stands in the
// way, what it leaves free counts as wished.
std::vector<absl::Time> AlternativeTimes(const Settings& settings,
                                         const std::vector<const PlanningDay*>& days,
                                         const TripRequest& request, absl::Time wish,
                                         absl::Time now);

}  // namespace stadtmesh::buergerbus

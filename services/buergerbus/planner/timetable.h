// When each stop of a route is served: as early as the promises allow, so that riders on board
// never wait for nothing.
#pragma once

#include <vector>

#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::buergerbus {

// The times of the stops after the driven ones, in order; `as_of_check` (dispatch::Check's
// schedule, which starts as late as it can) where no early schedule keeps all ride times. Early:
// everything at its earliest, then pick-ups are delayed by what their ride is too long, until none
// is (each delay moves later stops by at most as much, so this ends).
std::vector<dispatch::StopTimes> EarlyTimes(const dispatch::Problem& problem, int vehicle,
                                            const dispatch::Route& route,
                                            const std::vector<dispatch::StopTimes>& as_of_check);

}  // namespace stadtmesh::buergerbus

// A second opinion on plans, for the tests of `Check`: the definition of feasibility, written down
// without any regard for speed or for how `Check` goes about it. Windows, rides, breaks and the
// tour's length are a system of lower limits, raised until nothing gives.
#pragma once

#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

bool IsFeasible(const Problem& problem, const Plan& plan);

}  // namespace stadtmesh::dispatch

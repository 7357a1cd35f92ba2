// Driving gets late. Promises that can no longer be kept must not make everything else impossible.
#pragma once

#include <vector>

#include "dispatch/check.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

// Writes into `problem` how late what `plan` is late for may become at most: exactly as late as it is in the plan's own schedule, in which
// every late visit begins as early as it still can. Afterwards the plan passes Check where only the clock stood against it (windows,
// promises, ride times, breaks, the shift's end, the tour's length); Insert, Solve and Improve go on with such routes, nobody already
// late gets later, and nobody else gets late. What is tolerated already is never narrowed: start from the true limits each time.
// Returns what was beyond the limits, by the true limits (as CheckReport::tolerated): the promises that driving has broken.
// `plan` must be well-formed.
std::vector<Violation> TolerateLateness(Problem& problem, const Plan& plan);

}  // namespace stadtmesh::dispatch

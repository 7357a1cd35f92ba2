// Driving gets late. Promises that can no longer be kept must not make everything else impossible.
#pragma once

#include <vector>

#include "dispatch/check.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

// Writes into `problem` how late what `plan` is late for may become at most: exactly as late as it
// is in the plan's own schedule, in which every late visit begins as early as it still can.
// Afterwards the plan passes Check where only the clock stood against it (windows, promises, ride
// times, breaks, the shift's end, the tour's length); Insert, Solve and Improve go on with such
// routes, nobody already late gets later, and nobody else gets late. What is tolerated already is
// never narrowed: start from the true limits each time. Returns what was beyond the limits, by the
// true limits (as CheckReport::tolerated): the promises that driving has broken. `plan` must be
// well-formed.
std::vector<Violation> TolerateLateness(Problem& problem, const Plan& plan);

// Until when a vehicle may wait at stop `stop` of its `route`, which is not driven yet: the latest
// instant at which it may leave there so that everything behind it, in this order, keeps its true
// limits (windows, promises, ride times, breaks, the end of the shift, the length of the tour;
// nothing tolerated). What lies before it happens as `schedule` says. Limits of the request that is
// served there do not count: whoever is waited for cannot hurry the others. kNever where some limit
// behind it is lost already, whenever the vehicle leaves.
//
// The greatest solution of the simple temporal network behind the stop (Dechter, Meiri, Pearl,
// Artificial Intelligence 49, 1991), by relaxation from the end of the tour: O(stops), times the
// length of the longest chain of rides that pull each other. Exact, but where travel times of the
// hour leave a ride no time to spare and the relaxation does not end: then as `schedule` says.
Ticks LeaveBy(const Problem& problem, int vehicle, const Route& route,
              const RouteSchedule& schedule, int stop);

}  // namespace stadtmesh::dispatch

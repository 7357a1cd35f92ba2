// Between the caller's plans and the planner's nodes.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "dispatch/internal/place_finder.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch::internal {

// The stops of `route` that are not driven yet.
std::vector<NodeId> NodesOf(const Compiled& problem, int vehicle, const Route& route);

Stop StopOf(const Compiled& problem, NodeId id);

// The stops of `route` (start and end left out) with `wanted` at `place`, and with the breaks
// arranged for it.
std::vector<NodeId> StopsWith(const Compiled& problem, const RouteState& route,
                              const CompiledRequest& wanted, const Placement& place,
                              Workspace& work);

// The schedule of driven stops followed by `stops`, as Check makes it. Visits of the request that
// `wanted` names are its own.
RouteSchedule ScheduleOf(const Compiled& problem, int vehicle, absl::Span<const NodeId> stops,
                         const CompiledRequest& wanted, Workspace& work);

}  // namespace stadtmesh::dispatch::internal

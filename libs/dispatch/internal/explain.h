// Why a request finds no place: each limit is loosened alone, and the nearest miss is reported.
#pragma once

#include <vector>

#include "dispatch/insert.h"
#include "dispatch/internal/route_state.h"

namespace stadtmesh::dispatch::internal {

// The refusals of `wanted`, which has a place nowhere on `vehicles` (indices into `routes`). When no single limit of the request is in the
// way it is the vehicles' time: kShift, without an amount.
std::vector<Refusal> Explain(const Compiled& problem, const std::vector<RouteState>& routes,
                             const CompiledRequest& wanted, const std::vector<int>& vehicles,
                             Workspace& work);

}  // namespace stadtmesh::dispatch::internal

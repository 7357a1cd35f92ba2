// Why a request finds no place: each limit is loosened alone, and the nearest miss is reported.
#pragma once

#include <vector>

#include "dispatch/insert.h"
#include "dispatch/internal/route_state.h"

namespace stadtmesh::dispatch::internal {

// The refusals of `wanted`, which has a place nowhere on `vehicles` (indices into `routes`): each
// limit of the request or of a vehicle that makes room when it alone is loosened (by up to four
// hours). When none does it takes several: then a set of limits that makes room together, none of
// which could be spared. Never empty; kUnreachable where all of that does not help, kShift without
// any vehicle.
std::vector<Refusal> Explain(const Compiled& problem, const std::vector<RouteState>& routes,
                             const CompiledRequest& wanted, const std::vector<int>& vehicles,
                             Workspace& work);

}  // namespace stadtmesh::dispatch::internal

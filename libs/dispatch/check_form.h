// The first half of `Check`: is it a plan at all? Internal to check.cpp.
#pragma once

#include <vector>

#include "dispatch/check.h"

namespace stadtmesh::dispatch::internal {

// Unknown indices, stops twice, drop-off before pick-up, half a request, driven or locked stops
// that are missing, breaks missing or in disorder, mandatory requests unserved. When a kForm
// violation is among them the plan cannot be timed.
std::vector<Violation> CheckForm(const Problem& problem, const Plan& plan);

}  // namespace stadtmesh::dispatch::internal

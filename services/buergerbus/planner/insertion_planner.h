// The first planner: insertion with an exact check (libs/dispatch).
#pragma once

#include <memory>

#include "buergerbus/planner/planner.h"
#include "buergerbus/planner/travel_oracle.h"

namespace stadtmesh::buergerbus {

// `oracle` must outlive the planner.
std::unique_ptr<Planner> MakeInsertionPlanner(const TravelOracle* oracle);

}  // namespace stadtmesh::buergerbus

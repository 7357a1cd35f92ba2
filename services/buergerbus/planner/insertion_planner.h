// Insertion with an exact check, and a deeper search where there is time for one (libs/dispatch).
#pragma once

#include <memory>

#include "buergerbus/planner/planner.h"
#include "buergerbus/planner/travel_oracle.h"

namespace stadtmesh::buergerbus {

// `oracle` must outlive the planner.
std::unique_ptr<Planner> MakeInsertionPlanner(const TravelOracle* oracle);

}  // namespace stadtmesh::buergerbus

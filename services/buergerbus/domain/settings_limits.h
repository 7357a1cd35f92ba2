// How much a town's settings may hold: for their rules and for who reads them from outside.
#pragma once

#include <cstddef>

namespace stadtmesh::buergerbus {

inline constexpr size_t kLongestName = 100, kLongestPlate = 20;  // characters
inline constexpr size_t kLongestId = 32;                         // bytes
inline constexpr size_t kMostCorners = 5000, kMostStops = 2000, kMostHoursRules = 50;
inline constexpr size_t kMostVehicles = 200, kMostLayouts = 8, kMostShifts = 1000, kMostFares = 50;

}  // namespace stadtmesh::buergerbus

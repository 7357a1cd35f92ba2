// The service area as a town may draw it, and how far from it something lies. Pure.
#pragma once

#include "base/geo.h"

namespace stadtmesh::buergerbus {

// No bus of a town drives further: the area is at most so large in each direction.
inline constexpr double kWidestAreaMetres = 100'000;

// Three different corners at least that are not in one line, no two sides that cross, and not wider
// than kWidestAreaMetres. Its corners are valid.
bool IsSound(const Polygon& area);

// To the nearest point of the area in metres; 0 inside. Infinite for an empty area.
double MetresFrom(const Polygon& area, const LatLon& point);

}  // namespace stadtmesh::buergerbus

// How what is stored stops naming somebody. What is left serves the statistics: stops, times,
// numbers, lateness.
#pragma once

#include "absl/status/status.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// The ride forgets who travelled and from and to which doors; the contact beside it and the calls
// about it vanish.
absl::Status ForgetRide(UnitOfWork& unit, Stored<Ride>& ride);

// Doors of the ride in the planning copy of its tour become the nearest stop: near enough for
// planning on, far enough from anybody's home.
void ForgetDoors(const Settings& settings, const RideId& ride, Tour& tour);

}  // namespace stadtmesh::buergerbus

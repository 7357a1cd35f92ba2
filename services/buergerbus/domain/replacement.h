// Where riders can be sent when their stop is closed.
#pragma once

#include <vector>

#include "absl/time/civil_time.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// The ride as planning sees it.
Assignment AssignmentOf(const Ride& ride, const BookingRules& rules);

// False where the ride's promise names a stop that is closed at its time or no longer there.
bool StopsServe(const Settings& settings, const std::vector<StopBlock>& blocks, const Ride& ride);

// The ride's trip from and to stops that are open: itself where they are, else with the nearest
// open stops in walking distance (step-free for wheelchairs), the shortest walk first; at most
// four. Empty: there is none.
std::vector<Trip> OpenTrips(const Settings& settings, const std::vector<StopBlock>& blocks,
                            const Ride& ride, absl::CivilDay service_day);

}  // namespace stadtmesh::buergerbus

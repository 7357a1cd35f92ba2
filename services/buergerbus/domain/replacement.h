// Where riders can be sent when their stop is closed.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// The ride as planning sees it.
Assignment AssignmentOf(const Ride& ride, const BookingRules& rules);

// Whether the stop is in the settings, and approved (§ 44 PBefG) on that day.
// Whether a stop of this ride lies elsewhere by now: farther than one sees.
bool HasMovedStop(const Settings& settings, const Assignment& ride);
bool IsServed(const Settings& settings, const StopId& stop, absl::CivilDay service_day);

// Why a stop that the ride's promise names is not served: kStopUnknown, kStopNotApproved,
// kStopBlocked at its time. Nothing where both are; a door always is.
std::optional<Reason> WhyNotServed(const Settings& settings, const std::vector<StopBlock>& blocks,
                                   const Ride& ride, absl::CivilDay service_day);

// The ride's trip from and to stops that are open: itself where they are, else with the nearest
// open stops in walking distance (step-free for wheelchairs), the shortest walk first; at most
// four. Empty: there is none.
std::vector<Trip> OpenTrips(const Settings& settings, const std::vector<StopBlock>& blocks,
                            const Ride& ride, absl::CivilDay service_day);

}  // namespace stadtmesh::buergerbus

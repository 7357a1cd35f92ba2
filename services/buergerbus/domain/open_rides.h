// What one person may have booked at a time: nobody is in two buses at once, and nobody books the
// day empty. Pure.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "buergerbus/domain/ride.h"

namespace stadtmesh::buergerbus {

// A ride that is still to come or under way: held, booked, affected or on board, and its latest
// arrival (or its hold) not past.
bool IsOpen(const Ride& ride, absl::Time now);

// `wanted`: rides that are to be held or changed, as they will be; `known`: all others of the same
// person. kRidesOverlap (from the beginning of the pick-up window to the latest arrival; metadata
// "ride") and kTooManyOpenRides (metadata "most"). Rides of `wanted` may be before in `known`. An
// affected ride has no place: whoever it was promised to may look for something else.
absl::Status CheckOpenRides(const BookingRules& rules, const std::vector<Ride>& known,
                            const std::vector<Ride>& wanted, absl::Time now);

}  // namespace stadtmesh::buergerbus

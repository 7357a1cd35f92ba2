// What one person may have booked at a time, also when they book twice at the same moment.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// Refuses what CheckOpenRides refuses, over all rides of whoever books. `wanted` are of one person:
// the subject of an app, or a rider card; nothing is asked of phone bookings without a card.
// Race-free: every booking of a person writes one short-lived record of theirs, so that of two at
// the same moment one conflicts and reads the rides of the other.
absl::Status CheckPerson(UnitOfWork& unit, const Settings& settings,
                         const std::vector<Ride>& wanted);

}  // namespace stadtmesh::buergerbus

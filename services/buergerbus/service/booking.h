// One booking: the rides of an order, planned and held on the days they fall on.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/service/rides.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// The rides, held under `booking`, or nothing when the unit of work now ends as a refusal of the
// wish.
absl::StatusOr<std::vector<Stored<Ride>>> HoldRides(UnitOfWork& unit, const Settings& settings,
                                                    const Planner& planner,
                                                    const RideService::Order& order,
                                                    const BookingId& booking);

}  // namespace stadtmesh::buergerbus

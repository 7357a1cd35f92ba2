// Calls that are no longer true.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// Ticks off, in nobody's name, the open calls of a ride for this reason: there is nothing to say
// any more. True where somebody has been told already.
absl::StatusOr<bool> WithdrawCalls(UnitOfWork& unit, const RideId& ride, CallReason reason);

// A ride that had lost its place (`before`) has one again, or has ended: nobody is called about the
// loss, and who was told of it is told that a bus comes after all.
absl::Status AfterAffected(UnitOfWork& unit, RideState before, const Ride& ride);

}  // namespace stadtmesh::buergerbus

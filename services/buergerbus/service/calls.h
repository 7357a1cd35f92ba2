// The call list: who must be called, and which calls are pointless by now.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// Takes a decision over, as UnitOfWork::Save does. The calls that waited and are about what is no
// longer so are withdrawn; who was told that no bus comes is called when one does.
absl::Status SaveRide(UnitOfWork& unit, Stored<Ride>& stored, Decision<Ride> decision);

// Puts the rider on the call list, if nobody else tells them, no such call waits already and it is
// not too late for that.
absl::Status ListCall(UnitOfWork& unit, const Ride& ride, CallReason reason);

// Deletes a call: there is nothing to say any more. Nothing of it is left, so nobody seems to have
// been called.
void WithdrawCall(UnitOfWork& unit, Stored<Call>& call);

// All calls of a ride, with what this unit of work has done to them.
absl::StatusOr<std::vector<Stored<Call>>> CallsOf(UnitOfWork& unit, const RideId& ride);

// Thread-safe.
class CallService {
 public:
  explicit CallService(Core* core) : core_(core) {}

  // Whoever has told the rider. Again, by anybody: nothing changes.
  absl::StatusOr<Receipt> TickOff(const Command& command, const CallId& call);
  // The task of a call: kCallsOutlivePickup after the promised pick-up it is withdrawn.
  absl::Status Expire(const Command& command, const CallId& call);

 private:
  Core* core_;
};

inline constexpr absl::string_view kExpireCallTask = "expire-call";  // payload: the call's id

}  // namespace stadtmesh::buergerbus

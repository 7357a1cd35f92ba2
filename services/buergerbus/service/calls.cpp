#include "buergerbus/service/calls.h"

#include <utility>
#include <vector>

#include "base/status.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<bool> WithdrawCalls(UnitOfWork& unit, const RideId& ride, CallReason reason) {
  ASSIGN_OR_RETURN(
      const std::vector<store::Scored> known,
      unit.repository().List(unit.tenant(), indexes::CallsOf(ride), std::nullopt, false,
                             indexes::kMostCallsOfARide, unit.command().deadline));
  bool told = false;
  for (const store::Scored& member : known) {
    ASSIGN_OR_RETURN(Stored<Call> call, unit.Read<Call>(keys::Call(CallId(member.member))));
    if (!call.value || call.value->reason != reason) continue;
    told = told || call.value->done_at.has_value();
    if (call.value->done_at) continue;
    ASSIGN_OR_RETURN(Decision<Call> decision,
                     Decide(call.value, CallCommand(TickOff{}), unit.now()));
    unit.Save(call, std::move(decision));
  }
  return told;
}

absl::Status AfterAffected(UnitOfWork& unit, RideState before, const Ride& ride) {
  if (before != RideState::kAffected) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool told, WithdrawCalls(unit, ride.id, CallReason::kRideAffected));
  if (!told || ride.state != RideState::kBooked) return absl::OkStatus();
  return ListCall(unit, ride, CallReason::kRideMoved);
}

}  // namespace stadtmesh::buergerbus

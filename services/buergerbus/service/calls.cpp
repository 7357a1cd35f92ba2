#include "buergerbus/service/calls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

bool LostItsPlace(const Ride& ride) {
  return ride.state == RideState::kAffected && !IsAboard(ride);
}

// What the new state of a ride means for the calls about it.
absl::Status ReviewCalls(UnitOfWork& unit, const Ride& before, const Ride& after) {
  if (!NeedsCall(after.customer)) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Stored<Call>> calls, CallsOf(unit, after.id));
  std::vector<Call> told;
  for (Stored<Call>& call : calls) {
    if (call.value->done_at) {
      told.push_back(*call.value);
    } else if (!StillToBeMade(call.value->reason, before, after)) {
      WithdrawCall(unit, call);
    }
  }
  const bool comes_after_all = LostItsPlace(before) && after.state == RideState::kBooked;
  if (comes_after_all && BelievesNoBusComes(told))
    return ListCall(unit, after, CallReason::kRideMoved);
  const bool late = after.announced && after.announced != before.announced;
  return late || BelievesBusComesLate(before, after, told)
             ? ListCall(unit, after, CallReason::kRunningLate)
             : absl::OkStatus();
}

}  // namespace

absl::Status SaveRide(UnitOfWork& unit, Stored<Ride>& stored, Decision<Ride> decision) {
  const std::optional<Ride> before = stored.value;
  const bool changed = before != decision.state;
  if (changed) unit.Put(stored, std::move(decision.state));
  unit.Publish(decision.events);
  return before && changed ? ReviewCalls(unit, *before, *stored.value) : absl::OkStatus();
}

absl::Status ListCall(UnitOfWork& unit, const Ride& ride, CallReason reason) {
  const absl::Time due = ride.promise.pickup.begin, too_late = due + kCallsOutlivePickup;
  if (!NeedsCall(ride.customer) || unit.now() >= too_late) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Stored<Call>> known, CallsOf(unit, ride.id));
  for (const Stored<Call>& call : known) {
    if (!call.value->done_at && call.value->reason == reason)
      return absl::OkStatus();  // waits already
  }
  const CallId id(unit.NewId("call"));
  const AddCall add{.id = id, .ride = ride.id, .reason = reason, .due = due};
  ASSIGN_OR_RETURN(Decision<Call> decision, Decide(std::nullopt, CallCommand(add), unit.now()));
  Stored<Call> stored{.key = keys::Call(id)};
  unit.Save(stored, std::move(decision));
  unit.Later(absl::StrCat("call:", id.value()), too_late, std::string(kExpireCallTask), id.value());
  return absl::OkStatus();
}

void WithdrawCall(UnitOfWork& unit, Stored<Call>& call) {
  if (!call.value->done_at) unit.Publish({CallDone{call.value->id, call.value->ride}});
  unit.Delete(call);
}

absl::StatusOr<std::vector<Stored<Call>>> CallsOf(UnitOfWork& unit, const RideId& ride) {
  ASSIGN_OR_RETURN(const std::vector<std::string> members,
                   unit.MembersOf(indexes::CallsOf(ride), indexes::kMostCallsOfARide));
  std::vector<Stored<Call>> calls;
  for (const std::string& member : members) {
    ASSIGN_OR_RETURN(Stored<Call> call, unit.Read<Call>(keys::Call(CallId(member))));
    if (call.value) calls.push_back(std::move(call));
  }
  return calls;
}

absl::StatusOr<Receipt> CallService::TickOff(const Command& command, const CallId& id) {
  return core_->executor.Run(command, keys::Call(id), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<Call> stored, unit.Read<Call>(keys::Call(id)));
    buergerbus::TickOff tick_off{.dispatcher = command.principal.alias};
    if (stored.value) {
      ASSIGN_OR_RETURN(const Stored<Ride> ride, unit.Read<Ride>(keys::Ride(stored.value->ride)));
      if (ride.value) tick_off.announced = ride.value->announced;
    }
    ASSIGN_OR_RETURN(Decision<Call> decision, Decide(stored.value, tick_off, unit.now()));
    unit.Save(stored, std::move(decision));
    unit.receipt.id = id.value();
    return absl::OkStatus();
  });
}

absl::Status CallService::Expire(const Command& command, const CallId& id) {
  const auto expire = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<Call> call, unit.Read<Call>(keys::Call(id)));
    if (call.value && !call.value->done_at) WithdrawCall(unit, call);
    return absl::OkStatus();
  };
  return core_->executor.Run(command, keys::Call(id), expire).status();
}

}  // namespace stadtmesh::buergerbus

// Riders who must be told by a person, and who ticked them off.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/ride.h"

namespace stadtmesh::buergerbus {

enum class CallReason {
  kRideAffected,    // lost its place: agree on something else
  kRideMoved,       // another bus comes, or the ride was changed by the dispatcher
  kRideCancelled,   // by the town
  kStrandedAboard,  // sits in a vehicle that was taken out
  kRunningLate,
  kReminder,  // the ride is near
};

struct Call {
  CallId id;
  RideId ride;
  CallReason reason = CallReason::kRideAffected;
  absl::Time created_at;
  absl::Time due;  // call before this
  std::optional<absl::Time> done_at;
  std::string done_by;  // dispatcher's alias
  bool operator==(const Call&) const = default;
};

struct AddCall {
  CallId id;
  RideId ride;
  CallReason reason = CallReason::kRideAffected;
  absl::Time due;
};
struct TickOff {
  std::string dispatcher;
};  // again by anybody: nothing changes
using CallCommand = std::variant<AddCall, TickOff>;

absl::StatusOr<Decision<Call>> Decide(const std::optional<Call>& call, const CallCommand& command,
                                      absl::Time now);

// Must a person call? Riders with an app see it in their stream; riders on the phone have no other
// way.
bool NeedsCall(const Customer& customer);

}  // namespace stadtmesh::buergerbus

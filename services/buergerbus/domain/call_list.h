// Riders who must be told by a person, who told them, and which calls are pointless by now.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

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
  std::string done_by;                    // dispatcher's alias
  std::optional<absl::Time> said_pickup;  // as late as the rider was told then that the bus comes
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
  std::optional<absl::Time> announced;  // Ride::announced: what the rider has heard now
};                                      // again by anybody: nothing changes
using CallCommand = std::variant<AddCall, TickOff>;

absl::StatusOr<Decision<Call>> Decide(const std::optional<Call>& call, const CallCommand& command,
                                      absl::Time now);

// Whether a call that waits must still be made after its ride has become `after`: not about what is
// no longer so. Of all steps of all rides, this is the only place that says so.
bool StillToBeMade(CallReason reason, const Ride& before, const Ride& after);

// Whether the last that a rider was told of it is that the bus comes late, and it does not. Who
// hears of another trip hears that with it.
bool BelievesBusComesLate(const Ride& before, const Ride& after, const std::vector<Call>& calls);

// Nobody is called later than this after the promised pick-up (Call::due): they know by then.
inline constexpr absl::Duration kCallsOutlivePickup = absl::Hours(6);

// Whether the last that somebody told the rider is that no bus comes. `calls`: all of one ride.
bool BelievesNoBusComes(const std::vector<Call>& calls);

// Must a person call? Riders with an app see it in their stream; riders on the phone have no other
// way.
bool NeedsCall(const Customer& customer);

}  // namespace stadtmesh::buergerbus

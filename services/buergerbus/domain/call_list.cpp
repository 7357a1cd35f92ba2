#include "buergerbus/domain/call_list.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace stadtmesh::buergerbus {

absl::StatusOr<Decision<Call>> Decide(const std::optional<Call>& call, const CallCommand& command,
                                      absl::Time now) {
  if (const auto* add = std::get_if<AddCall>(&command)) {
    if (call) return Decision<Call>{*call, {}};  // the same id: added before
    Call made{.id = add->id,
              .ride = add->ride,
              .reason = add->reason,
              .created_at = now,
              .due = add->due};
    CallNeeded event{made.id, made.ride, made.due};
    return Decision<Call>{std::move(made), {std::move(event)}};
  }
  if (!call) return Refuse(Reason::kCallNotFound);
  if (call->done_at) return Decision<Call>{*call, {}};
  Call next = *call;
  next.done_at = now;
  next.done_by = std::get<TickOff>(command).dispatcher;
  next.said_pickup = std::get<TickOff>(command).announced;
  return Decision<Call>{next, {CallDone{next.id, next.ride}}};
}

bool StillToBeMade(CallReason reason, const Ride& before, const Ride& after) {
  const bool booked = after.state == RideState::kBooked && after.promise == before.promise;
  const bool affected = after.state == RideState::kAffected;
  switch (reason) {
    case CallReason::kRideAffected:
      return affected && !IsAboard(after);
    case CallReason::kStrandedAboard:
      return affected && IsAboard(after);
    case CallReason::kRideMoved:
    case CallReason::kReminder:
      return booked;
    case CallReason::kRunningLate:
      return booked && before.state == RideState::kBooked && (after.announced || !before.announced);
    case CallReason::kRideCancelled:
      return after.state == RideState::kCancelled;
  }
  std::abort();
}

bool BelievesBusComesLate(const Ride& before, const Ride& after, const std::vector<Call>& calls) {
  const bool in_time_again = before.announced && !after.announced;
  if (!in_time_again || after.state != RideState::kBooked || after.promise != before.promise ||
      after.trip != before.trip)
    return false;
  const Call* last = nullptr;
  for (const Call& call : calls) {
    if (call.reason != CallReason::kRunningLate || !call.done_at) continue;
    if (last == nullptr || *last->done_at <= *call.done_at) last = &call;
  }
  return last != nullptr && last->said_pickup.has_value();
}

bool BelievesNoBusComes(const std::vector<Call>& calls) {
  const Call* last = nullptr;
  for (const Call& call : calls) {
    const bool about_that =
        call.reason == CallReason::kRideAffected || call.reason == CallReason::kRideMoved;
    if (!about_that || !call.done_at || call.done_by.empty()) continue;
    if (last == nullptr || *last->done_at <= *call.done_at) last = &call;
  }
  return last != nullptr && last->reason == CallReason::kRideAffected;
}

bool NeedsCall(const Customer& customer) { return customer.channel == Channel::kPhone; }

}  // namespace stadtmesh::buergerbus

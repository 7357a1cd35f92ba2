#include "buergerbus/domain/call_list.h"

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
  return Decision<Call>{next, {CallDone{next.id, next.ride}}};
}

bool NeedsCall(const Customer& customer) { return customer.channel == Channel::kPhone; }

}  // namespace stadtmesh::buergerbus

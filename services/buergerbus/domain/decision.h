// What a decision gives: the next state, and the facts that happened. No events: nothing changed (a
// repeated command).
#pragma once

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/domain/events.h"

namespace stadtmesh::buergerbus {

template <typename State>
struct Decision {
  State state;
  std::vector<Event> events;
};

// What deciding gives: a decision, or why not.
template <typename State>
using Decided = absl::StatusOr<Decision<State>>;

// Nothing happened: what was asked for is so already.
template <typename State>
Decided<State> Unchanged(State state) {
  return Decision<State>{std::move(state), {}};
}

// Who asks. Rights are checked by the chassis and the repository; here it only selects rules (a
// dispatcher may cancel late).
enum class Actor { kCitizen, kDispatcher, kDriver, kSystem };

}  // namespace stadtmesh::buergerbus

// What a decision gives: the next state, and the facts that happened. No events: nothing changed (a
// repeated command).
#pragma once

#include <vector>

#include "buergerbus/domain/events.h"

namespace stadtmesh::buergerbus {

template <typename State>
struct Decision {
  State state;
  std::vector<Event> events;
};

// Who asks. Rights are checked by the chassis and the repository; here it only selects rules (a
// dispatcher may cancel late).
enum class Actor { kCitizen, kDispatcher, kDriver, kSystem };

}  // namespace stadtmesh::buergerbus

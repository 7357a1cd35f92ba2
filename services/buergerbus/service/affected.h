// Rides that have lost their place in a tour: another one is found, or their riders are told.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// The ride is affected, and its rider is called where no app tells them; a mere hold expires
// without a word.
absl::Status LosePlace(UnitOfWork& unit, const Settings& settings, Stored<Ride> ride, Reason reason,
                       CallReason call);

// RESOURCE_EXHAUSTED: try it in several.
inline absl::Status NotInOneTransaction() {
  return absl::ResourceExhaustedError("not in one transaction");
}

// Plans rides of `day` that are in no tour of it again, their promises unchanged: from and to their
// own stops, or to open ones in walking distance where those are closed. The receipt of the unit
// names whom another place was found for (`rides`), and whom not (`affected`).
absl::Status FindPlaces(UnitOfWork& unit, const Settings& settings, const Planner& planner,
                        Day& day, std::vector<Stored<Ride>> rides);

}  // namespace stadtmesh::buergerbus

// Where a tour stands in time: what is fixed, and when the rest will happen as far as is known now.
// Needs no travel times: the plan holds the drive to each of its visits.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

struct VisitTimes {
  absl::Time arrival;
  absl::Time begin;
  absl::Time end;
};

// One entry per visit: reported times for what is done, for the rest the plan pushed back by what
// is known: visits done late, a reported delay, and that nothing lies in the past.
std::vector<VisitTimes> ExpectedTimes(const Tour& tour, absl::Time now);

// When the vehicle can drive on from where the last visit of this shift was done (from the depot,
// when none was). Lies before `now` only when the vehicle is on its way to the next visit.
absl::Time ReadyAt(const Tour& tour, int shift, absl::Time now);

// How many visits planning may no longer move: those done, the one the vehicle is at, and the next
// one when the vehicle leaves for it within `freeze` of now.
int FrozenPrefix(const Tour& tour, absl::Duration freeze, absl::Time now);

}  // namespace stadtmesh::buergerbus

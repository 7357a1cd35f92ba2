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

// What cannot be mended any more: the same, but a visit that was planned late, because of a delay
// that may be over, need not be; and of a wait for somebody who has not come nothing counts before
// it is past: until then they may stay away, and the vehicle leaves in time.
std::vector<VisitTimes> DrivenTimes(const Tour& tour, absl::Time now);

// How late a plan may let each visit become, where that is beyond its promise: as late as it is
// already. Whoever is waited for is as late as is to be expected.
std::vector<VisitTimes> ToleratedTimes(const Tour& tour, absl::Time now);
// How long the ride between these visits is already, by both times.
absl::Duration ToleratedRide(const std::vector<VisitTimes>& tolerated,
                             const std::vector<VisitTimes>& expected, int pickup, int dropoff);

// From where the vehicle drives on, and from when.
struct Whereabouts {
  int at = -1;       // the place of this visit; of the depot, when -1
  absl::Time ready;  // not in the past
  bool on_the_way;   // `at` is not done: the vehicle stands there, or drives there and arrives then
};

// Within a shift; not before what is still to do in the shifts before it is done. Who is under way
// drives to the end of that drive: the vehicle is between two places, and of a way from there
// nothing is known. The drive counts as planned, and of a vehicle that stands at a visit nothing
// but when it arrived.
Whereabouts WhereaboutsOf(const Tour& tour, int shift, absl::Time now);

// Whether the vehicle stands at a pick-up of somebody who could have got in by now.
bool IsWaiting(const Tour& tour, absl::Time now);

// How many visits planning may no longer move: those done, the one the vehicle is at, and the next
// one when the vehicle leaves for it within `freeze` of now.
int FrozenPrefix(const Tour& tour, absl::Duration freeze, absl::Time now);

}  // namespace stadtmesh::buergerbus

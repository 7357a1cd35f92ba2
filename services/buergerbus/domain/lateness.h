// Whom to tell that the bus comes later than was promised, or in time after all.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

struct Pickup {
  RideId ride;
  absl::Time expected;
};

// The pick-ups of a tour that are expected so late, or so much otherwise than their riders were
// last told, that they should hear of it: in the order of the tour. Late by less than two minutes
// is not worth a message, nor is a change of less than five minutes, or, to the later, of less than
// half of what was said; that the bus is in time again is. Where the bus stands, people see it;
// hours later nobody waits any more.
std::vector<Pickup> NewsOfPickups(const Tour& tour, absl::Time now);

// When the next is planned for whom somebody may wait: in the past, if the bus is late.
// InfiniteFuture if there is none.
absl::Time NextPickup(const Tour& tour, absl::Time now);

}  // namespace stadtmesh::buergerbus

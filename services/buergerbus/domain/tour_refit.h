// What changed settings do to a tour that is planned already.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// The tour with the shifts of the settings. Shifts that have begun stay as they are, and with them
// the layouts; a driver who was given a shift keeps it. The rides of a shift that changed stay
// where every promise still holds, else all of that shift lose their place.
Tour Refitted(const Tour& tour, const std::vector<Load>& layouts, const std::vector<Shift>& shifts,
              absl::Duration freeze, absl::Time now);

}  // namespace stadtmesh::buergerbus

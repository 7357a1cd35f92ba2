// What changed settings do to a tour that is planned already.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// The tour with the shifts and layouts of the settings. Shifts that have begun stay as they are;
// the layouts stay as long as the new ones do not hold who is on board. A driver who was given a
// shift keeps it. The rides of a shift that changed stay where every promise still holds, else all
// of that shift lose their place; of one that has begun only those for whom there is no room any
// more.
Tour Refitted(const Tour& tour, const std::vector<Load>& layouts, const std::vector<Shift>& shifts,
              absl::Duration freeze, absl::Time now);

}  // namespace stadtmesh::buergerbus

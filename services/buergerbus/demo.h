// The settings of a made-up town, so that somebody who starts a demo can book a ride at once.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/service/services.h"
#include "routing/town_map.h"

namespace stadtmesh::buergerbus {

struct DemoStop {
  std::string name;
  LatLon location;
};

// Stops of one name within 250 m become one. The area is `area`, or what surrounds the stops when
// it is empty. Three buses, hours every day, door to door, an hour's notice. Aborts without stops.
Settings MakeDemoSettings(const std::vector<DemoStop>& stops, const Polygon& area);

// The same from an imported map: its bus stops, else its named places, to which a road leads,
// inside the municipality's boundary where there is one. It is called like the boundary, else like
// the largest place, else like the file. INVALID_ARGUMENT for a map with fewer than two.
absl::StatusOr<Settings> MakeDemoSettings(const routing::TownMap& map, absl::string_view file);

// Stores the settings of a demo tenant where there are none yet.
absl::Status SeedDemo(Services& services, const std::string& tenant, const Settings& settings,
                      absl::Time deadline);

}  // namespace stadtmesh::buergerbus

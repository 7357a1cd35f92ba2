// An OpenStreetMap extract, ready for planning and searching.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "config/reader.h"
#include "routing/town_map.h"
#include "routing/travel_times.h"
#include "search/geocoder.h"

namespace stadtmesh::wiring {

struct ImportedMap {
  routing::TownMap town;
  std::shared_ptr<const routing::TravelTimes> travel_times;
  // without the map's stops: a service has its own
  std::unique_ptr<const search::Geocoder> addresses;
};

// INVALID_ARGUMENT saying what is wrong with the file. Some tenths of a second for a town.
absl::StatusOr<ImportedMap> ImportMap(const std::string& path);

// The map of a file that `setting` names, as its getter returned it. Errors are noted in the
// reader; then, and after an error of the getter, it is empty.
ImportedMap ReadMap(config::Reader& reader, absl::string_view setting, const std::string& path);

}  // namespace stadtmesh::wiring

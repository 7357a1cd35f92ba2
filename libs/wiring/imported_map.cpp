#include "wiring/imported_map.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "routing/osm_import.h"
#include "search/town_entries.h"

namespace stadtmesh::wiring {

absl::StatusOr<ImportedMap> ImportMap(const std::string& path) {
  // Buses are line traffic under the Passenger Transport Act: bus lanes and gates are theirs.
  absl::StatusOr<routing::TownMap> town =
      routing::ImportOsm(path, {.public_service_vehicle = true});
  if (!town.ok()) return absl::InvalidArgumentError(town.status().message());
  ImportedMap map;
  map.town = *std::move(town);
  ASSIGN_OR_RETURN(map.travel_times, routing::TravelTimes::Create(
                                         map.town.roads, routing::SpeedProfile::WorkingDay()));
  map.addresses = search::Geocoder::Build(search::EntriesOf(map.town, /*with_stops=*/false));
  return map;
}

ImportedMap ReadMap(config::Reader& reader, absl::string_view setting, const std::string& path) {
  if (path.empty()) return {};
  absl::StatusOr<ImportedMap> map = ImportMap(path);
  if (map.ok()) return *std::move(map);
  reader.Refuse(
      setting, path,
      absl::StrCat("an OpenStreetMap extract of the area (", map.status().message(), ")"));
  return {};
}

}  // namespace stadtmesh::wiring

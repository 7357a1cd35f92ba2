#include "routing/osm_import.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "routing/osm_features.h"
#include "routing/osm_file.h"
#include "routing/osm_roads.h"

namespace stadtmesh::routing {

absl::StatusOr<TownMap> ImportOsm(const std::string& path, const ImportOptions& options) {
  ASSIGN_OR_RETURN(OsmFile file, ReadOsmFile(path, options));
  TownMap map;
  map.report = file.report;
  absl::StatusOr<std::shared_ptr<const RoadGraph>> roads = BuildRoads(file, options, map.report);
  if (!roads.ok()) {
    return absl::Status(roads.status().code(), absl::StrCat(path, ": ", roads.status().message()));
  }
  map.roads = *std::move(roads);
  CollectFeatures(file, map);
  return map;
}

}  // namespace stadtmesh::routing

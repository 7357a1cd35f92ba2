// Roads, turn restrictions and driving times of an OpenStreetMap file -> a road graph. Internal to
// the import; pure.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "routing/osm_file.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

// INVALID_ARGUMENT when the file holds no connected road. Counts into `report`.
absl::StatusOr<std::shared_ptr<const RoadGraph>> BuildRoads(const OsmFile& file,
                                                            const ImportOptions& options,
                                                            ImportReport& report);

}  // namespace stadtmesh::routing

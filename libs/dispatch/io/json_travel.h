// "travel" of the own format.
#pragma once

#include <memory>

#include "dispatch/io/json_value.h"
#include "dispatch/travel.h"

namespace stadtmesh::dispatch::io {

// {"seconds": [[..], ..]}, {"slices": [matrix, ..], "slice_seconds": s}, or {"points": [[x, y],
// ..], "speed": units per second}. A null entry of a matrix means that no way leads there.
absl::StatusOr<std::unique_ptr<TravelTimes>> ReadTravel(Json value, absl::string_view path);

}  // namespace stadtmesh::dispatch::io

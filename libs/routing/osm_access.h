// Who may drive on a way or through a node, by its access tags, barriers and sizes. Internal to the
// import; pure.
#pragma once

#include "absl/strings/string_view.h"
#include "routing/osm_tags.h"

namespace stadtmesh::routing {

// The value of the most specific access tag; `suffix` as in "bus:backward". A condition that may
// close the road by day closes it; one that opens it at times does not open it.
absl::string_view Access(TagLookup tags, bool public_service_vehicle,
                         absl::string_view suffix = "");
// One of several values ("agricultural;destination") is enough.
bool Grants(absl::string_view access);
// The bus is not too high, wide, long or heavy.
bool Fits(TagLookup tags);
// Pedestrian zones, tracks and busways are closed unless a tag opens them (or, for tracks, they are
// paved and nothing is said); all other roads are open unless a tag closes them.
bool IsOpen(absl::string_view highway, TagLookup tags, bool public_service_vehicle);

}  // namespace stadtmesh::routing

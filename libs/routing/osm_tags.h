// What OpenStreetMap's tags of a way say about driving on it, by German rules. Pure.
#pragma once

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "routing/road_class.h"

namespace stadtmesh::routing {

// The value of a tag, or "" when the way has none of that key.
using TagLookup = absl::FunctionRef<absl::string_view(absl::string_view key)>;

// A legal limit: km/h, and whether its form tells that the road is inside or outside a town.
struct SpeedLimit {
  std::optional<double> kmh;
  std::optional<bool> urban;
  bool operator==(const SpeedLimit&) const = default;
};

// maxspeed values: "50", "30 mph", "walk", "none", "DE:urban", "DE:rural", "DE:zone:30",
// "DE:living_street", ... Nothing is known of other values.
SpeedLimit ParseSpeedLimit(absl::string_view value);

struct RoadTags {
  RoadClass road_class = RoadClass::kUnclassified;
  bool link = false;
  bool forward = true;  // may be driven in the way's direction
  bool backward = true;
  bool rough = false;  // unpaved
  SpeedLimit forward_limit;
  SpeedLimit backward_limit;
};

// Nothing when the way is no road, a ferry, or a minibus may not drive on it or does not fit.
// `public_service_vehicle`: what is open to buses counts as open, and so do the directions.
// Conditional tags: osm_conditions.h.
std::optional<RoadTags> ParseRoad(TagLookup tags, bool public_service_vehicle);

// The speed in km/h a minibus makes good on the road at free flow, stops at junctions included: the
// class's usual speed (a table in osm_tags.cpp), but at most nine tenths of the limit. `built_up`
// decides where the tags do not.
double FreeFlowKmh(const RoadTags& road, bool forward, bool built_up);

// True when a node with these tags (a bollard, a locked gate, a height bar) cannot be driven
// through.
bool BlocksRoad(TagLookup tags, bool public_service_vehicle);

// Whether a turn restriction with these tags concerns us; `kind` is then e.g. "no_left_turn".
absl::string_view RestrictionKind(TagLookup tags, bool public_service_vehicle);

}  // namespace stadtmesh::routing

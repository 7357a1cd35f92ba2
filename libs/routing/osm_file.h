// The part of an OpenStreetMap file that concerns us, as plain values, before anything is joined.
// Internal to the import.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "routing/osm_import.h"
#include "routing/osm_tags.h"
#include "routing/town_map.h"

namespace stadtmesh::routing {

using OsmId = int64_t;

struct OsmNode {
  OsmId id = 0;
  FixedPoint location;
};

struct OsmRoad {
  OsmId id = 0;
  std::vector<OsmId> nodes;
  RoadTags tags;
  std::string name;
};

struct OsmRestriction {
  std::vector<OsmId> from;
  std::vector<OsmId> to;
  OsmId via = 0;                // a node; not with via_ways
  std::vector<OsmId> via_ways;  // in the order of driving, or its reverse
  std::string kind;             // no_... or only_...
};

// A node or a way (a building, an area) with an address, a name or both.
struct OsmFeature {
  OsmId id = 0;
  std::vector<OsmId> nodes;  // of a way; empty for a node, which has a location
  FixedPoint location;
  Address address;  // house_number empty: none
  std::string name;
  std::string category;  // empty: not a named place
  bool stop = false;
  std::string interpolation;  // addr:interpolation of a way
};

struct OsmBoundary {
  std::string name;
  int admin_level = 0;
  std::vector<OsmId> outer;  // ways
};

struct OsmFile {
  std::vector<OsmNode> nodes;  // sorted by id
  std::vector<OsmRoad> roads;
  std::vector<OsmRestriction> restrictions;
  absl::flat_hash_set<OsmId> blocked_nodes;
  std::vector<OsmFeature> features;
  std::vector<OsmBoundary> boundaries;
  absl::flat_hash_map<OsmId, std::vector<OsmId>> boundary_ways;
  std::vector<std::vector<OsmId>> built_up;  // rings of residential, commercial, ... land
  std::vector<OsmId> houses;                 // a node of each building
  ImportReport report;

  // nullptr when the file lacks the node.
  const FixedPoint* Find(OsmId id) const;
};

// Errors as ImportOsm.
absl::StatusOr<OsmFile> ReadOsmFile(const std::string& path, const ImportOptions& options);

}  // namespace stadtmesh::routing

// Turn restrictions of OpenStreetMap, at a node or over ways, as rules of a road graph. Internal to
// the import.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "routing/osm_file.h"
#include "routing/road_graph_builder.h"

namespace stadtmesh::routing {

// One thread.
class RestrictionRules {
 public:
  // A stretch of a road between two junctions.
  struct Segment {
    uint32_t number;
    OsmId first;
    OsmId last;
  };

  // `builder` outlives this.
  explicit RestrictionRules(RoadGraphBuilder& builder) : builder_(builder) {}
  // The segments of a road in their order, before the first restriction.
  void AddSegment(OsmId road, const Segment& segment) { segments_[road].push_back(segment); }
  // False when it does not fit the roads.
  bool Apply(const OsmRestriction& restriction);

 private:
  using Direction = RoadGraphBuilder::Direction;

  std::vector<Direction> At(OsmId road, OsmId via, bool arriving) const;
  bool ApplyAtNode(const OsmRestriction& restriction);
  bool ApplyOverWays(const OsmRestriction& restriction);
  bool ApplyAlong(const OsmRestriction& restriction, const std::vector<OsmId>& ways,
                  bool first_forward);
  std::optional<std::pair<OsmId, OsmId>> Along(const std::vector<OsmId>& ways, bool first_forward,
                                               std::vector<Direction>& along) const;

  RoadGraphBuilder& builder_;
  absl::flat_hash_map<OsmId, std::vector<Segment>> segments_;
};

}  // namespace stadtmesh::routing

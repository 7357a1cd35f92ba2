#include "routing/osm_roads.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "routing/built_up.h"
#include "routing/osm_restrictions.h"
#include "routing/road_graph_builder.h"

namespace stadtmesh::routing {
namespace {

BuiltUpAreas FindBuiltUpAreas(const OsmFile& file) {
  BuiltUpAreas built_up;
  for (const std::vector<OsmId>& nodes : file.built_up) {
    std::vector<LatLon> ring;
    for (const OsmId id : nodes) {
      if (const FixedPoint* point = file.Find(id)) ring.push_back(ToLatLon(*point));
    }
    built_up.AddArea(ring);
  }
  for (const OsmId id : file.houses) {
    if (const FixedPoint* point = file.Find(id)) built_up.AddHouse(*point);
  }
  for (const OsmFeature& feature : file.features) {
    // Addresses of buildings were counted with the buildings.
    if (feature.nodes.empty() && !feature.address.house_number.empty())
      built_up.AddHouse(feature.location);
  }
  return built_up;
}

class RoadBuilder {
 public:
  RoadBuilder(const OsmFile& file, const ImportOptions& options, ImportReport& report)
      : file_(file),
        report_(report),
        built_up_(FindBuiltUpAreas(file)),
        builder_(options.turn_costs) {}

  absl::StatusOr<std::shared_ptr<const RoadGraph>> Build() {
    for (const OsmRoad& road : file_.roads) {
      for (const OsmId id : road.nodes) ++uses_[id];
    }
    for (const OsmRoad& road : file_.roads) AddRoad(road);
    for (const OsmRestriction& restriction : file_.restrictions) {
      ++(restrictions_.Apply(restriction) ? report_.restrictions_used
                                          : report_.restrictions_ignored);
    }
    std::vector<EdgeIndex> kept;
    auto graph = builder_.Build(&kept);
    report_.road_segments = static_cast<int64_t>(kept.size());
    report_.segments_disconnected = std::count(kept.begin(), kept.end(), RoadGraphBuilder::kNoEdge);
    return graph;
  }

 private:
  struct Stretch {  // of a road between two junctions
    std::vector<OsmId> ids;
    std::vector<FixedPoint> points;
  };
  void AddRoad(const OsmRoad& road) {
    Stretch stretch;
    for (size_t i = 0; i < road.nodes.size(); ++i) {
      const OsmId id = road.nodes[i];
      const FixedPoint* point = file_.Find(id);
      if (point == nullptr) {  // the extract's border cuts the road
        ++report_.missing_nodes;
        AddStretch(road, stretch);
        stretch = {};
        continue;
      }
      stretch.ids.push_back(id);
      stretch.points.push_back(*point);
      if (stretch.ids.size() > 1 && (uses_[id] > 1 || file_.blocked_nodes.contains(id))) {
        AddStretch(road, stretch);
        stretch = {{id}, {*point}};
      }
    }
    AddStretch(road, stretch);
  }

  void AddStretch(const OsmRoad& road, const Stretch& stretch) {
    if (stretch.ids.size() < 2) return;
    double forward = 0, backward = 0;  // milliseconds
    for (size_t i = 1; i < stretch.points.size(); ++i) {
      const FixedPoint& a = stretch.points[i - 1];
      const FixedPoint& b = stretch.points[i];
      const double metres = DistanceMetres(ToLatLon(a), ToLatLon(b));
      const bool town =
          built_up_.Contains({static_cast<int32_t>((int64_t{a.latitude} + b.latitude) / 2),
                              static_cast<int32_t>((int64_t{a.longitude} + b.longitude) / 2)});
      forward += metres * 3600 / FreeFlowKmh(road.tags, true, town);
      backward += metres * 3600 / FreeFlowKmh(road.tags, false, town);
    }
    const uint32_t number =
        builder_.AddSegment({.first = NodeOf(stretch.ids.front(), stretch.points.front()),
                             .last = NodeOf(stretch.ids.back(), stretch.points.back()),
                             .forward = road.tags.forward ? Time(forward) : 0,
                             .backward = road.tags.backward ? Time(backward) : 0,
                             .road_class = road.tags.road_class,
                             .name = road.name,
                             .geometry = stretch.points});
    restrictions_.AddSegment(road.id, {number, stretch.ids.front(), stretch.ids.back()});
  }

  static Milliseconds Time(double milliseconds) {
    return static_cast<Milliseconds>(
        std::clamp(std::round(milliseconds), 1.0, double{kMaxArcTime}));
  }

  // A blocked node is a dead end for each road that touches it.
  NodeIndex NodeOf(OsmId id, const FixedPoint& point) {
    if (file_.blocked_nodes.contains(id)) return builder_.AddNode(ToLatLon(point));
    const auto [entry, added] = nodes_.try_emplace(id, 0);
    if (added) entry->second = builder_.AddNode(ToLatLon(point));
    return entry->second;
  }

  const OsmFile& file_;
  ImportReport& report_;
  BuiltUpAreas built_up_;
  RoadGraphBuilder builder_;
  RestrictionRules restrictions_{builder_};
  absl::flat_hash_map<OsmId, int> uses_;
  absl::flat_hash_map<OsmId, NodeIndex> nodes_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const RoadGraph>> BuildRoads(const OsmFile& file,
                                                            const ImportOptions& options,
                                                            ImportReport& report) {
  return RoadBuilder(file, options, report).Build();
}

}  // namespace stadtmesh::routing

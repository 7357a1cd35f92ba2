// The compact road graph: immutable once built, so every method is thread-safe.
//
// Nodes are junctions and ends of roads. An edge is a stretch of road between two nodes with its
// geometry; each of its directions that may be driven is an arc: arc 2e runs from edge e's first
// node to its last, arc 2e + 1 back. Turn restrictions and the price of turning round live on the
// pairs (arc in, arc out) of a junction, so routes are searched over arcs, not nodes. All arcs of a
// built graph lie in one strongly connected component: every point on it reaches every other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/geo.h"
#include "routing/road_class.h"

namespace stadtmesh::routing {

using NodeIndex = uint32_t;
using EdgeIndex = uint32_t;
using ArcIndex = uint32_t;

// Driving times inside the library are whole milliseconds; answers to callers are whole seconds,
// rounded up, so that sums of answers never promise less than the sum of the drives.
using Milliseconds = int32_t;
inline constexpr Milliseconds kMaxArcTime = 24 * 3'600'000;

// A point in units of 1e-7 degrees (about 1 cm), as OpenStreetMap stores it.
struct FixedPoint {
  int32_t latitude = 0;
  int32_t longitude = 0;
  bool operator==(const FixedPoint&) const = default;
};
FixedPoint ToFixed(const LatLon& point);
LatLon ToLatLon(const FixedPoint& point);

// A point on the road. Valid only for the graph that made it; keep the LatLon when storing, and
// snap again.
struct Snap {
  EdgeIndex edge = 0;
  uint16_t offset = 0;         // along the edge's length from its first node, in 1/65535
  LatLon location;             // the point on the road
  double distance_metres = 0;  // from the point that was asked for
};

inline constexpr EdgeIndex kNoEdge = UINT32_MAX;

struct Edge {
  NodeIndex first = 0;
  NodeIndex last = 0;
  Milliseconds forward = 0;   // free-flow driving time first -> last; 0: not allowed
  Milliseconds backward = 0;  // last -> first
  uint32_t decimetres = 0;    // length
  uint32_t geometry =
      0;              // index of the first of its points, the last is before the next edge's first
  uint32_t name = 0;  // index into names; 0 is ""
  RoadClass road_class = RoadClass::kUnclassified;
  // Doubles of an edge serve drivers whom a restriction over ways binds (via_ways.h). Nobody starts
  // on one, but who drives on it is on the edge too.
  bool doubled = false;             // is one
  EdgeIndex next_double = kNoEdge;  // of this edge, or of the same as this one; a higher number
};

// A move at a junction from the end of one arc into another.
struct Turn {
  ArcIndex to = 0;
  Milliseconds cost = 0;
};

class SnapIndex;

// The parts of a graph, as the builder makes them and the map file stores them.
struct RoadGraphData {
  std::vector<FixedPoint> nodes;
  std::vector<Edge> edges;
  std::vector<FixedPoint> geometry;  // each edge's points from first to last node, both included
  std::vector<std::string> names;    // names[0] == ""
  std::vector<uint32_t> first_turn;  // per arc, and one more: where its turns begin
  std::vector<Turn> turns;
};

class RoadGraph {
 public:
  static constexpr double kDefaultSnapMetres = 500;

  // DATA_LOSS when the parts do not fit together (the map file's last line of defence),
  // INVALID_ARGUMENT without edges.
  static absl::StatusOr<std::shared_ptr<const RoadGraph>> Create(RoadGraphData data);
  ~RoadGraph();

  size_t node_count() const { return data_.nodes.size(); }
  size_t edge_count() const { return data_.edges.size(); }
  // Arc numbers are below this; some may be impassable.
  size_t arc_count() const { return 2 * data_.edges.size(); }

  LatLon node(NodeIndex node) const { return ToLatLon(data_.nodes[node]); }
  const Edge& edge(EdgeIndex edge) const { return data_.edges[edge]; }
  absl::string_view street_name(EdgeIndex edge) const {
    return data_.names[data_.edges[edge].name];
  }
  // The edge's points from its first node to its last, both included.
  absl::Span<const FixedPoint> geometry(EdgeIndex edge) const;

  // Free-flow time; 0 when the arc may not be driven.
  Milliseconds arc_time(ArcIndex arc) const {
    const Edge& edge = data_.edges[arc / 2];
    return arc % 2 == 0 ? edge.forward : edge.backward;
  }
  NodeIndex arc_head(ArcIndex arc) const {
    const Edge& edge = data_.edges[arc / 2];
    return arc % 2 == 0 ? edge.last : edge.first;
  }
  absl::Span<const Turn> turns(ArcIndex arc) const {
    return absl::MakeSpan(data_.turns)
        .subspan(data_.first_turn[arc], data_.first_turn[arc + 1] - data_.first_turn[arc]);
  }

  // The nearest point of a road where a passenger may board (no motorways or their links).
  // INVALID_ARGUMENT for an invalid point or distance, NOT_FOUND when no road is within
  // `max_distance_metres`.
  absl::StatusOr<Snap> SnapTo(const LatLon& point,
                              double max_distance_metres = kDefaultSnapMetres) const;

  // The middle of the smallest rectangle around all nodes.
  LatLon centre() const;

  const RoadGraphData& data() const { return data_; }

 private:
  explicit RoadGraph(RoadGraphData data);
  RoadGraphData data_;
  std::unique_ptr<const SnapIndex> index_;
};

}  // namespace stadtmesh::routing

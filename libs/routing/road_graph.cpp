#include "routing/road_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "routing/snap_index.h"

namespace stadtmesh::routing {
namespace {

absl::Status Broken(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("road graph: ", what, " out of range"));
}

absl::Status CheckEdges(const RoadGraphData& data) {
  size_t geometry = 0;
  for (size_t i = 0; i < data.edges.size(); ++i) {
    const Edge& edge = data.edges[i];
    const size_t end =
        i + 1 < data.edges.size() ? data.edges[i + 1].geometry : data.geometry.size();
    if (edge.geometry != geometry || end < edge.geometry + 2 || end > data.geometry.size())
      return Broken("geometry");
    geometry = end;
    if (edge.first >= data.nodes.size() || edge.last >= data.nodes.size()) return Broken("node");
    if (edge.name >= data.names.size()) return Broken("name");
    if (std::min(edge.forward, edge.backward) < 0 ||
        std::max(edge.forward, edge.backward) > kMaxArcTime) {
      return Broken("driving time");
    }
    if (static_cast<int>(edge.road_class) >= kRoadClassCount) return Broken("road class");
    const bool last = edge.next_double == kNoEdge;
    if (!last && (edge.next_double <= i || edge.next_double >= data.edges.size()))
      return Broken("double");
  }
  return absl::OkStatus();
}

absl::Status CheckTurns(const RoadGraphData& data) {
  const size_t arcs = 2 * data.edges.size();
  if (data.first_turn.size() != arcs + 1 || data.first_turn[0] != 0 ||
      data.first_turn[arcs] != data.turns.size() ||
      !std::is_sorted(data.first_turn.begin(), data.first_turn.end())) {
    return Broken("turn list");
  }
  for (const Turn& turn : data.turns) {
    if (turn.to >= arcs || turn.cost < 0 || turn.cost > kMaxArcTime) return Broken("turn");
  }
  return absl::OkStatus();
}

}  // namespace

FixedPoint ToFixed(const LatLon& point) {
  return {static_cast<int32_t>(std::lround(point.latitude * 1e7)),
          static_cast<int32_t>(std::lround(point.longitude * 1e7))};
}

LatLon ToLatLon(const FixedPoint& point) { return {point.latitude * 1e-7, point.longitude * 1e-7}; }

RoadGraph::RoadGraph(RoadGraphData data)
    : data_(std::move(data)), index_(std::make_unique<const SnapIndex>(data_)) {}

RoadGraph::~RoadGraph() = default;

absl::StatusOr<std::shared_ptr<const RoadGraph>> RoadGraph::Create(RoadGraphData data) {
  if (data.edges.empty()) return absl::InvalidArgumentError("road graph: no roads");
  if (data.nodes.empty() || data.names.empty()) return Broken("node or name");
  RETURN_IF_ERROR(CheckEdges(data));
  RETURN_IF_ERROR(CheckTurns(data));
  return std::shared_ptr<const RoadGraph>(new RoadGraph(std::move(data)));
}

absl::Span<const FixedPoint> RoadGraph::geometry(EdgeIndex edge) const {
  const size_t begin = data_.edges[edge].geometry;
  const size_t end =
      edge + 1 < data_.edges.size() ? data_.edges[edge + 1].geometry : data_.geometry.size();
  return absl::MakeSpan(data_.geometry).subspan(begin, end - begin);
}

absl::StatusOr<Snap> RoadGraph::SnapTo(const LatLon& point, double max_distance_metres) const {
  if (!IsValid(point))
    return InvalidField("location", FieldReason::kOutOfRange,
                        "latitude -90..90, longitude -180..180");
  if (!(max_distance_metres >= 0 && max_distance_metres <= 1e6)) {
    return InvalidField("max_distance_metres", FieldReason::kOutOfRange, "0..1000000");
  }
  const std::optional<Snap> snap = index_->Nearest(data_, point, max_distance_metres);
  if (!snap) return absl::NotFoundError(absl::StrCat("no road within ", max_distance_metres, " m"));
  return *snap;
}

LatLon RoadGraph::centre() const {
  FixedPoint low = data_.nodes[0], high = low;
  for (const FixedPoint& node : data_.nodes) {
    low = {std::min(low.latitude, node.latitude), std::min(low.longitude, node.longitude)};
    high = {std::max(high.latitude, node.latitude), std::max(high.longitude, node.longitude)};
  }
  return {(low.latitude * 1e-7 + high.latitude * 1e-7) / 2,
          (low.longitude * 1e-7 + high.longitude * 1e-7) / 2};
}

}  // namespace stadtmesh::routing

#include "routing/snap_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stadtmesh::routing {
namespace {

// Passengers board and alight on every road but motorways.
bool MayBoard(const Edge& edge) { return edge.road_class != RoadClass::kMotorway && !edge.doubled; }

FixedPoint Origin(const RoadGraphData& data) {
  int64_t latitude = 0, longitude = 0;
  for (const FixedPoint& node : data.nodes) {
    latitude += node.latitude;
    longitude += node.longitude;
  }
  const auto count = static_cast<int64_t>(data.nodes.size());
  return {static_cast<int32_t>(latitude / count), static_cast<int32_t>(longitude / count)};
}

size_t GeometryEnd(const RoadGraphData& data, EdgeIndex edge) {
  return edge + 1 < data.edges.size() ? data.edges[edge + 1].geometry : data.geometry.size();
}

// Where on segment a-b the point p is nearest: 0 at a, 1 at b.
double NearestFraction(const PlanePoint& a, const PlanePoint& b, const PlanePoint& p) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double square = dx * dx + dy * dy;
  if (square == 0) return 0;
  return std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0.0, 1.0);
}

}  // namespace

struct SnapIndex::Best {
  PlanePoint point;
  double distance;              // nothing farther counts
  EdgeIndex edge = UINT32_MAX;  // none yet
  uint32_t segment = 0;         // index of its first point in the geometry
  double fraction = 0;          // along the segment
};

SnapIndex::SnapIndex(const RoadGraphData& data) : projection_(Origin(data)) {
  double max_x = std::numeric_limits<double>::lowest(), max_y = max_x;
  min_x_ = min_y_ = std::numeric_limits<double>::max();
  for (const FixedPoint& fixed : data.geometry) {
    const PlanePoint point = projection_.ToPlane(fixed);
    min_x_ = std::min(min_x_, point.x);
    min_y_ = std::min(min_y_, point.y);
    max_x = std::max(max_x, point.x);
    max_y = std::max(max_y, point.y);
  }
  // Far-flung data gets larger cells through fewer of them: the grid never holds more than about
  // four cells per edge.
  cell_metres_ = kCellMetres;
  const auto limit = static_cast<double>(4 * data.edges.size() + 1024);
  while ((max_x - min_x_) / cell_metres_ * ((max_y - min_y_) / cell_metres_) > limit)
    cell_metres_ *= 2;
  columns_ = static_cast<int64_t>((max_x - min_x_) / cell_metres_) + 1;
  rows_ = static_cast<int64_t>((max_y - min_y_) / cell_metres_) + 1;
  first_.assign(static_cast<size_t>(columns_ * rows_) + 1, 0);
  for (EdgeIndex edge = 0; edge < data.edges.size(); ++edge) {
    ForEachCellOf(data, edge, [this](size_t slot) { ++first_[slot + 1]; });
  }
  for (size_t slot = 1; slot < first_.size(); ++slot) first_[slot] += first_[slot - 1];
  edges_.resize(first_.back());
  std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
  for (EdgeIndex edge = 0; edge < data.edges.size(); ++edge) {
    ForEachCellOf(data, edge, [&](size_t slot) { edges_[next[slot]++] = edge; });
  }
}

SnapIndex::Cell SnapIndex::CellOf(const PlanePoint& point) const {
  return {static_cast<int64_t>(std::floor((point.x - min_x_) / cell_metres_)),
          static_cast<int64_t>(std::floor((point.y - min_y_) / cell_metres_))};
}

// Cells of the rectangles around the edge's segments, each once.
template <typename Visit>
void SnapIndex::ForEachCellOf(const RoadGraphData& data, EdgeIndex edge, Visit visit) const {
  if (!MayBoard(data.edges[edge])) return;
  std::vector<size_t> slots;
  for (size_t i = data.edges[edge].geometry; i + 1 < GeometryEnd(data, edge); ++i) {
    const Cell a = CellOf(projection_.ToPlane(data.geometry[i]));
    const Cell b = CellOf(projection_.ToPlane(data.geometry[i + 1]));
    for (int64_t row = std::min(a.row, b.row); row <= std::max(a.row, b.row); ++row) {
      for (int64_t column = std::min(a.column, b.column); column <= std::max(a.column, b.column);
           ++column) {
        slots.push_back(Slot(column, row));
      }
    }
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  for (const size_t slot : slots) visit(slot);
}

void SnapIndex::SearchCell(const RoadGraphData& data, size_t slot, Best& best) const {
  for (uint32_t i = first_[slot]; i < first_[slot + 1]; ++i) {
    const EdgeIndex edge = edges_[i];
    for (size_t segment = data.edges[edge].geometry; segment + 1 < GeometryEnd(data, edge);
         ++segment) {
      const PlanePoint a = projection_.ToPlane(data.geometry[segment]);
      const PlanePoint b = projection_.ToPlane(data.geometry[segment + 1]);
      const double fraction = NearestFraction(a, b, best.point);
      const double distance = std::hypot(a.x + fraction * (b.x - a.x) - best.point.x,
                                         a.y + fraction * (b.y - a.y) - best.point.y);
      if (distance < best.distance || (distance == best.distance && edge < best.edge)) {
        best.distance = distance;
        best.edge = edge;
        best.segment = static_cast<uint32_t>(segment);
        best.fraction = fraction;
      }
    }
  }
}

void SnapIndex::SearchRing(const RoadGraphData& data, Cell centre, int64_t ring, Best& best) const {
  const int64_t top = centre.row - ring, bottom = centre.row + ring;
  for (int64_t row = std::max<int64_t>(top, 0); row <= std::min(bottom, rows_ - 1); ++row) {
    const bool whole_row = row == top || row == bottom;
    const int64_t step = whole_row || ring == 0 ? 1 : 2 * ring;
    for (int64_t column = centre.column - ring; column <= centre.column + ring; column += step) {
      if (column >= 0 && column < columns_) SearchCell(data, Slot(column, row), best);
    }
  }
}

std::optional<Snap> SnapIndex::Nearest(const RoadGraphData& data, const LatLon& point,
                                       double max_distance_metres) const {
  Best best{.point = projection_.ToPlane(ToFixed(point)), .distance = max_distance_metres};
  const Cell centre = CellOf(best.point);
  // No need to walk the empty rings between a far point and the grid.
  const int64_t outside = std::max({int64_t{0}, -centre.column, -centre.row,
                                    centre.column - columns_ + 1, centre.row - rows_ + 1});
  for (int64_t ring = outside; static_cast<double>(ring - 1) * cell_metres_ <= best.distance;
       ++ring) {
    if (ring > outside + columns_ + rows_) break;
    SearchRing(data, centre, ring, best);
  }
  if (best.edge == UINT32_MAX) return std::nullopt;

  const size_t begin = data.edges[best.edge].geometry;
  double total = 0, before = 0;
  for (size_t i = begin; i + 1 < GeometryEnd(data, best.edge); ++i) {
    const PlanePoint a = projection_.ToPlane(data.geometry[i]);
    const PlanePoint b = projection_.ToPlane(data.geometry[i + 1]);
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (i < best.segment) before += length;
    if (i == best.segment) before += best.fraction * length;
    total += length;
  }
  const PlanePoint a = projection_.ToPlane(data.geometry[best.segment]);
  const PlanePoint b = projection_.ToPlane(data.geometry[best.segment + 1]);
  Snap snap;
  snap.edge = best.edge;
  snap.offset = total == 0 ? 0 : static_cast<uint16_t>(std::lround(before / total * 65535));
  snap.location = ToLatLon(projection_.ToFixedPoint(
      {a.x + best.fraction * (b.x - a.x), a.y + best.fraction * (b.y - a.y)}));
  snap.distance_metres = best.distance;
  return snap;
}

}  // namespace stadtmesh::routing

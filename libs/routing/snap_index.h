// Finds the road nearest to a point: a grid of cells over all edges, searched in growing rings.
// Immutable, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "routing/projection.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

class SnapIndex {
 public:
  explicit SnapIndex(const RoadGraphData& data);
  // Of equally near edges the one with the smallest number.
  std::optional<Snap> Nearest(const RoadGraphData& data, const LatLon& point,
                              double max_distance_metres) const;

 private:
  static constexpr double kCellMetres = 200;
  struct Cell {
    int64_t column = 0;
    int64_t row = 0;
  };
  struct Best;
  Cell CellOf(const PlanePoint& point) const;
  size_t Slot(int64_t column, int64_t row) const {
    return static_cast<size_t>(row) * columns_ + column;
  }
  template <typename Visit>
  void ForEachCellOf(const RoadGraphData& data, EdgeIndex edge, Visit visit) const;
  void SearchRing(const RoadGraphData& data, Cell centre, int64_t ring, Best& best) const;
  void SearchCell(const RoadGraphData& data, size_t slot, Best& best) const;

  Projection projection_;
  double cell_metres_ = kCellMetres;
  double min_x_ = 0, min_y_ = 0;
  int64_t columns_ = 0, rows_ = 0;
  std::vector<uint32_t> first_;  // per cell, and one more
  std::vector<EdgeIndex> edges_;
};

}  // namespace stadtmesh::routing

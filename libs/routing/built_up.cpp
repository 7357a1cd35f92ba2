#include "routing/built_up.h"

#include <algorithm>

namespace stadtmesh::routing {

BuiltUpAreas::Key BuiltUpAreas::KeyOf(const FixedPoint& point) {
  // Shifted to be positive, so that division rounds to one side.
  return {static_cast<int32_t>((int64_t{point.latitude} + 900'000'000) / kCell),
          static_cast<int32_t>((int64_t{point.longitude} + 1'800'000'000) / (kCell * 3 / 2))};
}

void BuiltUpAreas::AddArea(const std::vector<LatLon>& ring) {
  if (ring.size() < 3) return;
  LatLon low = ring[0], high = ring[0];
  for (const LatLon& point : ring) {
    low = {std::min(low.latitude, point.latitude), std::min(low.longitude, point.longitude)};
    high = {std::max(high.latitude, point.latitude), std::max(high.longitude, point.longitude)};
  }
  const Key first = KeyOf(ToFixed(low)), last = KeyOf(ToFixed(high));
  // An area larger than 50 km across is a mistake in the data; do not fill memory with its cells.
  if (last.row - first.row > 450 || last.column - first.column > 450) return;
  for (int32_t row = first.row; row <= last.row; ++row) {
    for (int32_t column = first.column; column <= last.column; ++column) {
      areas_by_cell_[{row, column}].push_back(static_cast<uint32_t>(areas_.size()));
    }
  }
  areas_.emplace_back(ring);
}

void BuiltUpAreas::AddHouse(const FixedPoint& house) { ++houses_[KeyOf(house)]; }

bool BuiltUpAreas::Contains(const FixedPoint& point) const {
  const Key key = KeyOf(point);
  if (const auto areas = areas_by_cell_.find(key); areas != areas_by_cell_.end()) {
    for (const uint32_t area : areas->second) {
      if (areas_[area].Contains(ToLatLon(point))) return true;
    }
  }
  int houses = 0;
  for (int32_t row = key.row - 1; row <= key.row + 1; ++row) {
    for (int32_t column = key.column - 1; column <= key.column + 1; ++column) {
      if (const auto cell = houses_.find(Key{row, column}); cell != houses_.end())
        houses += cell->second;
    }
  }
  return houses >= kHouses;
}

}  // namespace stadtmesh::routing

// Which points lie inside a town or village in the sense of the speed limit, where no tag says so:
// within land used for housing or trade, or among enough houses. Pure.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/geo.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

class BuiltUpAreas {
 public:
  // A place counts as built up from this many houses in the square of three by three cells (about
  // 330 m wide) around it: a hamlet of a dozen farms is, a single farm with its barns is not.
  static constexpr int kHouses = 14;

  void AddArea(const std::vector<LatLon>& ring);
  void AddHouse(const FixedPoint& house);
  bool Contains(const FixedPoint& point) const;

 private:
  static constexpr int32_t kCell =
      10'000;  // 1e-7 degrees, 111 m in latitude; times 1.5 in longitude: about 103 m in Germany
  struct Key {
    int32_t row = 0;
    int32_t column = 0;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.row, key.column);
    }
  };
  static Key KeyOf(const FixedPoint& point);

  absl::flat_hash_map<Key, int> houses_;
  absl::flat_hash_map<Key, std::vector<uint32_t>> areas_by_cell_;
  std::vector<Polygon> areas_;
};

}  // namespace stadtmesh::routing

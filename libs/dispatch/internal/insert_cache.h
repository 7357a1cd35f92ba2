// Remembers where a request fits best into a route, by the route's hash: a search meets the same
// routes again and again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch::internal {

class InsertCache {
 public:
  explicit InsertCache(int bits = 17) : entries_(size_t{1} << bits), mask_(entries_.size() - 1) {}

  static uint64_t Key(uint64_t route, int request) {
    uint64_t key = route + 0x9e3779b97f4a7c15u * static_cast<uint64_t>(request + 1);
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93u;
    return (key ^ (key >> 29)) | 1;
  }
  // Nothing: not known.
  std::optional<Placement> Get(uint64_t key) const {
    const Entry& entry = entries_[(key >> 1) & mask_];
    if (entry.tag != Tag(key)) return std::nullopt;
    return Placement{entry.cost, entry.pickup_after, entry.dropoff_after};
  }
  // Asks for the entry ahead of a Get: the table is larger than the caches near the processor.
  void Expect(uint64_t key) const { __builtin_prefetch(&entries_[(key >> 1) & mask_]); }
  void Put(uint64_t key, const Placement& place) {
    if (std::max(place.pickup_after, place.dropoff_after) > std::numeric_limits<int16_t>::max())
      return;
    entries_[(key >> 1) & mask_] = {Tag(key), static_cast<int16_t>(place.pickup_after),
                                    static_cast<int16_t>(place.dropoff_after), place.cost};
  }

 private:
  // Sixteen bytes: most of the price of a look is fetching it. Half of the key is enough, whoever
  // inserts checks the route again.
  struct Entry {
    uint32_t tag = 0;
    int16_t pickup_after = -1, dropoff_after = -1;
    double cost = 0;
  };
  static uint32_t Tag(uint64_t key) { return static_cast<uint32_t>(key >> 32) | 1; }

  std::vector<Entry> entries_;
  size_t mask_;
};

}  // namespace stadtmesh::dispatch::internal

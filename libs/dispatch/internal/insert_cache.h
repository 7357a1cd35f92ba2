// Remembers where a request fits best into a route, by the route's hash: a search meets the same routes again and again.
#pragma once

#include <cstdint>
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
  // Null: not known.
  const Placement* Get(uint64_t key) const {
    const Entry& entry = entries_[(key >> 1) & mask_];
    return entry.key == key ? &entry.place : nullptr;
  }
  void Put(uint64_t key, const Placement& place) { entries_[(key >> 1) & mask_] = {key, place}; }

 private:
  struct Entry {
    uint64_t key = 0;
    Placement place;
  };
  std::vector<Entry> entries_;
  size_t mask_;
};

}  // namespace stadtmesh::dispatch::internal

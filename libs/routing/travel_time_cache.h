// A bounded memory of travel times: a table of fixed size, four places per key, the oldest of them
// gives way. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

class TravelTimeCache {
 public:
  struct Key {
    EdgeIndex from_edge = 0;
    EdgeIndex to_edge = 0;
    uint16_t from_offset = 0;
    uint16_t to_offset = 0;
    uint8_t hour = 0;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& k) {
      return H::combine(std::move(h), k.from_edge, k.to_edge, k.from_offset, k.to_offset, k.hour);
    }
  };

  // Holds at least `entries`, rounded up to a power of two of sets; 0: holds nothing.
  explicit TravelTimeCache(size_t entries) {
    size_t sets = entries == 0 ? 0 : 1;
    while (sets * kWays < entries) sets *= 2;
    sets_ = std::vector<Set>(sets);
  }

  std::optional<int32_t> Find(const Key& key) {
    if (sets_.empty()) return std::nullopt;
    const size_t set = SetOf(key);
    absl::MutexLock lock(&LockOf(set));
    for (const Entry& entry : sets_[set].entries) {
      if (entry.seconds >= 0 && entry.key == key) return entry.seconds;
    }
    return std::nullopt;
  }

  void Insert(const Key& key, int32_t seconds) {
    if (sets_.empty()) return;
    const size_t set = SetOf(key);
    absl::MutexLock lock(&LockOf(set));
    sets_[set].entries[sets_[set].next] = {key, seconds};
    sets_[set].next = static_cast<uint8_t>((sets_[set].next + 1) % kWays);
  }

 private:
  static constexpr size_t kWays = 4;
  static constexpr size_t kLocks = 64;
  struct Entry {
    Key key;
    int32_t seconds = -1;  // empty
  };
  struct Set {
    std::array<Entry, kWays> entries;
    uint8_t next = 0;
  };
  size_t SetOf(const Key& key) const { return absl::Hash<Key>()(key) & (sets_.size() - 1); }
  absl::Mutex& LockOf(size_t set) { return locks_[set % kLocks]; }

  std::vector<Set> sets_;
  std::array<absl::Mutex, kLocks> locks_;
};

}  // namespace stadtmesh::routing

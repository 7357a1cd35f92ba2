// For read models and live streams: lets each event of an aggregate pass once and in order,
// whatever a relay that lost its lease publishes again. (Effects in a store use store::OnceIdentity
// instead.) Not thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <utility>

#include "events/bus.h"

namespace stadtmesh::events {

class WatermarkFilter {
 public:
  // Remembers at most `capacity` aggregates and forgets those unseen for longest: a copy of an old
  // event comes within the life of a lost lease (seconds), so only the recently active ones matter.
  explicit WatermarkFilter(size_t capacity = 1 << 20) : capacity_(capacity) {}

  // True when the event's (epoch, n) is beyond the last one of its aggregate that passed; it counts
  // as passed then.
  bool Pass(const Event& event) { return Advance(KeyOf(event), event.epoch, event.n); }

  // The same by parts; also seeds the filter from a scan of the owner's state.
  bool Advance(const AggregateKey& key, uint64_t epoch, uint64_t n) {
    const auto mark = std::make_pair(epoch, n);
    auto [found, added] = marks_.try_emplace(key);
    if (!added) {
      if (mark <= found->second.mark) return false;
      recent_.erase(found->second.place);
    }
    found->second = {mark, recent_.insert(recent_.end(), found->first)};
    if (marks_.size() > capacity_) {
      marks_.erase(recent_.front());
      recent_.pop_front();
    }
    return true;
  }

  size_t size() const { return marks_.size(); }

 private:
  struct Entry {
    std::pair<uint64_t, uint64_t> mark;
    std::list<AggregateKey>::iterator place;
  };
  size_t capacity_;
  std::map<AggregateKey, Entry> marks_;
  std::list<AggregateKey> recent_;  // longest unseen first
};

}  // namespace stadtmesh::events

// The newest events of all topics in the order they came, and how far each topic was heard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "events/bus.h"
#include "gateway/api/api.h"
#include "gateway/live/positions.h"

namespace stadtmesh::gateway {

// One event, printed once for all streams.
struct LiveItem {
  const LiveEvent* event = nullptr;
  std::string tenant;
  std::vector<std::string> subjects;  // per channel: the alias in its subject field, or ""
  std::string json;
  std::string id;  // positions behind this event
  std::string topic;
  events::Position position;
};

// Numbers what it is given, from 0 on, without gaps. Not thread-safe.
class EventRing {
 public:
  explicit EventRing(size_t capacity) : capacity_(capacity) {}

  // Begins a topic behind `end`.
  void Connect(const std::string& topic, const std::vector<events::Position>& end);
  // That partition's log is another one now, or a part of it was never heard: forgets all items,
  // whose ids point into the old log. The partition begins anew with the next event.
  void Lose(const std::string& topic, int32_t partition);
  // An event was heard; not all of them are pushed.
  void Reach(const std::string& topic, const events::Position& position);
  // Keeps the item, which Reach was called for, and gives it its id.
  const LiveItem& Push(LiveItem item);

  const Positions& current() const { return current_; }  // the last event heard, per partition
  uint64_t first() const { return first_; }              // number of the oldest item
  uint64_t end() const { return first_ + items_.size(); }
  const LiveItem& at(uint64_t number) const { return items_[number - first_]; }

  // True when nothing but items of the ring lies behind these positions, in every partition.
  bool Covers(const Positions& after) const;
  // True when some of these positions lie beyond what was heard.
  bool IsAhead(const Positions& after) const;

 private:
  void DropFirst();

  const size_t capacity_;
  std::deque<LiveItem> items_;
  uint64_t first_ = 0;
  Positions current_;
  Positions floor_;  // the last event that the ring no longer (or never) held
};

// True when some position lies beyond that of its partition in `ends`; partitions that `ends` does
// not name do not count.
bool LiesBeyond(const Positions& positions, const Positions& ends);

}  // namespace stadtmesh::gateway

#include "gateway/live/event_ring.h"

#include <utility>

namespace stadtmesh::gateway {
namespace {

constexpr int64_t kNothingYet = -1;  // the position before a log's first event

}  // namespace

void EventRing::Connect(const std::string& topic, const std::vector<events::Position>& end) {
  auto& partitions = current_[topic];
  for (const events::Position& position : end) partitions[position.partition] = position.offset;
  floor_[topic] = partitions;
}

void EventRing::Lose(const std::string& topic, int32_t partition) {
  first_ = end();
  items_.clear();
  current_[topic][partition] = kNothingYet;
  floor_ = current_;
}

void EventRing::Reach(const std::string& topic, const events::Position& position) {
  int64_t& current = current_[topic].try_emplace(position.partition, kNothingYet).first->second;
  // The first one heard of this log: where it begins is known only now.
  if (current == kNothingYet) floor_[topic][position.partition] = position.offset - 1;
  current = position.offset;
}

const LiveItem& EventRing::Push(LiveItem item) {
  item.id = FormatPositions(current_);
  items_.push_back(std::move(item));
  while (items_.size() > capacity_) DropFirst();
  return items_.back();
}

void EventRing::DropFirst() {
  const LiveItem& oldest = items_.front();
  floor_[oldest.topic][oldest.position.partition] = oldest.position.offset;
  items_.pop_front();
  ++first_;
}

bool EventRing::Covers(const Positions& after) const {
  for (const auto& [topic, partitions] : floor_) {
    const auto found = after.find(topic);
    if (found == after.end()) return false;
    for (const auto& [partition, offset] : partitions) {
      const auto seen = found->second.find(partition);
      if (seen == found->second.end() || seen->second < offset) return false;
    }
  }
  return true;
}

bool EventRing::IsAhead(const Positions& after) const { return LiesBeyond(after, current_); }

bool LiesBeyond(const Positions& positions, const Positions& ends) {
  for (const auto& [topic, partitions] : positions) {
    const auto found = ends.find(topic);
    if (found == ends.end()) continue;
    for (const auto& [partition, offset] : partitions) {
      const auto end = found->second.find(partition);
      if (end != found->second.end() && offset > end->second) return true;
    }
  }
  return false;
}

}  // namespace stadtmesh::gateway

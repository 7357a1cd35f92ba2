#include "store/keyed_queue.h"

#include <algorithm>

#include "base/status.h"

namespace stadtmesh::store {

KeyedQueue::Turn& KeyedQueue::Turn::operator=(Turn&& other) noexcept {
  if (this == &other) return *this;
  End();
  queue_ = std::exchange(other.queue_, nullptr);
  keys_ = std::move(other.keys_);
  return *this;
}

void KeyedQueue::Turn::End() {
  if (queue_ == nullptr) return;
  for (const std::string& key : keys_) queue_->Leave(key);
  queue_ = nullptr;
}

absl::StatusOr<KeyedQueue::Turn> KeyedQueue::Enter(std::vector<std::string> keys,
                                                   absl::Time deadline) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  Turn turn(this);
  for (std::string& key : keys) {
    RETURN_IF_ERROR(EnterOne(key, deadline));  // the turn gives back what it has
    turn.keys_.push_back(std::move(key));
  }
  return turn;
}

absl::Status KeyedQueue::EnterOne(const std::string& key, absl::Time deadline) {
  Waiter self;
  absl::MutexLock lock(&mutex_);
  lines_[key].push_back(&self);
  // The map may move its lines while this thread waits, so the line is looked up each time.
  while (lines_[key].front() != &self) {
    if (!self.granted.WaitWithDeadline(&mutex_, deadline) || lines_[key].front() == &self) continue;
    auto& line = lines_[key];
    line.erase(std::find(line.begin(), line.end(), &self));
    return absl::DeadlineExceededError("too many commands wait for the same object");
  }
  lines_[key].front() = nullptr;  // held; the waiter itself is gone by then
  return absl::OkStatus();
}

void KeyedQueue::Leave(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = lines_.find(key);
  found->second.pop_front();
  if (found->second.empty()) {
    lines_.erase(found);
  } else {
    found->second.front()->granted.Signal();
  }
}

}  // namespace stadtmesh::store

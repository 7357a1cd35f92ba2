// A handler that writes down what it got, and can be told what to answer. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "events/bus.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {

class Recorder {
 public:
  using Answer = std::function<absl::Status(const Event&)>;

  explicit Recorder(Answer answer = nullptr) : answer_(std::move(answer)) {}

  Handler AsHandler() {
    return [this](const Event& event) { return Handle(event); };
  }

  // Ids of the events answered with OK, per aggregate, in order and with repetitions.
  std::map<std::string, std::vector<uint64_t>> seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  size_t count() {
    std::lock_guard lock(mutex_);
    return count_;
  }
  int tries() {
    std::lock_guard lock(mutex_);
    return tries_;
  }
  // True when two handlers of one aggregate ever ran at the same time.
  bool overlapped() {
    std::lock_guard lock(mutex_);
    return overlapped_;
  }
  bool WaitForCount(size_t count, absl::Duration timeout = absl::Seconds(30)) {
    return testing::WaitUntil([&] { return this->count() >= count; }, timeout);
  }
  // Distinct events answered with OK.
  size_t distinct() {
    std::lock_guard lock(mutex_);
    size_t result = 0;
    for (auto& [aggregate, numbers] : seen_) {
      std::set<uint64_t> different(numbers.begin(), numbers.end());
      result += different.size();
    }
    return result;
  }

 private:
  absl::Status Handle(const Event& event) {
    {
      std::lock_guard lock(mutex_);
      ++tries_;
      if (!running_.insert(event.aggregate).second) overlapped_ = true;
    }
    absl::Status status = answer_ ? answer_(event) : absl::OkStatus();
    std::lock_guard lock(mutex_);
    running_.erase(event.aggregate);
    if (status.ok()) {
      seen_[event.aggregate].push_back(event.n);
      ++count_;
    }
    return status;
  }

  const Answer answer_;
  std::mutex mutex_;
  std::map<std::string, std::vector<uint64_t>> seen_;
  std::set<std::string> running_;
  size_t count_ = 0;
  int tries_ = 0;
  bool overlapped_ = false;
};

}  // namespace stadtmesh::events

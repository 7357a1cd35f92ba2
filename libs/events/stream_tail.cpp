#include "events/stream_tail.h"

#include "absl/time/clock.h"

namespace stadtmesh::events {
namespace {

constexpr int kTailLimit = 500;

std::map<int32_t, int64_t> Numbered(const std::vector<int64_t>& next) {
  std::map<int32_t, int64_t> result;
  for (int64_t offset : next) result.emplace(static_cast<int32_t>(result.size()), offset);
  return result;
}

}  // namespace

StreamTail::StreamTail(const RedisStreamsOptions& options, std::shared_ptr<StreamLog> log,
                       const std::vector<int64_t>& next, TailFrom from,
                       std::function<void(const Delivery&)> handler)
    : reader_(ReaderOptions(options.connection)),
      log_(std::move(log)),
      from_(std::move(from)),
      handler_(std::move(handler)),
      next_(Numbered(next)),
      thread_([this] { Run(); }) {}

StreamTail::~StreamTail() { Stop(); }

void StreamTail::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void StreamTail::Run() {
  absl::Time next_check = absl::Now() + absl::Seconds(1);
  while (!stopping_) {
    auto entries = log_->Read(reader_, next_, kTailLimit, kLongestWait);
    if (!entries.ok()) {
      absl::SleepFor(absl::Milliseconds(100));
      continue;
    }
    for (StreamEntry& entry : *entries) {
      if (stopping_) return;
      const bool lost = entry.offset != std::exchange(next_[entry.partition], entry.offset + 1);
      if (lost && from_.on_lost) from_.on_lost(entry.partition);
      if (entry.event.ok()) handler_({*std::move(entry.event), {entry.partition, entry.offset}});
    }
    if (absl::Now() >= next_check) {
      CheckLog();
      next_check = absl::Now() + absl::Seconds(1);
    }
  }
}

// Notices a log that is not the one we read.
void StreamTail::CheckLog() {
  auto held = log_->Held(absl::Now() + absl::Seconds(1));
  if (!held.ok()) return;
  for (auto& [partition, next] : next_) {
    if (next <= (*held)[partition].end) continue;
    next = (*held)[partition].first;
    if (from_.on_lost) from_.on_lost(partition);
  }
}

}  // namespace stadtmesh::events

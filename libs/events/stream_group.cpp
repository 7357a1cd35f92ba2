#include "events/stream_group.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "absl/time/clock.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::events {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(1);
constexpr size_t kQueue = 256;  // entries read ahead per partition
constexpr int kReadLimit = 128;

std::string NewMember() {
  RandomIdSource ids;
  return ids.NewId("member");
}

}  // namespace

// What the member's thread has read ahead of the worker.
class StreamGroupMember::Source final : public PartitionSource {
 public:
  Source(std::string topic, int32_t partition, int64_t next, EventProcessor* processor)
      : topic_(std::move(topic)), partition_(partition), processor_(processor), next_(next) {}

  std::optional<Delivery> Next(absl::Duration wait) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(wait),
                      [this] { return interrupted_ || !queue_.empty(); });
    if (interrupted_ || queue_.empty()) return std::nullopt;
    Item item = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    if (item.lost) processor_->ReportLost(topic_, partition_);
    if (!item.entry.has_value()) return std::nullopt;
    if (!item.entry->event.ok()) {
      ++processor_->counters().undecodable;
      next_ = item.entry->offset + 1;
      return std::nullopt;
    }
    return Delivery{*std::move(item.entry->event), {partition_, item.entry->offset}};
  }

  void Done(const Position& position) override { next_ = position.offset + 1; }
  void Interrupt() override {
    {
      std::lock_guard lock(mutex_);
      interrupted_ = true;
    }
    changed_.notify_all();
  }

  // From the member's thread: an entry, or only the news that events before the next one were lost.
  void Push(std::optional<StreamEntry> entry, bool lost) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back({std::move(entry), lost});
    }
    changed_.notify_all();
  }
  bool full() {
    std::lock_guard lock(mutex_);
    return queue_.size() >= kQueue;
  }
  int64_t next() const { return next_; }

 private:
  struct Item {
    std::optional<StreamEntry> entry;
    bool lost = false;
  };
  const std::string topic_;
  const int32_t partition_;
  EventProcessor* const processor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  bool interrupted_ = false;
  std::atomic<int64_t> next_;
};

StreamGroupMember::StreamGroupMember(const RedisStreamsOptions& options,
                                     std::shared_ptr<redis::Client> client, std::string topic,
                                     std::string group, std::shared_ptr<EventProcessor> processor)
    : options_(options),
      client_(std::move(client)),
      reader_(ReaderOptions(options.connection)),
      topic_(std::move(topic)),
      group_(std::move(group)),
      member_(NewMember()),
      processor_(std::move(processor)),
      thread_([this] { Run(); }) {}

StreamGroupMember::~StreamGroupMember() { Stop(); }

void StreamGroupMember::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void StreamGroupMember::Run() {
  absl::Time next_beat = absl::InfinitePast(), next_commit = absl::Now() + options_.commit_interval;
  while (!stopping_) {
    const absl::Time now = absl::Now();
    if (now >= next_beat) {
      Beat();
      next_beat = now + options_.lease / 6;
    }
    if (now >= next_commit) {
      (void)Commit();  // tried again at the next interval
      next_commit = now + options_.commit_interval;
    }
    Read();
  }
  // Best effort: leases and membership end by themselves, and what is not committed comes again and
  // meets its watermark.
  if (log_ != nullptr) (void)GiveBack(HeldPartitions(), true);
  SetLag(0);
}

void StreamGroupMember::Beat() {
  const absl::Time begin = absl::Now();
  if (absl::Status status = TryBeat(); status.ok()) {
    lease_until_ = begin + options_.lease;
  } else if (begin >= lease_until_) {
    Drop(HeldPartitions());  // somebody else may read them now
  }
}

absl::Status StreamGroupMember::TryBeat() {
  const absl::Time deadline = absl::Now() + kTimeout;
  if (log_ == nullptr) {
    ASSIGN_OR_RETURN(log_, StreamLog::Open(client_, topic_, options_.partitions, deadline));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> members,
                   log_->Join(group_, member_, options_.lease, deadline));
  const auto rank = std::find(members.begin(), members.end(), member_) - members.begin();
  const auto count = static_cast<int32_t>(members.size());
  std::set<int32_t> wanted, surplus;
  for (int32_t p = 0; p < log_->partitions(); ++p) {
    if (p % count == rank) {
      wanted.insert(p);
    } else if (held_.contains(p)) {
      surplus.insert(p);
    }
  }
  if (!surplus.empty()) RETURN_IF_ERROR(GiveBack(surplus, false));
  ASSIGN_OR_RETURN(std::set<int32_t> owned,
                   log_->Lease(group_, member_, wanted, options_.lease, deadline));
  std::set<int32_t> lost, gained;
  for (const auto& [partition, held] : held_) {
    if (!owned.contains(partition)) lost.insert(partition);
  }
  for (int32_t partition : owned) {
    if (!held_.contains(partition)) gained.insert(partition);
  }
  Drop(lost);
  if (!gained.empty()) RETURN_IF_ERROR(Gain(gained));
  return CheckLog();
}

absl::Status StreamGroupMember::Gain(const std::set<int32_t>& partitions) {
  const absl::Time deadline = absl::Now() + kTimeout;
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> log, log_->Held(deadline));
  ASSIGN_OR_RETURN(std::vector<int64_t> cursors, log_->Cursors(group_, deadline));
  processor_->ForgetParked();
  for (int32_t partition : partitions) {
    const int64_t cursor = cursors[partition];
    // A group that is new begins at the oldest event; that is no loss.
    const bool lost = cursor >= 0 && (cursor < log[partition].first || cursor > log[partition].end);
    const int64_t next = cursor < 0 || lost ? log[partition].first : cursor;
    Held held;
    held.source = std::make_shared<Source>(topic_, partition, next, processor_.get());
    if (lost) held.source->Push(std::nullopt, true);
    held.worker = std::make_unique<PartitionWorker>(held.source, processor_);
    held.read_next = next;
    held_.emplace(partition, std::move(held));
    ++processor_->counters().rebalances;
  }
  return Commit();  // a new group exists from now on, and trimming waits for it
}

// Measures the lag, and notices a log that is not the one we read (a server restored from an older
// backup).
absl::Status StreamGroupMember::CheckLog() {
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> log, log_->Held(absl::Now() + kTimeout));
  int64_t lag = 0;
  for (auto& [partition, held] : held_) {
    if (held.read_next > log[partition].end) {
      held.read_next = log[partition].first;
      held.source->Push(std::nullopt, true);
    }
    lag += std::max<int64_t>(0, log[partition].end - held.source->next());
  }
  SetLag(lag);
  return absl::OkStatus();
}

// The counter sums over the topics of the subscription.
void StreamGroupMember::SetLag(int64_t lag) {
  processor_->counters().lag += lag - std::exchange(lag_, lag);
}

void StreamGroupMember::Drop(const std::set<int32_t>& partitions) {
  for (int32_t partition : partitions) held_[partition].worker->RequestStop();
  for (int32_t partition : partitions) held_[partition].worker->Stop();
  for (int32_t partition : partitions) held_.erase(partition);
}

absl::Status StreamGroupMember::GiveBack(const std::set<int32_t>& partitions, bool leave) {
  for (int32_t partition : partitions) held_[partition].worker->RequestStop();
  for (int32_t partition : partitions) held_[partition].worker->Stop();
  (void)Commit();  // without it some events come twice, and meet their watermark
  for (int32_t partition : partitions) held_.erase(partition);
  return log_->Release(group_, member_, partitions, leave, absl::Now() + kTimeout);
}

void StreamGroupMember::Read() {
  std::map<int32_t, int64_t> next;
  for (auto& [partition, held] : held_) {
    if (!held.source->full()) next.emplace(partition, held.read_next);
  }
  if (next.empty()) {
    absl::SleepFor(absl::Milliseconds(held_.empty() ? 50 : 5));
    return;
  }
  const bool all = next.size() == held_.size();
  auto entries = log_->Read(reader_, next, kReadLimit, all ? kLongestWait : absl::Milliseconds(5));
  if (!entries.ok()) {
    absl::SleepFor(absl::Milliseconds(100));
    return;
  }
  for (StreamEntry& entry : *entries) {
    Held& held = held_[entry.partition];
    const bool lost = entry.offset != held.read_next;
    held.read_next = entry.offset + 1;
    held.source->Push(std::move(entry), lost);
  }
}

absl::Status StreamGroupMember::Commit() {
  if (log_ == nullptr) return absl::OkStatus();
  std::map<int32_t, int64_t> next;
  for (const auto& [partition, held] : held_) {
    if (held.source->next() != held.committed) next.emplace(partition, held.source->next());
  }
  RETURN_IF_ERROR(log_->Commit(group_, member_, next, absl::Now() + kTimeout));
  for (const auto& [partition, offset] : next) held_[partition].committed = offset;
  return absl::OkStatus();
}

std::set<int32_t> StreamGroupMember::HeldPartitions() const {
  std::set<int32_t> partitions;
  for (const auto& [partition, held] : held_) partitions.insert(partition);
  return partitions;
}

}  // namespace stadtmesh::events

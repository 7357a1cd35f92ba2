#include "events/memory_bus.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/status.h"
#include "events/event_codec.h"
#include "events/partition_worker.h"
#include "events/tail_start.h"

namespace stadtmesh::events {
namespace {

using TopicPartition = std::pair<std::string, int32_t>;

template <typename Predicate>
bool WaitFor(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
             absl::Duration wait, Predicate predicate) {
  return changed.wait_for(lock, absl::ToChronoNanoseconds(wait), predicate);
}

}  // namespace

// One partition for one member of a group.
class MemoryBus::Source final : public PartitionSource {
 public:
  Source(MemoryBus* bus, std::string group, TopicPartition place, EventProcessor* processor)
      : bus_(bus), group_(std::move(group)), place_(std::move(place)), processor_(processor) {
    std::lock_guard lock(bus_->mutex_);
    const int64_t first = bus_->TopicLocked(place_.first)[place_.second].first;
    next_ = bus_->groups_[group_].try_emplace(place_, first).first->second;
  }

  std::optional<Delivery> Next(absl::Duration wait) override {
    int64_t lost_before = -1;
    Delivery delivery;
    {
      std::unique_lock lock(bus_->mutex_);
      Partition& partition = bus_->TopicLocked(place_.first)[place_.second];
      WaitFor(bus_->changed_, lock, wait,
              [&] { return interrupted_ || (!bus_->away_ && next_ < partition.end()); });
      if (interrupted_ || bus_->away_ || next_ >= partition.end()) return std::nullopt;
      if (next_ < partition.first) lost_before = next_ = partition.first;
      delivery = {partition.events[next_ - partition.first], {place_.second, next_}};
      ++next_;
    }
    if (lost_before >= 0) processor_->ReportLost(place_.first, place_.second);
    return delivery;
  }

  void Done(const Position& position) override {
    {
      std::lock_guard lock(bus_->mutex_);
      bus_->groups_[group_][place_] = position.offset + 1;
    }
    bus_->changed_.notify_all();
  }

  void Interrupt() override {
    {
      std::lock_guard lock(bus_->mutex_);
      interrupted_ = true;
    }
    bus_->changed_.notify_all();
  }

 private:
  MemoryBus* const bus_;
  const std::string group_;
  const TopicPartition place_;
  EventProcessor* const processor_;
  int64_t next_ = 0;
  bool interrupted_ = false;
};

class MemoryBus::GroupSubscription final : public Subscription {
 public:
  GroupSubscription(MemoryBus* bus, const SubscribeOptions& options, Handler handler)
      : bus_(bus),
        group_(options.group),
        topics_(options.topics),
        processor_(std::make_shared<EventProcessor>(options, std::move(handler), &bus->clock_)) {
    std::lock_guard lock(bus_->rebalance_mutex_);
    bus_->members_[group_].push_back(this);
    bus_->RebalanceLocked(group_);
  }
  ~GroupSubscription() override { Stop(); }

  void Stop() override {
    std::lock_guard lock(bus_->rebalance_mutex_);
    if (std::erase(bus_->members_[group_], this) == 0) return;
    workers_.clear();  // before anybody else gets its partitions
    bus_->RebalanceLocked(group_);
  }

  absl::StatusOr<size_t> ReplayDeadLetters(const AggregateKey& aggregate,
                                           absl::Time deadline) override {
    return processor_->Replay(aggregate, deadline);
  }

  // Under rebalance_mutex_, as all that touches workers_.
  void Keep(const std::set<TopicPartition>& places) {
    std::erase_if(workers_, [&](const auto& entry) { return !places.contains(entry.first); });
  }
  void Gain(const std::set<TopicPartition>& places) {
    processor_->ForgetParked();
    for (const TopicPartition& place : places) {
      if (workers_.contains(place)) continue;
      auto source = std::make_shared<Source>(bus_, group_, place, processor_.get());
      workers_.emplace(place, std::make_unique<PartitionWorker>(std::move(source), processor_));
      ++processor_->counters().rebalances;
    }
  }
  const std::vector<std::string>& topics() const { return topics_; }

 private:
  MemoryBus* const bus_;
  const std::string group_;
  const std::vector<std::string> topics_;
  const std::shared_ptr<EventProcessor> processor_;
  std::map<TopicPartition, std::unique_ptr<PartitionWorker>> workers_;
};

class MemoryBus::TailSubscription final : public Subscription {
 public:
  TailSubscription(MemoryBus* bus, std::string topic, std::vector<int64_t> next, TailFrom from,
                   std::function<void(const Delivery&)> handler)
      : bus_(bus),
        topic_(std::move(topic)),
        next_(std::move(next)),
        from_(std::move(from)),
        handler_(std::move(handler)),
        thread_([this] { Run(); }) {}
  ~TailSubscription() override { Stop(); }

  void Stop() override {
    {
      std::lock_guard lock(bus_->mutex_);
      stopping_ = true;
    }
    bus_->changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    std::unique_lock lock(bus_->mutex_);
    while (true) {
      std::vector<Partition>& partitions = bus_->TopicLocked(topic_);
      bus_->changed_.wait(lock, [&] { return stopping_ || (!bus_->away_ && Ready(partitions)); });
      if (stopping_) return;
      std::vector<Delivery> batch;
      std::vector<int32_t> lost;
      Take(partitions, batch, lost);
      lock.unlock();
      for (int32_t partition : lost) {
        if (from_.on_lost) from_.on_lost(partition);
      }
      for (const Delivery& delivery : batch) handler_(delivery);
      lock.lock();
    }
  }

  bool Ready(const std::vector<Partition>& partitions) const {
    for (size_t p = 0; p < partitions.size(); ++p) {
      if (next_[p] < partitions[p].end()) return true;
    }
    return false;
  }

  void Take(const std::vector<Partition>& partitions, std::vector<Delivery>& batch,
            std::vector<int32_t>& lost) {
    for (size_t p = 0; p < partitions.size(); ++p) {
      const auto number = static_cast<int32_t>(p);
      if (next_[p] < partitions[p].first) {
        next_[p] = partitions[p].first;
        lost.push_back(number);
      }
      for (; next_[p] < partitions[p].end(); ++next_[p]) {
        batch.push_back({partitions[p].events[next_[p] - partitions[p].first], {number, next_[p]}});
      }
    }
  }

  MemoryBus* const bus_;
  const std::string topic_;
  std::vector<int64_t> next_;
  const TailFrom from_;
  const std::function<void(const Delivery&)> handler_;
  bool stopping_ = false;
  std::thread thread_;
};

MemoryBus::MemoryBus(int32_t partitions) : partition_count_(partitions) {}
MemoryBus::~MemoryBus() = default;

std::vector<MemoryBus::Partition>& MemoryBus::TopicLocked(absl::string_view topic) {
  auto [found, added] = topics_.try_emplace(std::string(topic));
  if (added) found->second.resize(partition_count_);
  return found->second;
}

absl::StatusOr<size_t> MemoryBus::Publish(absl::string_view topic, const std::vector<Event>& events,
                                          absl::Time deadline) {
  {
    std::lock_guard lock(mutex_);
    if (away_) return absl::UnavailableError("the memory bus is away");
    std::vector<Partition>& partitions = TopicLocked(topic);
    for (const Event& event : events) {
      partitions[PartitionOf(PartitionKey(event), partition_count_)].events.push_back(event);
    }
  }
  changed_.notify_all();
  return events.size();
}

absl::StatusOr<std::unique_ptr<Subscription>> MemoryBus::Subscribe(const SubscribeOptions& options,
                                                                   Handler handler) {
  if (options.group.empty() || options.topics.empty())
    return absl::InvalidArgumentError("group and topics are required");
  SubscribeOptions complete = options;
  if (complete.dead_letters == nullptr) complete.dead_letters = &dead_letters_;
  return std::make_unique<GroupSubscription>(this, complete, std::move(handler));
}

// Every partition of the group's topics goes to one member; what moves is stopped at its old member
// before it starts at the new one.
void MemoryBus::RebalanceLocked(const std::string& group) {
  const std::vector<GroupSubscription*>& members = members_[group];
  std::map<GroupSubscription*, std::set<TopicPartition>> assignment;
  std::set<std::string> topics;
  for (GroupSubscription* member : members)
    topics.insert(member->topics().begin(), member->topics().end());
  size_t turn = 0;
  for (const std::string& topic : topics) {
    std::vector<GroupSubscription*> readers;
    for (GroupSubscription* member : members) {
      if (std::count(member->topics().begin(), member->topics().end(), topic) > 0)
        readers.push_back(member);
    }
    for (int32_t p = 0; p < partition_count_; ++p)
      assignment[readers[turn++ % readers.size()]].insert({topic, p});
  }
  for (GroupSubscription* member : members) member->Keep(assignment[member]);
  for (GroupSubscription* member : members) member->Gain(assignment[member]);
}

absl::StatusOr<std::unique_ptr<Subscription>> MemoryBus::Tail(
    absl::string_view topic, const TailFrom& from, std::function<void(const Delivery&)> handler) {
  std::vector<HeldOffsets> held;
  {
    std::lock_guard lock(mutex_);
    for (const Partition& partition : TopicLocked(topic))
      held.push_back({partition.first, partition.end()});
  }
  ASSIGN_OR_RETURN(std::vector<int64_t> next, TailStart(from, held));
  return std::make_unique<TailSubscription>(this, std::string(topic), std::move(next), from,
                                            std::move(handler));
}

absl::StatusOr<std::vector<Position>> MemoryBus::End(absl::string_view topic, absl::Time deadline) {
  std::lock_guard lock(mutex_);
  if (away_) return absl::UnavailableError("the memory bus is away");
  std::vector<Position> result;
  for (const Partition& partition : TopicLocked(topic)) {
    result.push_back({static_cast<int32_t>(result.size()), partition.end() - 1});
  }
  return result;
}

bool MemoryBus::Drain(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  auto drained = [&] {
    for (auto& [name, group] : groups_) {
      for (auto& [place, next] : group) {
        if (next < TopicLocked(place.first)[place.second].end()) return false;
      }
    }
    return true;
  };
  return changed_.wait_until(lock, absl::ToChronoTime(deadline), drained);
}

void MemoryBus::SetAway(bool away) {
  {
    std::lock_guard lock(mutex_);
    away_ = away;
  }
  changed_.notify_all();
}

void MemoryBus::Trim(absl::string_view topic, size_t keep) {
  std::lock_guard lock(mutex_);
  for (Partition& partition : TopicLocked(topic)) {
    if (partition.events.size() <= keep) continue;
    const size_t drop = partition.events.size() - keep;
    partition.events.erase(partition.events.begin(),
                           partition.events.begin() + static_cast<int64_t>(drop));
    partition.first += static_cast<int64_t>(drop);
  }
}

}  // namespace stadtmesh::events

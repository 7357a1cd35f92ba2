// The bus inside one process, without durability: for unit tests of services. Passes the contract
// suite of the real adapters.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "events/bus.h"
#include "events/memory_dead_letters.h"

namespace stadtmesh::events {

class MemoryBus final : public Bus {
 public:
  explicit MemoryBus(int32_t partitions = 4);
  // Every subscription must be gone before.
  ~MemoryBus() override;

  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options,
                                                          Handler handler) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view topic, const TailFrom& from,
      std::function<void(const Delivery&)> handler) override;
  absl::StatusOr<std::vector<Position>> End(absl::string_view topic, absl::Time deadline) override;

  // Waits until every group has handled everything published; false at the deadline. For tests.
  bool Drain(absl::Time deadline);
  // While set, Publish fails with UNAVAILABLE and nobody receives anything: a broker that is away.
  void SetAway(bool away);
  // Forgets the oldest events of every partition, as retention does, and keeps `keep`.
  void Trim(absl::string_view topic, size_t keep);

 private:
  class Source;
  class GroupSubscription;
  class TailSubscription;
  struct Partition {
    int64_t first = 0;  // offset of events.front()
    std::vector<Event> events;
    int64_t end() const { return first + static_cast<int64_t>(events.size()); }
  };
  using Cursors =
      std::map<std::pair<std::string, int32_t>, int64_t>;  // (topic, partition) -> next offset

  std::vector<Partition>& TopicLocked(absl::string_view topic);
  void RebalanceLocked(const std::string& group);

  const int32_t partition_count_;
  const SystemClock clock_;
  MemoryDeadLetters dead_letters_;
  std::mutex rebalance_mutex_;  // taken before mutex_; guards members_ and their workers
  std::map<std::string, std::vector<GroupSubscription*>> members_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool away_ = false;
  std::map<std::string, std::vector<Partition>> topics_;
  std::map<std::string, Cursors> groups_;
};

}  // namespace stadtmesh::events

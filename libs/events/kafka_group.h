// One member of a consumer group. Only for kafka_*.cpp.
//
// A poll thread serves the group's protocol, so that a slow handler never costs the membership;
// every partition held has a queue and a worker thread of its own. Losing a partition waits for its
// running handler and commits what is done before it is given up.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "events/event_processor.h"
#include "events/kafka_admin.h"
#include "events/kafka_client.h"
#include "events/partition_worker.h"

namespace stadtmesh::events::kafka {

class GroupMember final : public Subscription {
 public:
  static absl::StatusOr<std::unique_ptr<GroupMember>> Join(const KafkaOptions& options,
                                                           std::shared_ptr<Admin> admin,
                                                           const SubscribeOptions& subscribe,
                                                           Handler handler, const Clock* clock);
  ~GroupMember() override;
  void Stop() override;
  absl::StatusOr<size_t> ReplayDeadLetters(const AggregateKey& aggregate,
                                           absl::Time deadline) override;

 private:
  using TopicPartition = std::pair<std::string, int32_t>;
  class Source;
  struct Held {
    std::shared_ptr<Source> source;
    std::unique_ptr<PartitionWorker> worker;
    int64_t committed = -1;  // what was last given to the broker
    int64_t start = 0;       // where reading began; negative: at the oldest
  };

  GroupMember(const KafkaOptions& options, std::shared_ptr<Admin> admin,
              const SubscribeOptions& subscribe, Handler handler, const Clock* clock);
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t kind,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque);
  void Run();
  bool SubscribeToTopics();
  void Gain(rd_kafka_topic_partition_list_t* partitions);
  void StartAtCommitted(rd_kafka_topic_partition_list_t* partitions);
  void Lose(rd_kafka_topic_partition_list_t* partitions);
  Partitions TakeUncommitted();
  void CommitNow();
  void ReportLag();
  void SetLag(int64_t lag);
  void Sleep(absl::Duration duration);

  const KafkaOptions& options_;
  const std::shared_ptr<Admin> admin_;
  const SubscribeOptions subscribe_;
  const std::shared_ptr<EventProcessor> processor_;
  Handle handle_;
  std::map<TopicPartition, Held> held_;  // only the poll thread
  int64_t lag_ = 0;                      // only the poll thread
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace stadtmesh::events::kafka

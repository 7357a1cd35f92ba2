// One member of a consumer group on one topic of Redis Streams. Only for redis_streams_*.cpp.
//
// One thread keeps the membership and the leases, reads, and commits cursors; every partition held
// has a worker of its own. The members present, in the order of their names, share the partitions
// in turn: all compute the same, and leases make sure that nobody starts before the former reader
// has stopped or its lease has ended.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "events/event_processor.h"
#include "events/partition_worker.h"
#include "events/redis_streams_bus.h"
#include "events/stream_log.h"

namespace stadtmesh::events {

class StreamGroupMember {
 public:
  StreamGroupMember(const RedisStreamsOptions& options, std::shared_ptr<redis::Client> client,
                    std::string topic, std::string group,
                    std::shared_ptr<EventProcessor> processor);
  ~StreamGroupMember();  // as Stop
  void RequestStop() { stopping_ = true; }
  void Stop();

 private:
  class Source;
  struct Held {
    std::shared_ptr<Source> source;
    std::unique_ptr<PartitionWorker> worker;
    int64_t read_next = 0;  // of the log
    int64_t committed = -1;
  };

  void Run();
  void Beat();
  absl::Status TryBeat();
  absl::Status Gain(const std::set<int32_t>& partitions);
  absl::Status CheckLog();
  void SetLag(int64_t lag);
  void Drop(const std::set<int32_t>& partitions);
  absl::Status GiveBack(const std::set<int32_t>& partitions, bool leave);
  void Read();
  absl::Status Commit();
  std::set<int32_t> HeldPartitions() const;

  const RedisStreamsOptions options_;
  const std::shared_ptr<redis::Client> client_;
  redis::Client reader_;  // one connection, blocked while it waits
  const std::string topic_, group_, member_;
  const std::shared_ptr<EventProcessor> processor_;
  std::shared_ptr<StreamLog> log_;
  std::map<int32_t, Held> held_;  // only the thread
  absl::Time lease_until_ = absl::InfinitePast();
  int64_t lag_ = 0;  // only the thread
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace stadtmesh::events

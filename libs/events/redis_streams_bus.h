// The bus on Redis Streams, for one town on one machine: durable as the store is, and nothing else
// to install.
//
// A topic is P streams in one hash slot; an entry's id counts from 0-1 without gaps, so a reader
// sees at once when something was trimmed before it. Each stream has one reader per group, by
// lease, and a cursor that only the lease's holder moves. (Redis's own consumer groups hand entries
// of one key to several consumers, which breaks its order.) A log is trimmed behind the slowest
// group, and by bytes even before it: who lags so far is told that events were lost, and rebuilds.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "events/bus.h"
#include "redis/client.h"

namespace stadtmesh::events {

class StreamLog;

struct RedisStreamsOptions {
  redis::ConnectionOptions
      connection;                // appendfsync always is the caller's to require (required_config)
  int32_t partitions = 4;        // of topics that do not exist yet
  int64_t max_bytes = 64 << 20;  // per topic
  int64_t keep = 1000;  // newest entries per partition that stay, whoever has read them: for tails
  absl::Duration trim_interval = absl::Seconds(5);
  absl::Duration lease =
      absl::Seconds(3);  // a reader that vanished is replaced at most this and a sixth of it later
  absl::Duration commit_interval = absl::Milliseconds(250);
};

class RedisStreamsBus final : public Bus {
 public:
  // Does not wait for the server. `clock` outlives the bus.
  RedisStreamsBus(RedisStreamsOptions options, const Clock* clock);
  // Every subscription must be gone before.
  ~RedisStreamsBus() override;

  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options,
                                                          Handler handler) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view topic, const TailFrom& from,
      std::function<void(const Delivery&)> handler) override;
  absl::StatusOr<std::vector<Position>> End(absl::string_view topic, absl::Time deadline) override;

  // Trims a topic now instead of at the next interval.
  absl::Status Trim(absl::string_view topic, absl::Time deadline);

 private:
  absl::StatusOr<std::shared_ptr<StreamLog>> LogOf(const std::string& topic, absl::Time deadline);
  void TrimWhenDue(StreamLog& log);

  const RedisStreamsOptions options_;
  const Clock* const clock_;
  std::shared_ptr<redis::Client> client_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<StreamLog>> logs_;
  std::map<std::string, absl::Time> next_trim_;
};

}  // namespace stadtmesh::events

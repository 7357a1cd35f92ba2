// The bus on Apache Kafka, by librdkafka (which only the kafka_*.cpp see). One topic per service,
// key "tenant/aggregate", murmur2.
//
// Publishing: idempotence, acks=all, no timeout of librdkafka's own and no transactions (they cost
// three times the latency). A batch that is not wholly acknowledged by its deadline discards the
// producer with all it knows; the caller goes on at the first entry that was not acknowledged.
// Consuming: cooperative groups, one thread per partition held, offsets committed after the effect.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "events/bus.h"

namespace stadtmesh::events {

namespace kafka {
class Admin;
class TopicProducer;
}  // namespace kafka

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port"
  std::string client_id = "stadtmesh";
  // For topics that do not exist yet. Partitions cannot be added later without moving aggregates.
  int32_t partitions = 12;
  int replication = 1;        // 3 on a cluster; then min.insync.replicas is 2
  bool create_topics = true;  // false: somebody else makes them
  // How long a member that vanished without a word holds its partitions.
  absl::Duration session_timeout = absl::Seconds(10);
  absl::Duration commit_interval = absl::Milliseconds(500);
  // librdkafka's own, e.g. security.protocol; they win over ours
  std::map<std::string, std::string> settings;
};

class KafkaBus final : public Bus {
 public:
  // INVALID_ARGUMENT naming a setting that librdkafka does not take. Does not wait for the brokers.
  static absl::StatusOr<std::unique_ptr<KafkaBus>> Create(KafkaOptions options, const Clock* clock);
  // Every subscription must be gone before.
  ~KafkaBus() override;

  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options,
                                                          Handler handler) override;
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view topic, const TailFrom& from,
      std::function<void(const Delivery&)> handler) override;
  absl::StatusOr<std::vector<Position>> End(absl::string_view topic, absl::Time deadline) override;

 private:
  KafkaBus(KafkaOptions options, const Clock* clock);

  const KafkaOptions options_;
  const Clock* const clock_;
  std::shared_ptr<kafka::Admin> admin_;
  std::mutex mutex_;
  // one per topic: an error discards no other topic's
  std::map<std::string, std::shared_ptr<kafka::TopicProducer>> producers_;
};

}  // namespace stadtmesh::events

// Publishes to one topic. Only for kafka_*.cpp. Thread-safe: batches go one after the other.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "events/kafka_client.h"

namespace stadtmesh::events::kafka {

class TopicProducer {
 public:
  TopicProducer(const KafkaOptions& options, std::string topic)
      : options_(options), topic_(std::move(topic)) {}

  // See Bus::Publish.
  absl::StatusOr<size_t> Publish(const std::vector<Event>& events, absl::Time deadline);

 private:
  const KafkaOptions& options_;
  const std::string topic_;
  std::mutex mutex_;
  Handle producer_;  // null: discarded, or not needed yet
};

}  // namespace stadtmesh::events::kafka

// Topics and their ends. Only for kafka_*.cpp. Thread-safe.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "events/kafka_client.h"
#include "events/tail_start.h"

namespace stadtmesh::events::kafka {

class Admin {
 public:
  static absl::StatusOr<std::shared_ptr<Admin>> Create(const KafkaOptions& options);

  // Creates the topic when it is missing. Remembers which ones exist.
  absl::Status EnsureTopic(const std::string& topic, absl::Time deadline);
  // What each partition holds, by its number. Creates the topic when it is missing.
  absl::StatusOr<std::vector<HeldOffsets>> HeldBy(const std::string& topic, absl::Time deadline);

 private:
  Admin(const KafkaOptions& options, Handle handle)
      : options_(options), handle_(std::move(handle)) {}
  absl::Status CreateTopic(const std::string& topic, absl::Time deadline);
  absl::StatusOr<HeldOffsets> HeldByPartition(const std::string& topic, int32_t partition,
                                              absl::Time deadline);
  absl::StatusOr<int32_t> PartitionCount(const std::string& topic, absl::Time deadline);

  const KafkaOptions& options_;
  Handle handle_;
  std::mutex mutex_;
  std::set<std::string> known_;
};

}  // namespace stadtmesh::events::kafka

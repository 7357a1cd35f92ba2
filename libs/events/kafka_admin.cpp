#include "events/kafka_admin.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::events::kafka {
namespace {

constexpr absl::Duration kRetryInterval = absl::Milliseconds(20);

int Left(absl::Time deadline) { return std::max(1, Milliseconds(deadline - absl::Now())); }

}  // namespace

absl::StatusOr<std::shared_ptr<Admin>> Admin::Create(const KafkaOptions& options) {
  ASSIGN_OR_RETURN(Handle handle, NewHandle(RD_KAFKA_PRODUCER, options, {}, {}));
  return std::shared_ptr<Admin>(new Admin(options, std::move(handle)));
}

absl::Status Admin::EnsureTopic(const std::string& topic, absl::Time deadline) {
  {
    std::lock_guard lock(mutex_);
    if (known_.contains(topic)) return absl::OkStatus();
  }
  if (options_.create_topics) RETURN_IF_ERROR(CreateTopic(topic, deadline));
  // Other brokers learn of it a little later.
  while (true) {
    ASSIGN_OR_RETURN(int32_t partitions, PartitionCount(topic, deadline));
    if (partitions > 0) break;
    if (absl::Now() >= deadline)
      return absl::UnavailableError(absl::StrCat("Kafka: topic ", topic, " has no leader yet"));
    absl::SleepFor(kRetryInterval);
  }
  std::lock_guard lock(mutex_);
  known_.insert(topic);
  return absl::OkStatus();
}

absl::Status Admin::CreateTopic(const std::string& topic, absl::Time deadline) {
  char text[256];
  rd_kafka_NewTopic_t* request = rd_kafka_NewTopic_new(topic.c_str(), options_.partitions,
                                                       options_.replication, text, sizeof(text));
  if (request == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("Kafka topic ", topic, ": ", text));
  absl::Cleanup free_request = [&] { rd_kafka_NewTopic_destroy(request); };
  rd_kafka_NewTopic_set_config(request, "max.message.bytes", "2097152");
  if (options_.replication >= 3) rd_kafka_NewTopic_set_config(request, "min.insync.replicas", "2");

  rd_kafka_AdminOptions_t* admin_options =
      rd_kafka_AdminOptions_new(handle_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
  absl::Cleanup free_options = [&] { rd_kafka_AdminOptions_destroy(admin_options); };
  rd_kafka_AdminOptions_set_request_timeout(admin_options, Left(deadline), text, sizeof(text));
  Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_CreateTopics(handle_.get(), &request, 1, admin_options, queue.get());
  // Mostly the first question to the brokers: whoever reads the answer wants to know which they
  // are.
  const std::string attempt =
      absl::StrCat("creating topic ", topic, " (kafka.brokers is \"", options_.brokers, "\")");
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue.get(), Left(deadline) + 100);
  if (event == nullptr)
    return absl::UnavailableError(absl::StrCat("Kafka: ", attempt, ": no answer"));
  absl::Cleanup free_event = [&] { rd_kafka_event_destroy(event); };
  RETURN_IF_ERROR(ToStatus(rd_kafka_event_error(event), attempt));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  const rd_kafka_resp_err_t error =
      count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return absl::OkStatus();
  return ToStatus(error, attempt);
}

// 0 while the topic is not known everywhere.
absl::StatusOr<int32_t> Admin::PartitionCount(const std::string& topic, absl::Time deadline) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(handle_.get(), topic.c_str(), nullptr);
  absl::Cleanup free_topic = [&] { rd_kafka_topic_destroy(handle); };
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(handle_.get(), 0, handle, &metadata, Left(deadline));
  RETURN_IF_ERROR(ToStatus(error, absl::StrCat("metadata of ", topic)));
  absl::Cleanup free_metadata = [&] { rd_kafka_metadata_destroy(metadata); };
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  for (int p = 0; p < metadata->topics[0].partition_cnt; ++p) {
    if (metadata->topics[0].partitions[p].leader < 0) return 0;
  }
  return metadata->topics[0].partition_cnt;
}

absl::StatusOr<std::vector<HeldOffsets>> Admin::HeldBy(const std::string& topic,
                                                       absl::Time deadline) {
  RETURN_IF_ERROR(EnsureTopic(topic, deadline));
  ASSIGN_OR_RETURN(int32_t partitions, PartitionCount(topic, deadline));
  if (partitions == 0)
    return absl::UnavailableError(absl::StrCat("Kafka: topic ", topic, " has no leader"));
  std::vector<HeldOffsets> result(partitions);
  for (int32_t p = 0; p < partitions; ++p) {
    ASSIGN_OR_RETURN(result[p], HeldByPartition(topic, p, deadline));
  }
  return result;
}

absl::StatusOr<HeldOffsets> Admin::HeldByPartition(const std::string& topic, int32_t partition,
                                                   absl::Time deadline) {
  while (true) {
    HeldOffsets held;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        handle_.get(), topic.c_str(), partition, &held.first, &held.end, Left(deadline));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return held;
    // A new topic, or one whose leader moved: the broker named may not know yet that it leads.
    const absl::Status status = ToStatus(error, absl::StrCat("the end of ", topic));
    if (!absl::IsUnavailable(status) || absl::Now() + kRetryInterval >= deadline) return status;
    absl::SleepFor(kRetryInterval);
  }
}

}  // namespace stadtmesh::events::kafka

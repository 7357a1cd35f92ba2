#include "events/kafka_tail.h"

#include "base/status.h"

namespace stadtmesh::events::kafka {

absl::StatusOr<std::unique_ptr<TailReader>> TailReader::Start(
    const KafkaOptions& options, Admin& admin, std::string topic, const TailFrom& from,
    std::function<void(const Delivery&)> handler, absl::Time deadline) {
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> held, admin.HeldBy(topic, deadline));
  ASSIGN_OR_RETURN(std::vector<int64_t> next, TailStart(from, held));
  std::unique_ptr<TailReader> reader(new TailReader(std::move(topic), from, std::move(handler)));
  ASSIGN_OR_RETURN(reader->handle_, NewHandle(RD_KAFKA_CONSUMER, options, TailSettings(), {}));
  rd_kafka_poll_set_consumer(reader->handle_.get());
  Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (size_t p = 0; p < next.size(); ++p) {
    rd_kafka_topic_partition_list_add(list.get(), reader->topic_.c_str(), static_cast<int32_t>(p))
        ->offset = next[p];
  }
  reader->next_ = std::move(next);
  RETURN_IF_ERROR(ToStatus(rd_kafka_assign(reader->handle_.get(), list.get()), "reading a topic"));
  reader->queue_.reset(rd_kafka_queue_get_consumer(reader->handle_.get()));
  reader->thread_ = std::thread([raw = reader.get()] { raw->Run(); });
  return reader;
}

TailReader::~TailReader() { Stop(); }

void TailReader::Stop() {
  stopping_ = true;
  if (!thread_.joinable()) return;
  rd_kafka_queue_yield(queue_.get());
  thread_.join();
  queue_.reset();
  rd_kafka_consumer_close(handle_.get());
}

void TailReader::Run() {
  while (!stopping_) {
    Message message(rd_kafka_consumer_poll(handle_.get(), 200));
    if (message != nullptr) Handle(*message);
  }
}

void TailReader::Handle(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return;  // librdkafka goes on by itself
  int64_t& next = next_[message.partition];
  const bool lost = next != message.offset;  // without transactions a partition has no gaps
  next = message.offset + 1;
  if (lost && from_.on_lost) from_.on_lost(message.partition);
  auto event = ToEvent(message);
  if (event.ok()) handler_({*std::move(event), {message.partition, message.offset}});
}

}  // namespace stadtmesh::events::kafka

// A reader without a group. Only for kafka_*.cpp.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/kafka_admin.h"
#include "events/kafka_client.h"

namespace stadtmesh::events::kafka {

class TailReader final : public Subscription {
 public:
  // See Bus::Tail.
  static absl::StatusOr<std::unique_ptr<TailReader>> Start(
      const KafkaOptions& options, Admin& admin, std::string topic, const TailFrom& from,
      std::function<void(const Delivery&)> handler, absl::Time deadline);
  ~TailReader() override;
  void Stop() override;

 private:
  TailReader(std::string topic, const TailFrom& from, std::function<void(const Delivery&)> handler)
      : topic_(std::move(topic)), from_(from), handler_(std::move(handler)) {}
  void Run();
  void Handle(const rd_kafka_message_t& message);

  const std::string topic_;
  const TailFrom from_;
  std::vector<int64_t> next_;  // offset per partition
  const std::function<void(const Delivery&)> handler_;
  kafka::Handle handle_;
  Queue queue_;  // of the whole consumer: to wake the thread
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace stadtmesh::events::kafka

#include "events/kafka_bus.h"

#include "absl/time/clock.h"
#include "base/status.h"
#include "events/kafka_admin.h"
#include "events/kafka_group.h"
#include "events/kafka_producer.h"
#include "events/kafka_tail.h"

namespace stadtmesh::events {
namespace {

constexpr absl::Duration kTailTimeout = absl::Seconds(5);

}  // namespace

KafkaBus::KafkaBus(KafkaOptions options, const Clock* clock)
    : options_(std::move(options)), clock_(clock) {}
KafkaBus::~KafkaBus() = default;

absl::StatusOr<std::unique_ptr<KafkaBus>> KafkaBus::Create(KafkaOptions options,
                                                           const Clock* clock) {
  if (options.brokers.empty())
    return absl::InvalidArgumentError("Kafka setting brokers: must name at least one host:port");
  std::unique_ptr<KafkaBus> bus(new KafkaBus(std::move(options), clock));
  ASSIGN_OR_RETURN(bus->admin_, kafka::Admin::Create(bus->options_));
  return bus;
}

absl::StatusOr<size_t> KafkaBus::Publish(absl::string_view topic, const std::vector<Event>& events,
                                         absl::Time deadline) {
  if (events.empty()) return 0;
  RETURN_IF_ERROR(admin_->EnsureTopic(std::string(topic), deadline));
  std::shared_ptr<kafka::TopicProducer> producer;
  {
    std::lock_guard lock(mutex_);
    auto& slot = producers_[std::string(topic)];
    if (slot == nullptr)
      slot = std::make_shared<kafka::TopicProducer>(options_, std::string(topic));
    producer = slot;
  }
  return producer->Publish(events, deadline);
}

absl::StatusOr<std::unique_ptr<Subscription>> KafkaBus::Subscribe(const SubscribeOptions& options,
                                                                  Handler handler) {
  if (options.group.empty() || options.topics.empty())
    return absl::InvalidArgumentError("group and topics are required");
  if (options.dead_letters == nullptr)
    return absl::InvalidArgumentError("dead_letters is required");
  return kafka::GroupMember::Join(options_, admin_, options, std::move(handler), clock_);
}

absl::StatusOr<std::unique_ptr<Subscription>> KafkaBus::Tail(
    absl::string_view topic, const TailFrom& from, std::function<void(const Delivery&)> handler) {
  return kafka::TailReader::Start(options_, *admin_, std::string(topic), from, std::move(handler),
                                  absl::Now() + kTailTimeout);
}

absl::StatusOr<std::vector<Position>> KafkaBus::End(absl::string_view topic, absl::Time deadline) {
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> held, admin_->HeldBy(std::string(topic), deadline));
  std::vector<Position> result;
  for (const HeldOffsets& partition : held)
    result.push_back({static_cast<int32_t>(result.size()), partition.end - 1});
  return result;
}

}  // namespace stadtmesh::events

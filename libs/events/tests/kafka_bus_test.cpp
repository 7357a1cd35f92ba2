#include "events/kafka_bus.h"

#include <algorithm>
#include <cstdio>

#include "events/kafka_admin.h"
#include "events/testing/kafka_process.h"
#include "events/tests/bus_contract.h"
#include "events/tests/redis_place.h"

namespace stadtmesh::events {
namespace {

const SystemClock kClock;

// One broker for the whole binary.
class Broker final : public ::testing::Environment {
 public:
  void SetUp() override {
    if (const std::string missing = testing::KafkaProcess::Missing(); !missing.empty()) {
      std::fprintf(stderr, "%s\n", missing.c_str());
      std::exit(1);
    }
    process = std::make_unique<testing::KafkaProcess>();
  }
  void TearDown() override { process.reset(); }
  std::unique_ptr<testing::KafkaProcess> process;
};

Broker* const broker = static_cast<Broker*>(::testing::AddGlobalTestEnvironment(new Broker));

class KafkaWorld final : public World {
 public:
  std::shared_ptr<Bus> Connect() override {
    KafkaOptions options;
    options.brokers = broker->process->brokers();
    options.partitions = 4;
    options.session_timeout = absl::Seconds(6);
    auto bus = KafkaBus::Create(options, &kClock);
    EXPECT_TRUE(bus.ok()) << bus.status();
    buses_.push_back(*std::move(bus));
    return buses_.back();
  }
  void Away() override { broker->process->Kill(SIGSTOP); }
  void Back() override { broker->process->Kill(SIGCONT); }
  void Forget(const std::string& topic, int64_t keep) override;
  std::shared_ptr<DeadLetters> MakeDeadLetters() override { return MakeRedisPlace(); }

 private:
  std::vector<std::shared_ptr<Bus>> buses_;  // a subscription does not own its bus
};

// As retention does: the broker moves the start of the log (DeleteRecords).
void KafkaWorld::Forget(const std::string& topic, int64_t keep) {
  KafkaOptions options;
  options.brokers = broker->process->brokers();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  const auto admin = *kafka::Admin::Create(options);
  const auto held = *admin->HeldBy(topic, deadline);
  const auto handle = *kafka::NewHandle(RD_KAFKA_PRODUCER, options, {}, {});
  kafka::Partitions before(rd_kafka_topic_partition_list_new(static_cast<int>(held.size())));
  for (size_t p = 0; p < held.size(); ++p) {
    rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), static_cast<int32_t>(p))
        ->offset = std::max(held[p].first, held[p].end - keep);
  }
  rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(before.get());
  const kafka::Queue queue(rd_kafka_queue_new(handle.get()));
  rd_kafka_DeleteRecords(handle.get(), &request, 1, nullptr, queue.get());
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue.get(), 20'000);
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_event_destroy(event);
  rd_kafka_DeleteRecords_destroy(request);
}

INSTANTIATE_TEST_SUITE_P(Kafka, BusContract,
                         ::testing::Values(WorldParameter{
                             "Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Kafka, RelayContract,
                         ::testing::Values(WorldParameter{
                             "Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Kafka, LossContract,
                         ::testing::Values(WorldParameter{
                             "Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Kafka, LagContract,
                         ::testing::Values(WorldParameter{
                             "Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace stadtmesh::events

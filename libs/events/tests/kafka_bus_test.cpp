#include "events/kafka_bus.h"

#include <cstdio>

#include "events/testing/kafka_process.h"
#include "events/tests/bus_contract.h"

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

 private:
  std::vector<std::shared_ptr<Bus>> buses_;  // a subscription does not own its bus
};

INSTANTIATE_TEST_SUITE_P(Kafka, BusContract,
                         ::testing::Values(WorldParameter{"Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Kafka, RelayContract,
                         ::testing::Values(WorldParameter{"Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Kafka, LagContract,
                         ::testing::Values(WorldParameter{"Kafka", [] { return std::make_shared<KafkaWorld>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace stadtmesh::events

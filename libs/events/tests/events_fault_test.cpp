// A minute without the server, under load, on both adapters at once: nothing lost, nothing doubled,
// no dead letter. STADTMESH_OUTAGE_SECONDS shortens it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "events/counters.h"
#include "events/kafka_bus.h"
#include "events/memory_dead_letters.h"
#include "events/once.h"
#include "events/redis_streams_bus.h"
#include "events/relay.h"
#include "events/testing/kafka_process.h"
#include "redis/address.h"
#include "testing/fake_store.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

const SystemClock kClock;
constexpr int kAggregates = 8;

using testing::Soon;

absl::Duration Outage() {
  const char* seconds = std::getenv("STADTMESH_OUTAGE_SECONDS");
  return absl::Seconds(seconds != nullptr ? std::atoi(seconds) : 60);
}

// A service that commits all the time, its relay, and a consumer that counts, over one bus.
class Line {
 public:
  Line(std::string service, Bus* bus) : service_(std::move(service)), bus_(bus) {
    SubscribeOptions options;
    options.group = "counting";
    options.topics = {service_};
    options.dead_letters = &dead_letters_;
    options.counters = &counters_;
    subscription_ = *bus_->Subscribe(options, [this](const Event& event) { return Apply(event); });
    RelayOptions relay_options;
    relay_options.service = service_;
    relay_options.tenants = [] { return std::vector<std::string>{"musterstadt"}; };
    relay_ = std::make_unique<Relay>(&store_, bus_, relay_options, &kClock, &relay_counters_);
    relay_->Start();
    publisher_ = std::thread([this] {
      for (; publishing_; absl::SleepFor(absl::Milliseconds(20))) Commit();
    });
  }
  ~Line() {
    StopPublishing();
    relay_->Stop();
    subscription_->Stop();
  }
  void StopPublishing() {
    publishing_ = false;
    if (publisher_.joinable()) publisher_.join();
  }
  int committed() const { return committed_; }
  int64_t Applied() {
    int64_t total = 0;
    for (int a = 0; a < kAggregates; ++a) {
      const auto counter =
          store_.GetCounter({"musterstadt", "counting"}, absl::StrCat("a", a), Soon());
      if (counter.ok() && counter->has_value()) total += (*counter)->value;
    }
    return total;
  }
  const ConsumerCounters& counters() const { return counters_; }
  const RelayCounters& relay_counters() const { return relay_counters_; }

 private:
  void Commit() {
    const std::string id = absl::StrCat("e", committed_.load());
    store::Transaction transaction(store::ReplyIdentity{"s", "m", id, id});
    transaction.Emit(
        {absl::StrCat("a", committed_ % kAggregates), "t", "x", id, absl::Now(), "", {}});
    ASSERT_TRUE(store_.Commit({"musterstadt", service_}, transaction, Soon()).ok());
    ++committed_;
  }
  absl::Status Apply(const Event& event) {
    store::Transaction transaction(OnceOf("counting", event));
    transaction.Bound(event.aggregate, 0, 1'000'000);
    transaction.Add(event.aggregate, 1);
    return store_.Commit({event.tenant, "counting"}, transaction, Soon()).status();
  }

  const std::string service_;
  Bus* const bus_;
  testing::FakeStore store_{kClock};
  MemoryDeadLetters dead_letters_;
  ConsumerCounters counters_;
  RelayCounters relay_counters_;
  std::unique_ptr<Subscription> subscription_;
  std::unique_ptr<Relay> relay_;
  std::atomic<bool> publishing_{true};
  std::atomic<int> committed_{0};
  std::thread publisher_;
};

TEST(EventsFault, AMinuteWithoutTheServerLosesNothingAndMakesNoDeadLetter) {
  if (const std::string missing = testing::KafkaProcess::Missing(); !missing.empty())
    FAIL() << missing;
  testing::KafkaProcess kafka;
  testing::RedisProcess redis;
  KafkaOptions kafka_options;
  kafka_options.brokers = kafka.brokers();
  kafka_options.partitions = 4;
  auto kafka_bus = KafkaBus::Create(kafka_options, &kClock);
  RedisStreamsOptions redis_options;
  redis_options.connection.address = *redis::ParseAddress(redis.address());
  RedisStreamsBus redis_bus(redis_options, &kClock);
  Line lines[] = {{"kafka-line", kafka_bus->get()}, {"redis-line", &redis_bus}};
  for (Line& line : lines)
    ASSERT_TRUE(testing::WaitUntil([&] { return line.Applied() > 50; }, absl::Seconds(30)));

  kafka.Kill(SIGKILL);
  redis.Kill(SIGKILL);
  const absl::Time back = absl::Now() + Outage();
  // The lag shows, and grows.
  for (Line& line : lines) {
    EXPECT_TRUE(testing::WaitUntil([&] { return line.relay_counters().oldest_age_millis > 3000; },
                                   absl::Seconds(20)));
    EXPECT_GT(line.relay_counters().outbox_length, 50);
  }
  testing::WaitUntil([&] { return absl::Now() >= back; }, Outage());
  redis.Restart();
  kafka.Restart();

  for (Line& line : lines) {
    const int64_t during = line.Applied();
    EXPECT_TRUE(
        testing::WaitUntil([&] { return line.Applied() > during + 50; }, absl::Seconds(30)));
    line.StopPublishing();
    EXPECT_TRUE(
        testing::WaitUntil([&] { return line.Applied() == line.committed(); }, absl::Seconds(60)))
        << line.Applied() << " of " << line.committed();
    EXPECT_EQ(line.counters().dead_letters, 0u);
    EXPECT_EQ(line.counters().permanent_failures, 0u);
    EXPECT_EQ(line.counters().lost, 0u);
  }
}

}  // namespace
}  // namespace stadtmesh::events

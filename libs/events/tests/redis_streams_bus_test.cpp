#include "events/redis_streams_bus.h"

#include <atomic>

#include "base/ids.h"
#include "events/counters.h"
#include "events/event_codec.h"
#include "events/memory_dead_letters.h"
#include "events/stream_log.h"
#include "events/tests/bus_contract.h"
#include "events/tests/recorder.h"
#include "events/tests/redis_place.h"
#include "events/tests/samples.h"
#include "redis/address.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

const SystemClock kClock;

// One server for the whole binary.
testing::RedisProcess& Server() {
  static testing::RedisProcess process;  // ends with the test program
  return process;
}

RedisStreamsOptions Options() {
  RedisStreamsOptions options;
  options.connection.address = *redis::ParseAddress(Server().address());
  return options;
}

class RedisWorld final : public World {
 public:
  std::shared_ptr<Bus> Connect() override {
    buses_.push_back(std::make_shared<RedisStreamsBus>(Options(), &kClock));
    return buses_.back();
  }
  void Away() override { Server().Kill(SIGSTOP); }
  void Back() override { Server().Kill(SIGCONT); }
  void Forget(const std::string& topic, int64_t keep) override {
    redis::ClientOptions options;
    options.connection = Options().connection;
    redis::Client client(options);
    for (int p = 0; p < 4; ++p) {
      const std::string key = absl::StrCat("{bus:", topic, "}/log/", p);
      EXPECT_TRUE(
          client.Call({"XTRIM", key, "MAXLEN", absl::StrCat(keep)}, absl::Now() + absl::Seconds(10))
              .ok());
    }
  }
  std::shared_ptr<DeadLetters> MakeDeadLetters() override { return MakeRedisPlace(); }

 private:
  std::vector<std::shared_ptr<Bus>> buses_;  // a subscription does not own its bus
};

INSTANTIATE_TEST_SUITE_P(RedisStreams, BusContract,
                         ::testing::Values(WorldParameter{
                             "RedisStreams", [] { return std::make_shared<RedisWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(RedisStreams, LossContract,
                         ::testing::Values(WorldParameter{
                             "RedisStreams", [] { return std::make_shared<RedisWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(RedisStreams, RelayContract,
                         ::testing::Values(WorldParameter{
                             "RedisStreams", [] { return std::make_shared<RedisWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(RedisStreams, LagContract,
                         ::testing::Values(WorldParameter{
                             "RedisStreams", [] { return std::make_shared<RedisWorld>(); }}),
                         [](const auto& info) { return info.param.name; });

using testing::Soon;

std::shared_ptr<redis::Client> NewClient() {
  redis::ClientOptions options;
  options.connection = Options().connection;
  return std::make_shared<redis::Client>(options);
}

int64_t TotalHeld(const std::string& topic) {
  auto log = StreamLog::Open(NewClient(), topic, 4, Soon());
  const auto held = (*log)->Held(Soon());
  int64_t total = 0;
  for (const HeldOffsets& partition : *held) total += partition.end - partition.first;
  return total;
}

struct Group {
  MemoryDeadLetters dead_letters;
  ConsumerCounters counters;
  SubscribeOptions options;
  explicit Group(std::string topic) {
    options.group = "group";
    options.topics = {std::move(topic)};
    options.dead_letters = &dead_letters;
    options.counters = &counters;
  }
};

std::vector<Event> Many(const std::string& topic, int first, int count, size_t bytes = 10) {
  std::vector<Event> events;
  for (int n = first; n < first + count; ++n) {
    events.push_back(SampleEvent("a", n, topic));
    events.back().payload = std::string(bytes, 'x');
  }
  return events;
}

TEST(RedisStreams, TrimsBehindTheSlowestGroupOnly) {
  RedisStreamsOptions options = Options();
  options.keep = 10;
  RedisStreamsBus bus(options, &kClock);
  Group slow("trim-slowest"), fast("trim-slowest");
  fast.options.group = "fast";
  std::atomic<bool> go{false};
  Recorder slow_recorder([&](const Event& event) {
    return event.n <= 30 || go ? absl::OkStatus() : absl::UnavailableError("later");
  });
  Recorder fast_recorder;
  auto one = bus.Subscribe(slow.options, slow_recorder.AsHandler());
  auto two = bus.Subscribe(fast.options, fast_recorder.AsHandler());
  ASSERT_TRUE(*bus.Publish("trim-slowest", Many("trim-slowest", 1, 100), Soon()) == 100u);
  ASSERT_TRUE(fast_recorder.WaitForCount(100) && slow_recorder.WaitForCount(30));
  EXPECT_TRUE(testing::WaitUntil([&] {
    EXPECT_TRUE(bus.Trim("trim-slowest", Soon()).ok());
    return TotalHeld("trim-slowest") == 70;
  }));
  go = true;
  EXPECT_TRUE(slow_recorder.WaitForCount(100));
  EXPECT_TRUE(testing::WaitUntil([&] {
    EXPECT_TRUE(bus.Trim("trim-slowest", Soon()).ok());
    return TotalHeld("trim-slowest") == 10;
  }));
  EXPECT_EQ(slow.counters.lost, 0u);
}

TEST(RedisStreams, TrimsByBytesAndTellsWhoLagsTooFarToRebuild) {
  RedisStreamsOptions options = Options();
  options.max_bytes = 400'000;  // 100,000 for the one partition that is used
  options.keep = 0;
  RedisStreamsBus bus(options, &kClock);
  Group group("trim-bytes");
  std::atomic<int> lost{0};
  group.options.on_lost = [&](absl::string_view topic, int32_t) {
    EXPECT_EQ(topic, "trim-bytes");
    ++lost;
  };
  Recorder recorder;
  auto subscription = bus.Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(bus.Publish("trim-bytes", Many("trim-bytes", 1, 5, 1000), Soon()).ok());
  ASSERT_TRUE(recorder.WaitForCount(5));
  (*subscription)->Stop();
  ASSERT_TRUE(bus.Publish("trim-bytes", Many("trim-bytes", 6, 195, 1000), Soon()).ok());
  ASSERT_TRUE(bus.Trim("trim-bytes", Soon()).ok());
  const int64_t held = TotalHeld("trim-bytes");
  EXPECT_GT(held, 10);
  EXPECT_LT(held, 100);
  subscription = bus.Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(recorder.WaitForCount(5 + held));
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(recorder.seen()["a"].back(), 200u);
  EXPECT_TRUE(absl::IsOutOfRange(
      bus.Tail("trim-bytes",
               {TailFrom::Kind::kAfter, {{PartitionOf("musterstadt/a", 4), 0}}, nullptr},
               [](const Delivery&) {})
          .status()));
}

TEST(RedisStreams, ALogThatIsAnotherOneIsNoticed) {
  RedisStreamsBus bus(Options(), &kClock);
  Group group("another");
  Recorder recorder;
  std::atomic<int> lost{0}, tail_lost{0};
  group.options.on_lost = [&](absl::string_view, int32_t) { ++lost; };
  auto subscription = bus.Subscribe(group.options, recorder.AsHandler());
  std::atomic<int> tailed{0};
  auto tail = bus.Tail("another", {TailFrom::Kind::kNow, {}, [&](int32_t) { ++tail_lost; }},
                       [&](const Delivery&) { ++tailed; });
  ASSERT_TRUE(bus.Publish("another", Many("another", 1, 20), Soon()).ok());
  ASSERT_TRUE(recorder.WaitForCount(20));
  ASSERT_TRUE(testing::WaitUntil([&] { return tailed == 20; }));
  auto client = NewClient();
  redis::Command remove = {"DEL",
                           absl::StrCat("{bus:another}/log/", PartitionOf("musterstadt/a", 4))};
  ASSERT_TRUE(client->Call(std::move(remove), Soon()).ok());
  EXPECT_TRUE(testing::WaitUntil([&] { return lost == 1 && tail_lost == 1; }));
  ASSERT_TRUE(bus.Publish("another", Many("another", 21, 5), Soon()).ok());
  EXPECT_TRUE(recorder.WaitForCount(25));
  EXPECT_TRUE(testing::WaitUntil([&] { return tailed == 25; }));
}

TEST(RedisStreams, EntriesThatAreNoEventsAreSkippedAndCounted) {
  RedisStreamsBus bus(Options(), &kClock);
  Group group("rubbish");
  Recorder recorder;
  ASSERT_TRUE(bus.End("rubbish", Soon()).ok());
  auto client = NewClient();
  const std::string key = absl::StrCat("{bus:rubbish}/log/", PartitionOf("musterstadt/a", 4));
  ASSERT_TRUE(client->Call({"XADD", key, "0-*", "ce_id", "1"}, Soon()).ok());
  ASSERT_TRUE(bus.Publish("rubbish", Many("rubbish", 1, 3), Soon()).ok());
  auto subscription = bus.Subscribe(group.options, recorder.AsHandler());
  EXPECT_TRUE(recorder.WaitForCount(3));
  EXPECT_EQ(group.counters.undecodable, 1u);
  EXPECT_EQ(group.counters.dead_letters, 0u);
}

TEST(RedisStreams, AReaderWhoseLeaseEndedCannotMoveTheCursor) {
  RandomIdSource ids;
  auto log = *StreamLog::Open(NewClient(), ids.NewId("fencing"), 4, Soon());
  ASSERT_TRUE(log->Lease("group", "old", {0}, absl::Milliseconds(50), Soon())->contains(0));
  ASSERT_TRUE(log->Commit("group", "old", {{0, 5}}, Soon()).ok());
  ASSERT_TRUE(testing::WaitUntil(
      [&] { return log->Lease("group", "new", {0}, absl::Minutes(1), Soon())->contains(0); }));
  ASSERT_TRUE(log->Commit("group", "new", {{0, 9}}, Soon()).ok());
  ASSERT_TRUE(log->Commit("group", "old", {{0, 6}}, Soon()).ok());
  EXPECT_EQ((*log->Cursors("group", Soon()))[0], 9);
}

}  // namespace
}  // namespace stadtmesh::events

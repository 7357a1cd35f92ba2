// Members that come and go, handlers that fail, servers that are away.
#include <atomic>
#include <thread>

#include "base/status.h"
#include "events/tests/bus_contract_helpers.h"

namespace stadtmesh::events {

TEST_P(BusContract, RebalanceStallsAndReordersNoAggregate) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  Recorder recorder([](const Event&) {
    absl::SleepFor(absl::Microseconds(200));
    return absl::OkStatus();
  });
  std::atomic<bool> publishing{true};
  std::atomic<int> last{0};
  std::thread publisher([&] {
    while (publishing) {
      PublishAll(*bus_, topic, Interleaved(topic, 16, 1, last + 1));
      ++last;
      absl::SleepFor(absl::Milliseconds(10));
    }
  });
  auto steady = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(steady.ok());
  for (int round = 0; round < 3; ++round) {
    Recorder guest_recorder;
    ConsumerCounters guest_counters;
    SubscribeOptions options = group.options;
    options.counters = &guest_counters;
    auto guest = world_->Connect()->Subscribe(options, [&](const Event& event) {
      RETURN_IF_ERROR(recorder.AsHandler()(event));
      return guest_recorder.AsHandler()(event);
    });
    ASSERT_TRUE(guest.ok());
    EXPECT_TRUE(WaitUntil([&] { return guest_counters.rebalances > 0; }, world_->rebalance_time()));
    EXPECT_TRUE(guest_recorder.WaitForCount(32)) << "a new member is not given anything";
    const size_t before = recorder.count();
    EXPECT_TRUE(recorder.WaitForCount(before + 64));
  }
  publishing = false;
  publisher.join();
  const auto total = static_cast<size_t>(last) * 16;
  EXPECT_TRUE(WaitUntil([&] { return recorder.distinct() == total; }, world_->rebalance_time()))
      << recorder.distinct() << " of " << total;
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    EXPECT_TRUE(InOrderBehindWatermark(numbers, last))
        << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  EXPECT_FALSE(recorder.overlapped());
}

TEST_P(BusContract, ATransientErrorPausesItsPartitionAndNeverCounts) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  std::atomic<int> failures{0};
  std::atomic<bool> away{true};
  Recorder recorder([&](const Event& event) {
    if (event.aggregate != "a0" || !away) return absl::OkStatus();
    ++failures;
    return absl::UnavailableError("the store is away");
  });
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 20, 3));
  // Those of other partitions pass meanwhile.
  EXPECT_TRUE(WaitUntil([&] { return failures >= 8 && recorder.count() >= 3; }));
  EXPECT_FALSE(recorder.seen().contains("a0"));
  away = false;
  EXPECT_TRUE(WaitUntil([&] { return recorder.distinct() == 60; }, absl::Seconds(30)));
  EXPECT_TRUE(InOrderBehindWatermark(recorder.seen()["a0"], 3));
  EXPECT_EQ(group.counters.dead_letters, 0u);
}

TEST_P(BusContract, AServerThatIsAwayMakesNoDeadLetterAndLosesNothing) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  Recorder recorder;
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 8, 5));
  ASSERT_TRUE(recorder.WaitForCount(40));

  world_->Away();
  std::vector<Event> waiting = Interleaved(topic, 8, 5, 6);
  const auto refused = bus_->Publish(topic, waiting, absl::Now() + absl::Seconds(2));
  EXPECT_FALSE(refused.ok() && *refused == waiting.size());
  if (refused.ok())
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<int64_t>(*refused));
  world_->Back();

  PublishAll(*bus_, topic, waiting);
  EXPECT_TRUE(WaitUntil([&] { return recorder.distinct() == 80; }, absl::Seconds(60)));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    EXPECT_TRUE(InOrderBehindWatermark(numbers, 10))
        << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  EXPECT_EQ(group.counters.dead_letters, 0u);
  EXPECT_EQ(group.counters.permanent_failures, 0u);
}

}  // namespace stadtmesh::events

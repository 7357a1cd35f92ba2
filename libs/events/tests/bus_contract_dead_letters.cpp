// Dead letters, parking and replay, over whatever place the world keeps them in.
#include <atomic>
#include <thread>

#include "events/tests/bus_contract_helpers.h"

namespace stadtmesh::events {

TEST_P(BusContract, DeadLettersParkTheirAggregateAndReplayReleasesItInOrder) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  std::atomic<bool> broken{true};
  Recorder recorder([&](const Event& event) {
    return broken && event.id == "a1-2" ? absl::InvalidArgumentError("no such stop")
                                        : absl::OkStatus();
  });
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 4, 5));
  ASSERT_TRUE(recorder.WaitForCount(16));
  ASSERT_TRUE(WaitUntil([&] { return group.counters.parked == 3; }));
  const AggregateKey key = KeyOf(SampleEvent("a1", 1, topic));
  const auto letters = group.dead_letters->List(group.options.group, key, 10, Soon());
  ASSERT_EQ(letters->size(), 4u);
  EXPECT_EQ((*letters)[0].event.n, 2u);
  EXPECT_EQ((*letters)[0].tries, 3);
  EXPECT_NE((*letters)[0].cause.find("no such stop"), std::string::npos);

  // It stays parked for the next member.
  (*subscription)->Stop();
  subscription = world_->Connect()->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 4, 1, 6));
  ASSERT_TRUE(WaitUntil([&] { return group.counters.parked == 4; }));

  EXPECT_TRUE(absl::IsInvalidArgument((*subscription)->ReplayDeadLetters(key, Soon()).status()));
  broken = false;
  const auto replayed = (*subscription)->ReplayDeadLetters(key, Soon());
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(*replayed, 5u);
  PublishAll(*bus_, topic, Interleaved(topic, 4, 1, 7));
  ASSERT_TRUE(recorder.WaitForCount(28));
  for (const auto& [aggregate, numbers] : recorder.seen()) EXPECT_EQ(numbers, UpTo(7)) << aggregate;
  EXPECT_EQ(group.counters.dead_letters, 1u);
}

TEST_P(BusContract, AReplayRacesWithNewEventsAndKeepsTheOrder) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  std::atomic<bool> broken{true};
  Recorder recorder([&](const Event& event) {
    return broken && event.n == 1 ? absl::InternalError("bug") : absl::OkStatus();
  });
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 1, 20));
  ASSERT_TRUE(WaitUntil([&] { return group.counters.parked >= 19; }));
  broken = false;
  std::thread publisher([&] {
    for (int n = 21; n <= 120; ++n) PublishAll(*bus_, topic, {SampleEvent("a0", n, topic)});
  });
  const auto replayed =
      (*subscription)->ReplayDeadLetters(KeyOf(SampleEvent("a0", 1, topic)), Soon());
  EXPECT_TRUE(replayed.ok()) << replayed.status();
  publisher.join();
  EXPECT_TRUE(recorder.WaitForCount(120));
  EXPECT_EQ(recorder.seen()["a0"], UpTo(120));
  EXPECT_FALSE(recorder.overlapped());
}

TEST_P(BusContract, AReplicaThatHoldsNothingReplaysInOrderToo) {
  const std::string topic = Unique("topic");
  Group one(*world_, Unique("group"), topic);
  ConsumerCounters two_counters;
  SubscribeOptions two = one.options;
  two.counters = &two_counters;
  std::atomic<bool> broken{true};
  Recorder recorder([&](const Event& event) {
    return broken && event.id == "a1-2" ? absl::InternalError("bug") : absl::OkStatus();
  });
  auto first = bus_->Subscribe(one.options, recorder.AsHandler());
  auto second = world_->Connect()->Subscribe(two, recorder.AsHandler());
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(WaitUntil([&] { return one.counters.rebalances > 0 && two_counters.rebalances > 0; },
                        world_->rebalance_time()));
  PublishAll(*bus_, topic, Interleaved(topic, 8, 5));
  ASSERT_TRUE(
      WaitUntil([&] { return one.counters.parked + two_counters.parked >= 3; }, absl::Seconds(30)));
  Subscription& other = one.counters.parked > 0 ? **second : **first;

  const AggregateKey key = KeyOf(SampleEvent("a1", 1, topic));
  EXPECT_TRUE(absl::IsInternal(other.ReplayDeadLetters(key, Soon()).status()));
  broken = false;
  std::thread publisher([&] {
    for (int n = 6; n <= 40; ++n) PublishAll(*bus_, topic, {SampleEvent("a1", n, topic)});
  });
  const auto replayed = other.ReplayDeadLetters(key, Soon());
  EXPECT_TRUE(replayed.ok()) << replayed.status();
  publisher.join();
  EXPECT_TRUE(WaitUntil([&] { return recorder.distinct() == 7 * 5 + 40; }, absl::Seconds(30)));
  const auto seen = recorder.seen();
  EXPECT_TRUE(InOrderBehindWatermark(seen.at("a1"), 40)) << ::testing::PrintToString(seen.at("a1"));
  EXPECT_FALSE(recorder.overlapped());
}

}  // namespace stadtmesh::events

// From a commit to the effect: the relay and a consumer that keeps a watermark, on every adapter.
#include <algorithm>

#include "events/tests/bus_contract_helpers.h"
#include "events/tests/recorder.h"
#include "events/tests/relay_contract_helpers.h"

namespace stadtmesh::events {

TEST_P(RelayContract, CarriesEveryCommitInOrderAndEmptiesTheOutbox) {
  Mesh mesh(Unique("topic"));
  Recorder recorder;
  auto subscription = bus_->Subscribe(mesh.consumer, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  Relay relay(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock, &mesh.relay_counters);
  relay.Start();
  for (int i = 0; i < 300; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 7));
  for (int i = 0; i < 5; ++i) mesh.publisher.Commit("b", "nachbarort");
  ASSERT_TRUE(WaitUntil([&] { return recorder.distinct() == 305; }, absl::Seconds(30)));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    const uint64_t last = aggregate == "b" ? 5 : aggregate == "a6" ? 42 : 43;
    EXPECT_TRUE(InOrderBehindWatermark(numbers, last))
        << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  // At least once: a relay whose lease ended under it sends some again, but not all.
  EXPECT_LT(recorder.count(), 2 * 305u);
  EXPECT_TRUE(WaitUntil([&] {
    const RelayCounters& counters = mesh.relay_counters;
    return mesh.Waiting() == 0 && counters.outbox_length == 0 && counters.oldest_age_millis == 0 &&
           counters.leading == 2;
  }));
  EXPECT_GE(mesh.relay_counters.published, 305u);
}

TEST_P(RelayContract, TheEffectHappensExactlyOnceThoughAnswersGetLost) {
  Mesh mesh(Unique("topic"));
  auto subscription = bus_->Subscribe(mesh.consumer, mesh.counting.AsHandler());
  ASSERT_TRUE(subscription.ok());
  LosesAnswers lossy(bus_.get());
  mesh.relay_options.batch = 20;
  Relay relay(&mesh.store, &lossy, mesh.relay_options, &mesh.clock, &mesh.relay_counters);
  relay.Start();
  for (int i = 0; i < 300; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 5));
  EXPECT_TRUE(WaitUntil([&] { return mesh.counting.Total(5) == 300 && mesh.Waiting() == 0; },
                        absl::Seconds(30)));
  relay.Stop();
  EXPECT_GT(mesh.relay_counters.publish_failures, 0u);
  for (int a = 0; a < 5; ++a) EXPECT_EQ(mesh.counting.Value(absl::StrCat("a", a)), 60);
  EXPECT_EQ(mesh.counters.dead_letters, 0u);
}

TEST_P(RelayContract, ASecondReplicaTakesOverWithinFiveSecondsAndAFrozenLeaderHarmsNobody) {
  Mesh mesh(Unique("topic"));
  auto subscription = bus_->Subscribe(mesh.consumer, mesh.counting.AsHandler());
  ASSERT_TRUE(subscription.ok());
  auto other_bus = world_->Connect();
  Freezes buses[] = {Freezes(bus_.get()), Freezes(other_bus.get())};
  RelayCounters counters[2];
  Relay first(&mesh.store, &buses[0], mesh.relay_options, &mesh.clock, &counters[0]);
  Relay second(&mesh.store, &buses[1], mesh.relay_options, &mesh.clock, &counters[1]);
  first.Start();
  ASSERT_TRUE(WaitUntil([&] { return counters[0].leading == 2; }));
  second.Start();
  int committed = 0;
  const auto commit = [&] {
    for (int i = 0; i < 20; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 4));
    committed += 20;
  };
  const auto arrived = [&] { return mesh.counting.Total(4) == committed; };
  absl::Duration shortest = absl::InfiniteDuration();  // the other bears a machine that stalls
  for (int leader : {0, 1}) {
    ASSERT_TRUE(WaitUntil(
        [&] { return counters[leader].leading == 2 && counters[1 - leader].leading == 0; }));
    commit();
    ASSERT_TRUE(WaitUntil(arrived));
    buses[leader].Set(true);
    commit();
    ASSERT_TRUE(WaitUntil([&] { return buses[leader].stands(); }));
    const absl::Time frozen = absl::Now();
    ASSERT_TRUE(WaitUntil(arrived));
    shortest = std::min(shortest, absl::Now() - frozen);
    commit();
    ASSERT_TRUE(WaitUntil(arrived));
    const int calls = mesh.counting.calls();
    buses[leader].Set(false);
    ASSERT_TRUE(WaitUntil([&] { return mesh.counting.calls() > calls; }))
        << "the old leader published nothing late";
    commit();
    EXPECT_TRUE(WaitUntil([&] { return arrived() && mesh.Waiting() == 0; }));
  }
  EXPECT_LT(shortest, absl::Seconds(5));
  for (int a = 0; a < 4; ++a) EXPECT_EQ(mesh.counting.Value(absl::StrCat("a", a)), committed / 4);
  EXPECT_EQ(mesh.counters.dead_letters, 0u);
  EXPECT_EQ(mesh.counters.permanent_failures, 0u);
  EXPECT_TRUE(WaitUntil([&] { return counters[1].leading == 0; }));
}

TEST_P(RelayContract, ALeaderThatStopsHandsOverAtOnce) {
  Mesh mesh(Unique("topic"));
  Recorder recorder;
  auto subscription = bus_->Subscribe(mesh.consumer, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  RelayCounters second_counters;
  mesh.relay_options.lease = absl::Seconds(30);  // does not end by itself meanwhile
  Relay first(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock);
  Relay second(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock, &second_counters);
  first.Start();
  mesh.publisher.Commit("a0");
  ASSERT_TRUE(recorder.WaitForCount(1));
  second.Start();
  first.Stop();
  EXPECT_TRUE(WaitUntil([&] { return second_counters.leading == 2; }, absl::Seconds(20)));
  mesh.publisher.Commit("a0");
  EXPECT_TRUE(recorder.WaitForCount(2));
}

TEST_P(RelayContract, AnEventAfterAGapIsHeldAndCounted) {
  Mesh mesh(Unique("topic"));
  mesh.consumer.retry.first_back_off = absl::Milliseconds(1);
  auto subscription = bus_->Subscribe(mesh.consumer, mesh.counting.AsHandler());
  ASSERT_TRUE(subscription.ok());
  const auto event = [&](uint64_t n) {
    Event result;
    result.id = absl::StrCat("e", n);
    result.type = "t";
    result.service = mesh.relay_options.service;
    result.tenant = "musterstadt";
    result.aggregate = "a0";
    result.epoch = 1;
    result.n = n;
    result.time = absl::Now();
    return result;
  };
  ASSERT_TRUE(
      bus_->Publish(mesh.relay_options.service, {event(1), event(3), event(4)}, Soon()).ok());
  ASSERT_TRUE(WaitUntil([&] { return mesh.counters.parked == 1; }));
  EXPECT_EQ(mesh.counters.gaps, 1u);
  EXPECT_EQ(mesh.counting.Value("a0"), 1);
  // The missing one turns up; it waits in its place, and the replay applies all.
  ASSERT_TRUE(bus_->Publish(mesh.relay_options.service, {event(2)}, Soon()).ok());
  ASSERT_TRUE(WaitUntil([&] { return mesh.counters.parked == 2; }));
  const auto replayed = (*subscription)->ReplayDeadLetters(KeyOf(event(1)), Soon());
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(*replayed, 3u);
  EXPECT_EQ(mesh.counting.Value("a0"), 4);
}

}  // namespace stadtmesh::events

// Order, partitions and groups that need nobody to fail.
#include <set>

#include "base/ids.h"
#include "events/event_codec.h"
#include "events/tests/bus_contract_helpers.h"

namespace stadtmesh::events {

void BusContract::SetUp() {
  world_ = GetParam().make();
  bus_ = world_->Connect();
}

std::string BusContract::Unique(const std::string& prefix) {
  RandomIdSource ids;
  return ids.NewId(prefix);
}

TEST_P(BusContract, DeliversEveryEventWholeAndInOrderPerAggregate) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  std::mutex mutex;
  std::vector<Event> first;
  Recorder recorder([&](const Event& event) {
    std::lock_guard lock(mutex);
    if (event.aggregate == "special") first.push_back(event);
    return absl::OkStatus();
  });
  Event special = SampleEvent("special", 1, topic);
  special.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  special.counters = {{"seats", -3}};
  special.payload = std::string("\0binary\xff", 8);
  special.time += absl::Nanoseconds(7);
  PublishAll(*bus_, topic, {special});
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  for (int batch = 0; batch < 10; ++batch)
    PublishAll(*bus_, topic, Interleaved(topic, 20, 5, 1 + 5 * batch));

  ASSERT_TRUE(recorder.WaitForCount(1001));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    EXPECT_EQ(numbers, UpTo(aggregate == "special" ? 1 : 50)) << aggregate;
  }
  EXPECT_FALSE(recorder.overlapped());
  std::lock_guard lock(mutex);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(EncodeHeaders(first[0]), EncodeHeaders(special));
  EXPECT_EQ(first[0].payload, special.payload);
}

TEST_P(BusContract, PublishRefusesWhatItCannotKeepWithoutBreakingTheOrder) {
  const std::string topic = Unique("topic");
  const auto none = bus_->Publish(topic, {}, Soon());
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, 0u);
  const auto too_late =
      bus_->Publish(topic, {SampleEvent("a", 1, topic)}, absl::Now() - absl::Seconds(1));
  EXPECT_FALSE(too_late.ok() && *too_late > 1);
}

TEST_P(BusContract, EveryAggregateLivesInThePartitionOfItsKey) {
  const std::string topic = Unique("topic");
  std::mutex mutex;
  std::vector<Delivery> seen;
  PublishAll(*bus_, topic, Interleaved(topic, 30, 1));
  TailFrom from;
  from.kind = TailFrom::Kind::kBeginning;
  auto tail = bus_->Tail(topic, from, [&](const Delivery& delivery) {
    std::lock_guard lock(mutex);
    seen.push_back(delivery);
  });
  ASSERT_TRUE(tail.ok()) << tail.status();
  ASSERT_TRUE(WaitUntil([&] {
    std::lock_guard lock(mutex);
    return seen.size() == 30;
  }));
  const auto end = bus_->End(topic, Soon());
  ASSERT_TRUE(end.ok()) << end.status();
  std::set<int32_t> used;
  std::lock_guard lock(mutex);
  for (const Delivery& delivery : seen) {
    EXPECT_EQ(delivery.position.partition,
              PartitionOf(PartitionKey(delivery.event), static_cast<int32_t>(end->size())));
    used.insert(delivery.position.partition);
  }
  EXPECT_GT(used.size(), 1u);
}

TEST_P(BusContract, ANewMemberContinuesWhereTheGroupStopped) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  Recorder first, second;
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10));
  auto subscription = bus_->Subscribe(group.options, first.AsHandler());
  ASSERT_TRUE(subscription.ok());
  ASSERT_TRUE(first.WaitForCount(50));
  (*subscription)->Stop();
  (*subscription)->Stop();  // idempotent
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10, 11));

  auto other = world_->Connect();
  auto again = other->Subscribe(group.options, second.AsHandler());
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE(second.WaitForCount(50));
  EXPECT_EQ(second.count(), 50u);
  for (const auto& [aggregate, numbers] : second.seen())
    EXPECT_EQ(numbers.front(), 11u) << aggregate;
}

TEST_P(BusContract, GroupsDoNotDisturbEachOther) {
  const std::string topic = Unique("topic");
  Group one(*world_, Unique("group"), topic), two(*world_, Unique("group"), topic);
  Recorder first, second;
  auto a = bus_->Subscribe(one.options, first.AsHandler());
  auto b = bus_->Subscribe(two.options, second.AsHandler());
  ASSERT_TRUE(a.ok() && b.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10));
  EXPECT_TRUE(first.WaitForCount(50));
  EXPECT_TRUE(second.WaitForCount(50));
}

TEST_P(BusContract, SubscribingNeedsAGroupAndTopics) {
  Group group(*world_, "", Unique("topic"));
  EXPECT_TRUE(
      absl::IsInvalidArgument(bus_->Subscribe(group.options, Recorder().AsHandler()).status()));
  group.options.group = "group";
  group.options.topics.clear();
  EXPECT_TRUE(
      absl::IsInvalidArgument(bus_->Subscribe(group.options, Recorder().AsHandler()).status()));
}

}  // namespace stadtmesh::events

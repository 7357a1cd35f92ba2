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

  ASSERT_TRUE(WaitUntil([&] { return recorder.distinct() == 1001; }, absl::Seconds(30)));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    EXPECT_TRUE(InOrderBehindWatermark(numbers, aggregate == "special" ? 1 : 50))
        << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  // At least once: some come again when a lease ends or an answer is late, but not all.
  EXPECT_LT(recorder.count(), 2 * 1001u);
  EXPECT_FALSE(recorder.overlapped());
  std::lock_guard lock(mutex);
  ASSERT_GE(first.size(), 1u);
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

// True when it was given exactly what came after the group stopped.
bool BusContract::ANewMemberContinues() {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  Recorder first, second;
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10));
  auto subscription = bus_->Subscribe(group.options, first.AsHandler());
  if (!subscription.ok() || !first.WaitForCount(50)) return false;
  (*subscription)->Stop();
  (*subscription)->Stop();  // idempotent
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10, 11));

  auto other = world_->Connect();
  auto again = other->Subscribe(group.options, second.AsHandler());
  if (!again.ok()) return false;
  // Nothing of what is new may be missing, whatever comes again.
  EXPECT_TRUE(WaitUntil(
      [&] {
        const auto seen = second.seen();
        return seen.size() == 5 && std::all_of(seen.begin(), seen.end(), [](const auto& aggregate) {
                 return aggregate.second.back() == 20;
               });
      },
      absl::Seconds(30)));
  for (const auto& [aggregate, numbers] : second.seen()) {
    const uint64_t begin = numbers.front();
    EXPECT_LE(begin, 11u) << aggregate;
    if (begin != 11 || numbers.size() != 10) return false;
  }
  return true;
}

TEST_P(BusContract, ANewMemberContinuesWhereTheGroupStopped) {
  // The commit at the end is best effort: without it some events come twice.
  EXPECT_TRUE(ANewMemberContinues() || ANewMemberContinues() || ANewMemberContinues());
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

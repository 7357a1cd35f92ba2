#include "events/tests/bus_contract.h"

#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "base/status.h"
#include "events/event_codec.h"
#include "events/memory_dead_letters.h"
#include "events/counters.h"
#include "events/tests/recorder.h"
#include "events/tests/samples.h"

namespace stadtmesh::events {

using testing::WaitUntil;
using Numbers = std::vector<uint64_t>;

void BusContract::SetUp() {
  world_ = GetParam().make();
  bus_ = world_->Connect();
}

std::string BusContract::Unique(const std::string& prefix) {
  RandomIdSource ids;
  return ids.NewId(prefix);
}

namespace {

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

Numbers UpTo(uint64_t last) {
  Numbers numbers;
  for (uint64_t n = 1; n <= last; ++n) numbers.push_back(n);
  return numbers;
}

// Events 1..per_aggregate of each aggregate, interleaved.
std::vector<Event> Interleaved(const std::string& topic, int aggregates, int per_aggregate, int first = 1) {
  std::vector<Event> events;
  for (int n = first; n < first + per_aggregate; ++n) {
    for (int a = 0; a < aggregates; ++a) events.push_back(SampleEvent(absl::StrCat("a", a), n, topic));
  }
  return events;
}

// Publishes all, retrying as the relay does.
void PublishAll(Bus& bus, const std::string& topic, std::vector<Event> events) {
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (!events.empty()) {
    auto count = bus.Publish(topic, events, Soon());
    if (count.ok()) events.erase(events.begin(), events.begin() + static_cast<int64_t>(*count));
    ASSERT_LT(absl::Now(), deadline) << count.status();
  }
}

// True when dropping what is at or below the highest number so far leaves 1..last: a consumer with a watermark is served.
bool InOrderBehindWatermark(const Numbers& numbers, uint64_t last) {
  uint64_t mark = 0;
  for (uint64_t n : numbers) {
    if (n > mark + 1) return false;
    mark = std::max(mark, n);
  }
  return mark == last;
}

struct Group {
  SubscribeOptions options;
  MemoryDeadLetters dead_letters;
  ConsumerCounters counters;
  Group(std::string name, std::string topic) {
    options.group = std::move(name);
    options.topics = {std::move(topic)};
    options.dead_letters = &dead_letters;
    options.counters = &counters;
    options.retry.first_back_off = absl::Milliseconds(10);
    options.retry.longest_back_off = absl::Milliseconds(200);
  }
};

}  // namespace

TEST_P(BusContract, DeliversEveryEventWholeAndInOrderPerAggregate) {
  const std::string topic = Unique("topic");
  Group group(Unique("group"), topic);
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
  for (int batch = 0; batch < 10; ++batch) PublishAll(*bus_, topic, Interleaved(topic, 20, 5, 1 + 5 * batch));

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
  const auto too_late = bus_->Publish(topic, {SampleEvent("a", 1, topic)}, absl::Now() - absl::Seconds(1));
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
  Group group(Unique("group"), topic);
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
  for (const auto& [aggregate, numbers] : second.seen()) EXPECT_EQ(numbers.front(), 11u) << aggregate;
}

TEST_P(BusContract, GroupsDoNotDisturbEachOther) {
  const std::string topic = Unique("topic");
  Group one(Unique("group"), topic), two(Unique("group"), topic);
  Recorder first, second;
  auto a = bus_->Subscribe(one.options, first.AsHandler());
  auto b = bus_->Subscribe(two.options, second.AsHandler());
  ASSERT_TRUE(a.ok() && b.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 5, 10));
  EXPECT_TRUE(first.WaitForCount(50));
  EXPECT_TRUE(second.WaitForCount(50));
}

TEST_P(BusContract, RebalanceStallsAndReordersNoAggregate) {
  const std::string topic = Unique("topic");
  Group group(Unique("group"), topic);
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
    EXPECT_TRUE(InOrderBehindWatermark(numbers, last)) << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  EXPECT_FALSE(recorder.overlapped());
}

TEST_P(BusContract, ATransientErrorPausesItsPartitionAndNeverCounts) {
  const std::string topic = Unique("topic");
  Group group(Unique("group"), topic);
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
  EXPECT_TRUE(recorder.WaitForCount(60));
  EXPECT_EQ(recorder.seen()["a0"], UpTo(3));
  EXPECT_EQ(group.counters.dead_letters, 0u);
}

TEST_P(BusContract, DeadLettersParkTheirAggregateAndReplayReleasesItInOrder) {
  const std::string topic = Unique("topic");
  Group group(Unique("group"), topic);
  std::atomic<bool> broken{true};
  Recorder recorder([&](const Event& event) {
    return broken && event.id == "a1-2" ? absl::InvalidArgumentError("no such stop") : absl::OkStatus();
  });
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 4, 5));
  ASSERT_TRUE(recorder.WaitForCount(16));
  ASSERT_TRUE(WaitUntil([&] { return group.counters.parked == 3; }));
  const AggregateKey key = KeyOf(SampleEvent("a1", 1, topic));
  const auto letters = group.dead_letters.List(group.options.group, key, 10, Soon());
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
  Group group(Unique("group"), topic);
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
  const auto replayed = (*subscription)->ReplayDeadLetters(KeyOf(SampleEvent("a0", 1, topic)), Soon());
  EXPECT_TRUE(replayed.ok()) << replayed.status();
  publisher.join();
  EXPECT_TRUE(recorder.WaitForCount(120));
  EXPECT_EQ(recorder.seen()["a0"], UpTo(120));
  EXPECT_FALSE(recorder.overlapped());
}

TEST_P(BusContract, AServerThatIsAwayMakesNoDeadLetterAndLosesNothing) {
  const std::string topic = Unique("topic");
  Group group(Unique("group"), topic);
  Recorder recorder;
  auto subscription = bus_->Subscribe(group.options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 8, 5));
  ASSERT_TRUE(recorder.WaitForCount(40));

  world_->Away();
  std::vector<Event> waiting = Interleaved(topic, 8, 5, 6);
  const auto refused = bus_->Publish(topic, waiting, absl::Now() + absl::Seconds(2));
  EXPECT_FALSE(refused.ok() && *refused == waiting.size());
  if (refused.ok()) waiting.erase(waiting.begin(), waiting.begin() + static_cast<int64_t>(*refused));
  world_->Back();

  PublishAll(*bus_, topic, waiting);
  EXPECT_TRUE(WaitUntil([&] { return recorder.distinct() == 80; }, absl::Seconds(60)));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    EXPECT_TRUE(InOrderBehindWatermark(numbers, 10)) << aggregate << ' ' << ::testing::PrintToString(numbers);
  }
  EXPECT_EQ(group.counters.dead_letters, 0u);
  EXPECT_EQ(group.counters.permanent_failures, 0u);
}

TEST_P(BusContract, ATailSeesEverythingWithoutAGroupAndResumes) {
  const std::string topic = Unique("topic");
  std::mutex mutex;
  std::vector<Delivery> one, two, resumed;
  const auto into = [&](std::vector<Delivery>& list) {
    return [&mutex, &list](const Delivery& delivery) {
      std::lock_guard lock(mutex);
      list.push_back(delivery);
    };
  };
  const auto size = [&](std::vector<Delivery>& list) {
    std::lock_guard lock(mutex);
    return list.size();
  };
  PublishAll(*bus_, topic, Interleaved(topic, 10, 2));
  const auto end = bus_->End(topic, Soon());
  ASSERT_TRUE(end.ok()) << end.status();
  auto now = bus_->Tail(topic, {}, into(one));
  auto beginning = world_->Connect()->Tail(topic, {TailFrom::Kind::kBeginning, {}, nullptr}, into(two));
  ASSERT_TRUE(now.ok() && beginning.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 10, 3, 3));
  ASSERT_TRUE(WaitUntil([&] { return size(one) >= 30 && size(two) >= 50; }));
  (*now)->Stop();

  // From the recorded end: exactly what came afterwards.
  auto after = bus_->Tail(topic, {TailFrom::Kind::kAfter, *end, nullptr}, into(resumed));
  ASSERT_TRUE(after.ok()) << after.status();
  ASSERT_TRUE(WaitUntil([&] { return size(resumed) >= 30; }));
  std::lock_guard lock(mutex);
  EXPECT_EQ(one.size(), 30u);
  EXPECT_EQ(two.size(), 50u);
  EXPECT_EQ(resumed.size(), 30u);
  for (const Delivery& delivery : resumed) EXPECT_GT(delivery.event.n, 2u);
  std::map<int32_t, int64_t> last;
  for (const Delivery& delivery : two) {
    auto [found, added] = last.try_emplace(delivery.position.partition, delivery.position.offset);
    EXPECT_TRUE(added || delivery.position.offset > found->second);
    found->second = delivery.position.offset;
  }
}

TEST_P(BusContract, ATailFromAnotherLogIsRefused) {
  const std::string topic = Unique("topic");
  PublishAll(*bus_, topic, Interleaved(topic, 4, 2));
  const auto ignore = [](const Delivery&) {};
  EXPECT_TRUE(absl::IsOutOfRange(
      bus_->Tail(topic, {TailFrom::Kind::kAfter, {{0, 1000}}, nullptr}, ignore).status()));
  EXPECT_TRUE(absl::IsOutOfRange(
      bus_->Tail(topic, {TailFrom::Kind::kAfter, {{1000, 0}}, nullptr}, ignore).status()));
}

TEST_P(BusContract, EndIsTheLastPositionOfEveryPartition) {
  const std::string topic = Unique("topic");
  const auto empty = bus_->End(topic, Soon());
  ASSERT_TRUE(empty.ok()) << empty.status();
  for (size_t p = 0; p < empty->size(); ++p) EXPECT_EQ((*empty)[p], (Position{static_cast<int32_t>(p), -1}));
  PublishAll(*bus_, topic, Interleaved(topic, 1, 3));
  const auto end = bus_->End(topic, Soon());
  ASSERT_TRUE(end.ok());
  int64_t total = 0;
  for (const Position& position : *end) total += position.offset + 1;
  EXPECT_EQ(total, 3);
}

TEST_P(BusContract, SubscribingNeedsAGroupAndTopics) {
  Group group("", Unique("topic"));
  EXPECT_TRUE(absl::IsInvalidArgument(bus_->Subscribe(group.options, Recorder().AsHandler()).status()));
  group.options.group = "group";
  group.options.topics.clear();
  EXPECT_TRUE(absl::IsInvalidArgument(bus_->Subscribe(group.options, Recorder().AsHandler()).status()));
}

}  // namespace stadtmesh::events

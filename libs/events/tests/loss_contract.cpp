// Who lags behind what the log still holds is told so before anything newer, and rebuilds.
#include <atomic>
#include <mutex>

#include "events/once.h"
#include "events/tests/bus_contract_helpers.h"
#include "store/store.h"
#include "testing/fake_store.h"

namespace stadtmesh::events {
namespace {

// The order of what a group is told: numbers of events, and 0 for a loss.
class Diary {
 public:
  void Write(uint64_t entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(entry);
  }
  Numbers entries() {
    std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  std::mutex mutex_;
  Numbers entries_;
};

// `first`..`last`, then a loss, then `next`..`end`.
Numbers WithLoss(uint64_t last, uint64_t next, uint64_t end) {
  Numbers expected = UpTo(last);
  expected.push_back(0);
  for (uint64_t n = next; n <= end; ++n) expected.push_back(n);
  return expected;
}

}  // namespace

TEST_P(LossContract, AGroupThatWasAwayTooLongIsToldBeforeAnythingNewer) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  Diary diary;
  group.options.on_lost = [&](absl::string_view, int32_t) { diary.Write(0); };
  const Handler handler = [&](const Event& event) {
    diary.Write(event.n);
    return absl::OkStatus();
  };
  auto subscription = bus_->Subscribe(group.options, handler);
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 1, 5));
  ASSERT_TRUE(WaitUntil([&] { return diary.entries().size() == 5; }, absl::Seconds(30)));
  (*subscription)->Stop();
  PublishAll(*bus_, topic, Interleaved(topic, 1, 40, 6));
  world_->Forget(topic, 10);
  subscription = world_->Connect()->Subscribe(group.options, handler);
  ASSERT_TRUE(subscription.ok());
  EXPECT_TRUE(WaitUntil([&] { return diary.entries().size() >= 16; }, absl::Seconds(30)));
  EXPECT_EQ(diary.entries(), WithLoss(5, 36, 45));
  EXPECT_EQ(group.counters.lost, 1u);
}

TEST_P(LossContract, AReaderThatIsOvertakenByRetentionIsToldInItsPlace) {
  const std::string topic = Unique("topic");
  Group group(*world_, Unique("group"), topic);
  group.options.retry.longest_back_off = absl::Milliseconds(20);
  Diary diary;
  std::atomic<bool> away{true};
  group.options.on_lost = [&](absl::string_view, int32_t) { diary.Write(0); };
  auto subscription = bus_->Subscribe(group.options, [&](const Event& event) {
    if (away && event.n == 3) return absl::UnavailableError("the store is away");
    diary.Write(event.n);
    return absl::OkStatus();
  });
  ASSERT_TRUE(subscription.ok());
  // More than any adapter reads ahead.
  std::vector<Event> events = Interleaved(topic, 1, 4000);
  for (Event& event : events) event.payload.assign(2000, 'x');
  PublishAll(*bus_, topic, events);
  ASSERT_TRUE(WaitUntil([&] { return group.counters.transient_failures > 0; }, absl::Seconds(30)));
  world_->Forget(topic, 10);
  away = false;
  ASSERT_TRUE(WaitUntil([&] { return diary.entries().back() == 4000; }, absl::Seconds(60)));
  const Numbers entries = diary.entries();
  const auto loss =
      static_cast<uint64_t>(std::find(entries.begin(), entries.end(), 0) - entries.begin());
  ASSERT_LT(loss, entries.size()) << "nothing was lost";
  EXPECT_EQ(entries, WithLoss(loss, 3991, 4000));  // read ahead up to the loss
}

TEST_P(LossContract, ATailThatIsOvertakenIsToldInItsPlaceToo) {
  const std::string topic = Unique("topic");
  Diary diary;
  std::atomic<bool> blocked{true}, waiting{false};
  TailFrom from{TailFrom::Kind::kBeginning, {}, [&](int32_t) { diary.Write(0); }};
  auto tail = bus_->Tail(topic, from, [&](const Delivery& delivery) {
    diary.Write(delivery.event.n);
    waiting = delivery.event.n == 3;
    while (delivery.event.n == 3 && blocked) absl::SleepFor(absl::Milliseconds(1));
  });
  ASSERT_TRUE(tail.ok()) << tail.status();
  PublishAll(*bus_, topic, Interleaved(topic, 1, 3));
  ASSERT_TRUE(WaitUntil([&] { return waiting.load(); }, absl::Seconds(30)));
  std::vector<Event> events = Interleaved(topic, 1, 4000, 4);
  for (Event& event : events) event.payload.assign(2000, 'x');
  PublishAll(*bus_, topic, events);
  world_->Forget(topic, 10);
  blocked = false;
  ASSERT_TRUE(WaitUntil([&] { return diary.entries().back() == 4003; }, absl::Seconds(60)));
  const Numbers entries = diary.entries();
  const auto loss =
      static_cast<uint64_t>(std::find(entries.begin(), entries.end(), 0) - entries.begin());
  ASSERT_LT(loss, entries.size()) << "nothing was lost";
  EXPECT_EQ(entries, WithLoss(loss, 3994, 4003));
}

// The effect is a sum with its watermark. The owner's state tells what the lost events said.
TEST_P(LossContract, AConsumerThatLostEventsRebuildsFromTheOwnersStateAndGoesOn) {
  const std::string topic = Unique("topic");
  const SystemClock clock;
  testing::FakeStore store(clock);
  const store::Scope scope{"musterstadt", "consumer"};
  Group group(*world_, Unique("group"), topic);
  group.options.retry.first_back_off = absl::Milliseconds(1);
  std::atomic<int64_t> owner{0};  // what the owner's List would say: a0 stands at this event
  int rebuilds = 0;
  const auto sum = [&]() -> int64_t {
    const auto counter = *store.GetCounter(scope, "a0", Soon());
    return counter.has_value() ? counter->value : 0;
  };
  group.options.on_lost = [&](absl::string_view, int32_t) {
    const int64_t state = owner;
    store::Transaction transaction(
        store::ReplyIdentity{"job", "rebuild", absl::StrCat(++rebuilds), ""});
    transaction.Bound("a0", 0, 1'000'000);
    transaction.Add("a0", state - sum());
    transaction.Advance("counting", absl::StrCat(topic, "/a0"), 1, static_cast<uint64_t>(state));
    EXPECT_TRUE(store.Commit(scope, transaction, Soon()).ok());
  };
  const Handler handler = [&](const Event& event) {
    store::Transaction transaction(OnceOf("counting", event));
    transaction.Bound("a0", 0, 1'000'000);
    transaction.Add("a0", 1);
    return store.Commit(scope, transaction, Soon()).status();
  };
  auto subscription = bus_->Subscribe(group.options, handler);
  ASSERT_TRUE(subscription.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 1, 5));
  ASSERT_TRUE(WaitUntil([&] { return sum() == 5; }, absl::Seconds(30)));
  (*subscription)->Stop();
  PublishAll(*bus_, topic, Interleaved(topic, 1, 40, 6));
  world_->Forget(topic, 10);
  owner = 41;  // the scan is older than the end of the log: the rest comes as events
  subscription = world_->Connect()->Subscribe(group.options, handler);
  ASSERT_TRUE(subscription.ok());
  EXPECT_TRUE(WaitUntil([&] { return sum() == 45; }, absl::Seconds(30))) << sum();
  PublishAll(*bus_, topic, Interleaved(topic, 1, 5, 46));
  EXPECT_TRUE(WaitUntil([&] { return sum() == 50; }, absl::Seconds(30))) << sum();
  EXPECT_EQ(group.counters.lost, 1u);
  EXPECT_EQ(group.counters.gaps, 0u);
  EXPECT_EQ(group.counters.dead_letters, 0u);
}

}  // namespace stadtmesh::events

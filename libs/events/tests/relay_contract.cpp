// From a commit to the effect: the relay and a consumer that keeps a watermark, on every adapter.
#include <atomic>
#include <condition_variable>
#include <thread>

#include "events/counters.h"
#include "events/memory_dead_letters.h"
#include "events/once.h"
#include "events/relay.h"
#include "events/tests/bus_contract.h"
#include "events/tests/recorder.h"
#include "testing/fake_store.h"

namespace stadtmesh::events {

namespace {

using testing::WaitUntil;

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

// A service that publishes: every commit emits one event of an aggregate and counts it.
class Publisher {
 public:
  Publisher(store::Store* store, std::string service) : store_(store), service_(std::move(service)) {}

  void Commit(const std::string& aggregate, const std::string& tenant = "musterstadt") {
    const std::string id = absl::StrCat(tenant, aggregate, ++commits_);
    store::Transaction transaction(store::ReplyIdentity{"s", "m", id, id});
    store::EmitOp emit;
    emit.aggregate = aggregate;
    emit.type = "stadtmesh.sample.thing.happened.v1";
    emit.payload = id;
    emit.event_id = id;
    emit.time = absl::Now();
    transaction.Emit(std::move(emit));
    const auto committed = store_->Commit({tenant, service_}, transaction, Soon());
    ASSERT_TRUE(committed.ok()) << committed.status();
  }

 private:
  store::Store* const store_;
  const std::string service_;
  int commits_ = 0;
};

// A service that consumes: adds one per event to a counter of the aggregate, with the watermark in the same transaction.
class Counting {
 public:
  explicit Counting(store::Store* store) : store_(store) {}

  Handler AsHandler() {
    return [this](const Event& event) {
      ++calls_;
      store::Transaction transaction(OnceOf("counting", event));
      transaction.Bound(event.aggregate, 0, 1'000'000);
      transaction.Add(event.aggregate, 1);
      return store_->Commit({event.tenant, "consumer"}, transaction, Soon()).status();
    };
  }
  int64_t Total(int aggregates) {
    int64_t total = 0;
    for (int a = 0; a < aggregates; ++a) total += Value(absl::StrCat("a", a));
    return total;
  }
  int64_t Value(const std::string& aggregate) {
    const auto counter = store_->GetCounter({"musterstadt", "consumer"}, aggregate, Soon());
    return counter.ok() && counter->has_value() ? (*counter)->value : 0;
  }
  int calls() const { return calls_; }

 private:
  store::Store* const store_;
  std::atomic<int> calls_{0};
};

// Passes to another bus; subclasses spoil the publishing.
class Spoiled : public Bus {
 public:
  explicit Spoiled(Bus* bus) : bus_(bus) {}
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options, Handler handler) override {
    return bus_->Subscribe(options, std::move(handler));
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(absl::string_view topic, const TailFrom& from,
                                                     std::function<void(const Delivery&)> handler) override {
    return bus_->Tail(topic, from, std::move(handler));
  }
  absl::StatusOr<std::vector<Position>> End(absl::string_view topic, absl::Time deadline) override {
    return bus_->End(topic, deadline);
  }

 protected:
  Bus* const bus_;
};

// Publishes, and then says that it does not know about the second half.
class LosesAnswers final : public Spoiled {
 public:
  using Spoiled::Spoiled;
  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events, absl::Time deadline) override {
    auto count = bus_->Publish(topic, events, deadline);
    if (!count.ok() || ++calls_ % 3 != 0) return count;
    if (*count < 2) return absl::UnavailableError("the answer is lost");
    return *count / 2;
  }

 private:
  int calls_ = 0;
};

// A process that stands still inside Publish, as under SIGSTOP, and goes on when told.
class Freezes final : public Spoiled {
 public:
  using Spoiled::Spoiled;
  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events, absl::Time deadline) override {
    std::unique_lock lock(mutex_);
    if (frozen_) {
      stands_ = true;
      changed_.wait(lock, [this] { return !frozen_; });
      lock.unlock();
      // It does not know how late it is: its old batch goes out, past its deadline.
      return bus_->Publish(topic, events, Soon());
    }
    lock.unlock();
    return bus_->Publish(topic, events, deadline);
  }
  void Set(bool frozen) {
    {
      std::lock_guard lock(mutex_);
      frozen_ = frozen;
    }
    changed_.notify_all();
  }
  bool stands() {
    std::lock_guard lock(mutex_);
    return stands_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool frozen_ = false, stands_ = false;
};

struct Mesh {
  explicit Mesh(const std::string& topic)
      : publisher(&store, topic), counting(&store) {
    relay_options.service = topic;
    relay_options.tenants = [] { return std::vector<std::string>{"musterstadt", "nachbarort"}; };
    consumer.group = absl::StrCat("of-", topic);
    consumer.topics = {topic};
    consumer.dead_letters = &dead_letters;
    consumer.counters = &counters;
  }
  int64_t Waiting() { return *store.OutboxLength({"musterstadt", relay_options.service}, Soon()); }

  SystemClock clock;
  testing::FakeStore store{clock};
  MemoryDeadLetters dead_letters;
  ConsumerCounters counters;
  RelayCounters relay_counters;
  RelayOptions relay_options;
  SubscribeOptions consumer;
  Publisher publisher;
  Counting counting;
};

}  // namespace

TEST_P(RelayContract, CarriesEveryCommitInOrderAndEmptiesTheOutbox) {
  Mesh mesh(Unique("topic"));
  Recorder recorder;
  auto subscription = bus_->Subscribe(mesh.consumer, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  Relay relay(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock, &mesh.relay_counters);
  relay.Start();
  for (int i = 0; i < 300; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 7));
  for (int i = 0; i < 5; ++i) mesh.publisher.Commit("b", "nachbarort");
  ASSERT_TRUE(recorder.WaitForCount(305));
  for (const auto& [aggregate, numbers] : recorder.seen()) {
    for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i + 1) << aggregate;
  }
  EXPECT_TRUE(WaitUntil([&] { return mesh.Waiting() == 0 && mesh.relay_counters.outbox_length == 0; }));
  EXPECT_EQ(mesh.relay_counters.oldest_age_millis, 0);
  EXPECT_EQ(mesh.relay_counters.leading, 2);
  EXPECT_EQ(mesh.relay_counters.published, 305u);
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
  EXPECT_TRUE(WaitUntil([&] { return mesh.counting.Total(5) == 300 && mesh.Waiting() == 0; }, absl::Seconds(30)));
  relay.Stop();
  EXPECT_GT(mesh.relay_counters.publish_failures, 0u);
  for (int a = 0; a < 5; ++a) EXPECT_EQ(mesh.counting.Value(absl::StrCat("a", a)), 60);
  EXPECT_EQ(mesh.counters.dead_letters, 0u);
}

TEST_P(RelayContract, ASecondReplicaTakesOverWithinFiveSecondsAndAFrozenLeaderHarmsNobody) {
  Mesh mesh(Unique("topic"));
  auto subscription = bus_->Subscribe(mesh.consumer, mesh.counting.AsHandler());
  ASSERT_TRUE(subscription.ok());
  Freezes freezing(bus_.get());
  auto other_bus = world_->Connect();
  RelayCounters second_counters;
  Relay first(&mesh.store, &freezing, mesh.relay_options, &mesh.clock, &mesh.relay_counters);
  Relay second(&mesh.store, other_bus.get(), mesh.relay_options, &mesh.clock, &second_counters);
  first.Start();
  ASSERT_TRUE(WaitUntil([&] { return mesh.relay_counters.leading == 2; }));
  second.Start();
  for (int i = 0; i < 20; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 4));
  ASSERT_TRUE(WaitUntil([&] { return mesh.counting.Total(4) == 20; }));
  EXPECT_EQ(second_counters.leading, 0);

  freezing.Set(true);
  for (int i = 0; i < 20; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 4));
  ASSERT_TRUE(WaitUntil([&] { return freezing.stands(); }));
  const absl::Time frozen = absl::Now();
  ASSERT_TRUE(WaitUntil([&] { return mesh.counting.Total(4) == 40; }));
  EXPECT_LT(absl::Now() - frozen, absl::Seconds(5));
  for (int i = 0; i < 20; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 4));
  ASSERT_TRUE(WaitUntil([&] { return mesh.counting.Total(4) == 60; }));

  const int calls = mesh.counting.calls();
  freezing.Set(false);
  ASSERT_TRUE(WaitUntil([&] { return mesh.counting.calls() > calls; })) << "the old leader published nothing late";
  for (int i = 0; i < 20; ++i) mesh.publisher.Commit(absl::StrCat("a", i % 4));
  EXPECT_TRUE(WaitUntil([&] { return mesh.counting.Total(4) == 80 && mesh.Waiting() == 0; }));
  for (int a = 0; a < 4; ++a) EXPECT_EQ(mesh.counting.Value(absl::StrCat("a", a)), 20);
  EXPECT_EQ(mesh.counters.dead_letters, 0u);
  EXPECT_EQ(mesh.counters.permanent_failures, 0u);
  EXPECT_TRUE(WaitUntil([&] { return mesh.relay_counters.leading == 0; }));
}

TEST_P(RelayContract, ALeaderThatStopsHandsOverAtOnce) {
  Mesh mesh(Unique("topic"));
  Recorder recorder;
  auto subscription = bus_->Subscribe(mesh.consumer, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  RelayCounters second_counters;
  Relay first(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock);
  Relay second(&mesh.store, bus_.get(), mesh.relay_options, &mesh.clock, &second_counters);
  first.Start();
  mesh.publisher.Commit("a0");
  ASSERT_TRUE(recorder.WaitForCount(1));
  second.Start();
  first.Stop();
  EXPECT_TRUE(WaitUntil([&] { return second_counters.leading == 2; }, absl::Seconds(2)));
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
  ASSERT_TRUE(bus_->Publish(mesh.relay_options.service, {event(1), event(3), event(4)}, Soon()).ok());
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

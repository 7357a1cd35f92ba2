// A publishing and a consuming service for the relay's contract, and buses that spoil its work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "events/counters.h"
#include "events/memory_dead_letters.h"
#include "events/once.h"
#include "events/relay.h"
#include "events/tests/bus_contract.h"
#include "testing/fake_store.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {

using testing::Soon;
using testing::WaitUntil;

// A service that publishes: every commit emits one event of an aggregate and counts it.
class Publisher {
 public:
  Publisher(store::Store* store, std::string service)
      : store_(store), service_(std::move(service)) {}

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

// A service that consumes: adds one per event to a counter of the aggregate, with the watermark in
// the same transaction.
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
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options,
                                                          Handler handler) override {
    return bus_->Subscribe(options, std::move(handler));
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view topic, const TailFrom& from,
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
  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override {
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
  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override {
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
      stands_ = false;
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
  explicit Mesh(const std::string& topic) : publisher(&store, topic), counting(&store) {
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

}  // namespace stadtmesh::events

// One replica of a consumer on a real store: applies events of the aggregate "a", each effect with
// its watermark, and replays what died.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "events/event_processor.h"
#include "events/once.h"
#include "events/store_dead_letters.h"
#include "events/tests/samples.h"
#include "store/redis_store.h"

namespace stadtmesh::events {

class Replayer {
 public:
  // `after` is called behind each effect that was applied now, with the event's number.
  Replayer(const std::string& socket, std::string service, std::function<void(uint64_t)> after)
      : store_(Connect(socket)), service_(std::move(service)), after_(std::move(after)) {
    SubscribeOptions options;
    options.group = "group";
    options.topics = {"sample"};
    options.dead_letters = &letters_;
    options.counters = &counters_;
    options.replay_lease = absl::Seconds(1);
    options.retry.first_back_off = absl::Milliseconds(1);
    processor_ = std::make_unique<EventProcessor>(
        options, [this](const Event& event) { return Apply(event); }, &clock_);
  }

  // While set, event 2 is refused for good.
  void Break(bool broken) { broken_ = broken; }
  bool Process(uint64_t n) {
    return processor_->Process(SampleEvent("a", n), [](absl::Duration) { return true; });
  }
  absl::StatusOr<size_t> Replay() {
    return processor_->Replay(KeyOf(SampleEvent("a", 1)), absl::Now() + absl::Seconds(30));
  }
  int64_t Effects() {
    const auto counter = store_->GetCounter(scope(), "a", absl::Now() + absl::Seconds(10));
    return counter.ok() && counter->has_value() ? (*counter)->value : 0;
  }
  DeadLetters& letters() { return letters_; }
  ConsumerCounters& counters() { return counters_; }

 private:
  static std::unique_ptr<store::RedisStore> Connect(const std::string& socket) {
    store::RedisStoreOptions options;
    options.client.connection.address.socket = socket;
    options.client.connection.min_backoff = absl::Milliseconds(1);
    return *store::RedisStore::Connect(options, absl::Now() + absl::Seconds(20));
  }
  store::Scope scope() const { return {SampleEvent("a", 1).tenant, service_}; }
  absl::Status Apply(const Event& event) {
    if (broken_ && event.n == 2) return absl::InternalError("bug");
    store::Transaction transaction(OnceOf("counting", event));
    transaction.Bound("a", 0, 1'000'000);
    transaction.Add("a", 1);
    const auto committed = store_->Commit(scope(), transaction, absl::Now() + absl::Seconds(5));
    if (!committed.ok()) return committed.status();
    if (committed->outcome == store::Committed::Outcome::kApplied && after_) after_(event.n);
    return absl::OkStatus();
  }

  const SystemClock clock_;
  const std::unique_ptr<store::RedisStore> store_;
  const std::string service_;
  const std::function<void(uint64_t)> after_;
  StoreDeadLetters letters_{store_.get(), service_};
  ConsumerCounters counters_;
  bool broken_ = false;
  std::unique_ptr<EventProcessor> processor_;
};

}  // namespace stadtmesh::events

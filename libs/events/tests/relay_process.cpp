// A relay as a process of its own, for tests that stop, continue and kill it:
//   events_relay_process STORE redis|kafka BUS SERVICE TENANT OWNER
// SIGUSR1: before the next batch it stops itself (SIGSTOP) where it has read the outbox, still
// holds the lease and has not published yet; continued, it publishes that old batch whatever the
// time is.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "base/status.h"
#include "events/kafka_bus.h"
#include "events/redis_streams_bus.h"
#include "events/relay.h"
#include "redis/address.h"
#include "store/redis_store.h"

namespace stadtmesh::events {
namespace {

const SystemClock kClock;
volatile sig_atomic_t stop_at_next_batch = 0;

// Stands still at the worst moment.
class Stopping final : public Bus {
 public:
  explicit Stopping(Bus* bus) : bus_(bus) {}
  absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                 absl::Time deadline) override {
    if (stop_at_next_batch == 0) return bus_->Publish(topic, events, deadline);
    stop_at_next_batch = 0;
    (void)kill(getpid(), SIGSTOP);
    return bus_->Publish(topic, events, absl::Now() + absl::Seconds(10));
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions&,
                                                          Handler) override {
    return absl::UnimplementedError("a relay only publishes");
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view, const TailFrom&, std::function<void(const Delivery&)>) override {
    return absl::UnimplementedError("a relay only publishes");
  }
  absl::StatusOr<std::vector<Position>> End(absl::string_view, absl::Time) override {
    return absl::UnimplementedError("a relay only publishes");
  }

 private:
  Bus* const bus_;
};

absl::StatusOr<std::unique_ptr<Bus>> Connect(const std::string& kind, const std::string& address) {
  if (kind == "kafka") {
    KafkaOptions options;
    options.brokers = address;
    options.partitions = 4;
    return KafkaBus::Create(options, &kClock);
  }
  RedisStreamsOptions options;
  ASSIGN_OR_RETURN(options.connection.address, redis::ParseAddress(address));
  return std::make_unique<RedisStreamsBus>(options, &kClock);
}

absl::Status Run(char** arguments) {
  store::RedisStoreOptions options;
  ASSIGN_OR_RETURN(options.client.connection.address, redis::ParseAddress(arguments[1]));
  ASSIGN_OR_RETURN(auto store,
                   store::RedisStore::Connect(options, absl::Now() + absl::Seconds(20)));
  ASSIGN_OR_RETURN(auto bus, Connect(arguments[2], arguments[3]));
  Stopping stopping(bus.get());
  RelayOptions relay_options;
  relay_options.service = arguments[4];
  relay_options.tenants = [tenant = std::string(arguments[5])] { return std::vector{tenant}; };
  relay_options.owner = arguments[6];
  Relay relay(store.get(), &stopping, relay_options, &kClock);
  relay.Start();
  while (true) pause();
}

}  // namespace
}  // namespace stadtmesh::events

int main(int count, char** arguments) {
  if (count != 7) return 2;
  signal(SIGUSR1, [](int) { stadtmesh::events::stop_at_next_batch = 1; });
  std::fprintf(stderr, "%s\n", stadtmesh::events::Run(arguments).ToString().c_str());
  return 1;
}

// Latency from before a durable commit to the consumer's handler, on both buses: store, relay, bus,
// group, each real.
//   events_bench [seconds] [events per second] [redis|kafka|both] [setting=value of the broker]...
// Beside it, from the same run: the commit alone. Exits with 1 when a p99 is above 20 ms.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/time.h"
#include "events/kafka_bus.h"
#include "events/memory_dead_letters.h"
#include "events/redis_streams_bus.h"
#include "events/relay.h"
#include "events/testing/kafka_process.h"
#include "redis/address.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

constexpr int kPublishers = 4;
constexpr int kWarmUpSeconds = 5;
constexpr int kAggregates = 40;
constexpr absl::Duration kBar = absl::Milliseconds(20);
const SystemClock kClock;

class Latencies {
 public:
  void Add(absl::Duration latency) {
    std::lock_guard lock(mutex_);
    all_.push_back(latency);
  }
  size_t count() {
    std::lock_guard lock(mutex_);
    return all_.size();
  }
  absl::Duration Quantile(double q) {
    std::lock_guard lock(mutex_);
    if (all_.empty()) return absl::InfiniteDuration();
    std::sort(all_.begin(), all_.end());
    return all_[std::min(all_.size() - 1,
                         static_cast<size_t>(q * static_cast<double>(all_.size())))];
  }
  void Print(const char* what) {
    std::printf("  %-22s n=%zu  p50 %6.2f ms  p99 %6.2f ms  max %6.2f ms\n", what, count(),
                absl::ToDoubleMilliseconds(Quantile(0.5)),
                absl::ToDoubleMilliseconds(Quantile(0.99)),
                absl::ToDoubleMilliseconds(Quantile(1)));
  }

 private:
  std::mutex mutex_;
  std::vector<absl::Duration> all_;
};

void Commit(store::Store& store, const std::string& service, int number, Latencies& commits) {
  static std::atomic<int> unique{0};
  const std::string id = absl::StrCat(service, "-", ++unique);
  store::Transaction transaction(store::ReplyIdentity{"bench", "bench", id, id, absl::Minutes(5)});
  transaction.Emit({absl::StrCat("a", number % kAggregates),
                    "stadtmesh.bench.thing.happened.v1",
                    std::string(200, 'x'),
                    id,
                    absl::Now(),
                    "",
                    {}});
  const absl::Time begin = absl::Now();
  if (!store.Commit({"musterstadt", service}, transaction, absl::Now() + absl::Seconds(5)).ok())
    std::abort();
  commits.Add(absl::Now() - begin);
}

// Commits at a steady rate; late ones do not wait for those before them, so a stall shows in every
// event it delays.
void PublishSteadily(store::Store& store, const std::string& service, int seconds, int rate,
                     Latencies& commits) {
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (int t = 0; t < kPublishers; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < seconds * rate; i += kPublishers) {
        absl::SleepFor(begin + absl::Seconds(1) * i / rate - absl::Now());
        Commit(store, service, i, commits);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

bool Measure(const std::string& name, Bus& bus, store::Store& store, int seconds, int rate) {
  const std::string service = "bench-" + name;
  MemoryDeadLetters dead_letters;
  SubscribeOptions options;
  options.group = "bench";
  options.topics = {service};
  options.dead_letters = &dead_letters;
  Latencies commits, arrivals, warm_up;
  std::atomic<bool> measuring{false};
  auto subscription = bus.Subscribe(options, [&](const Event& event) {
    (measuring ? arrivals : warm_up).Add(absl::Now() - event.time);
    return absl::OkStatus();
  });
  RelayOptions relay_options;
  relay_options.service = service;
  relay_options.tenants = [] { return std::vector<std::string>{"musterstadt"}; };
  Relay relay(&store, &bus, relay_options, &kClock);
  relay.Start();
  // Topic, leases, group, and the broker's just-in-time compiler.
  Latencies ignored;
  PublishSteadily(store, service, kWarmUpSeconds, rate, ignored);
  const auto warm = static_cast<size_t>(kWarmUpSeconds) * rate;
  if (!testing::WaitUntil([&] { return warm_up.count() == warm; }, absl::Seconds(30))) std::abort();
  measuring = true;
  const size_t total = static_cast<size_t>(seconds) * rate;
  PublishSteadily(store, service, seconds, rate, commits);
  if (!testing::WaitUntil([&] { return arrivals.count() >= total; }, absl::Seconds(30)))
    std::abort();
  std::printf("%s, %d events/s for %d s\n", name.c_str(), rate, seconds);
  commits.Print("commit alone");
  arrivals.Print("commit to consumer");
  return arrivals.Quantile(0.99) < kBar;
}

int Run(int seconds, int rate, const std::string& which,
        const testing::KafkaProcessOptions& kafka_options) {
  testing::RedisProcess redis;
  store::RedisStoreOptions store_options;
  store_options.client.connection.address = *redis::ParseAddress(redis.address());
  auto store = store::RedisStore::Connect(store_options, absl::Now() + absl::Seconds(10));
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
    return 2;
  }
  bool good = true;
  if (which != "kafka") {
    RedisStreamsOptions options;
    options.connection.address = store_options.client.connection.address;
    RedisStreamsBus bus(options, &kClock);
    good &= Measure("redis", bus, **store, seconds, rate);
  }
  if (which != "redis") {
    if (const std::string missing = testing::KafkaProcess::Missing(); !missing.empty()) {
      std::fprintf(stderr, "%s\n", missing.c_str());
      return 2;
    }
    testing::KafkaProcess kafka(kafka_options);
    KafkaOptions options;
    options.brokers = kafka.brokers();
    auto bus = KafkaBus::Create(options, &kClock);
    good &= Measure("kafka", **bus, **store, seconds, rate);
  }
  if (!good) std::printf("MISSED: p99 is to be below 20 ms\n");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace stadtmesh::events

int main(int argc, char** argv) {
  stadtmesh::testing::KafkaProcessOptions kafka;
  for (int i = 4; i < argc; ++i) {
    const char* equals = std::strchr(argv[i], '=');
    if (equals == nullptr) return 2;
    kafka.settings.emplace_back(std::string(argv[i], equals - argv[i]), equals + 1);
  }
  return stadtmesh::events::Run(argc > 1 ? std::atoi(argv[1]) : 20,
                                argc > 2 ? std::atoi(argv[2]) : 500, argc > 3 ? argv[3] : "both",
                                kafka);
}

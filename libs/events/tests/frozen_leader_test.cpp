// The relay's leader is a real process that is stopped under load and wakes up when a second one
// has long taken over: its late batches harm nobody. On both adapters, over a real store.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "events/counters.h"
#include "events/kafka_bus.h"
#include "events/memory_dead_letters.h"
#include "events/once.h"
#include "events/redis_streams_bus.h"
#include "events/testing/kafka_process.h"
#include "redis/address.h"
#include "store/redis_store.h"
#include "testing/child_process.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

using testing::ChildProcess;
using testing::WaitUntil;

const SystemClock kClock;
constexpr int kAggregates = 6;
constexpr char kTenant[] = "musterstadt";
constexpr absl::Duration kPause = absl::Milliseconds(8);  // between commits: the load

using testing::Soon;

// One of the two adapters, with its server.
class Log {
 public:
  explicit Log(const std::string& kind) : kind_(kind) {
    if (kind == "kafka") {
      kafka_ = std::make_unique<testing::KafkaProcess>();
      KafkaOptions options;
      options.brokers = kafka_->brokers();
      options.partitions = 4;
      bus_ = *KafkaBus::Create(options, &kClock);
    } else {
      redis_ = std::make_unique<testing::RedisProcess>();
      RedisStreamsOptions options;
      options.connection.address = *redis::ParseAddress(redis_->address());
      bus_ = std::make_unique<RedisStreamsBus>(options, &kClock);
    }
  }
  Bus* bus() { return bus_.get(); }
  std::string kind() const { return kind_; }
  std::string address() const { return kafka_ != nullptr ? kafka_->brokers() : redis_->address(); }

 private:
  const std::string kind_;
  std::unique_ptr<testing::KafkaProcess> kafka_;
  std::unique_ptr<testing::RedisProcess> redis_;
  std::unique_ptr<Bus> bus_;
};

class FrozenLeader : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string missing = GetParam() == "kafka" ? testing::KafkaProcess::Missing() : "";
    ASSERT_EQ(missing, "");
    log_ = std::make_unique<Log>(GetParam());
    store::RedisStoreOptions options;
    options.client.connection.address = *redis::ParseAddress(redis_.address());
    options.max_wait = absl::Seconds(20);
    store_ = *store::RedisStore::Connect(options, Soon());
    SubscribeOptions subscribe;
    subscribe.group = "counting";
    subscribe.topics = {"rides"};
    subscribe.dead_letters = &dead_letters_;
    subscribe.counters = &counters_;
    subscription_ = *log_->bus()->Subscribe(subscribe, [this](const Event& e) { return Apply(e); });
  }
  void TearDown() override {
    StopPublishing();
    if (subscription_ != nullptr) subscription_->Stop();
  }

  std::unique_ptr<ChildProcess> StartRelay(const std::string& owner) {
    return std::make_unique<ChildProcess>(std::vector<std::string>{
        RELAY_PROCESS, redis_.address(), log_->kind(), log_->address(), "rides", kTenant, owner});
  }
  void StartPublishing() {
    publisher_ = std::thread([this] {
      for (; publishing_; absl::SleepFor(kPause)) Commit();
    });
  }
  void StopPublishing() {
    publishing_ = false;
    if (publisher_.joinable()) publisher_.join();
  }
  void Commit() {
    const std::string id = absl::StrCat("e", committed_.load());
    store::Transaction transaction(store::ReplyIdentity{"s", "m", id, id});
    transaction.Emit(
        {absl::StrCat("a", committed_ % kAggregates), "t", id, id, absl::Now(), "", {}});
    ASSERT_TRUE(store_->Commit({kTenant, "rides"}, transaction, Soon()).ok());
    ++committed_;
  }
  // The effect: a counter in the consumer's store, with the watermark in the same transaction.
  absl::Status Apply(const Event& event) {
    store::Transaction transaction(OnceOf("counting", event));
    transaction.Bound(event.aggregate, 0, 1'000'000);
    transaction.Add(event.aggregate, 1);
    const auto committed = store_->Commit({kTenant, "counting"}, transaction, Soon());
    if (!committed.ok()) return committed.status();
    if (committed->outcome == store::Committed::Outcome::kReplayed) {
      ++stale_;
      return absl::OkStatus();
    }
    std::lock_guard lock(mutex_);
    applied_[event.aggregate].push_back(event.n);
    ++applied_count_;
    return absl::OkStatus();
  }
  // Who holds the relay's lease; the name is part of the stored format.
  bool Leads(const std::string& owner) {
    redis::ClientOptions options;
    options.connection.address = *redis::ParseAddress(redis_.address());
    redis::Client client(options);
    const auto reply =
        client.Call({"GET", absl::StrCat("{", kTenant, "/rides}lease:relay")}, Soon());
    return reply.ok() && reply->text == owner;
  }
  bool AppliedBeyond(int count, absl::Duration timeout = absl::Seconds(20)) {
    return WaitUntil([&] { return applied_count_ > count; }, timeout);
  }
  // Stops `leader`, which holds the lease, and waits until `other` has taken over. How long no
  // event came through.
  absl::Duration Freeze(ChildProcess& leader, const std::string& other, bool at_worst_moment) {
    if (at_worst_moment) {
      leader.Kill(SIGUSR1);
      EXPECT_TRUE(WaitUntil([&] { return leader.stopped(); }));
    } else {
      leader.Kill(SIGSTOP);
    }
    const absl::Time frozen = absl::Now();
    const int committed = committed_;
    EXPECT_TRUE(AppliedBeyond(committed));
    const absl::Duration away = absl::Now() - frozen;
    EXPECT_TRUE(Leads(other));
    return away;
  }

  testing::RedisProcess redis_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<store::RedisStore> store_;
  MemoryDeadLetters dead_letters_;
  ConsumerCounters counters_;
  std::unique_ptr<Subscription> subscription_;
  std::atomic<bool> publishing_{true};
  std::atomic<int> committed_{0}, applied_count_{0}, stale_{0};
  std::thread publisher_;
  std::mutex mutex_;
  std::map<std::string, std::vector<uint64_t>> applied_;
};

TEST_P(FrozenLeader, HarmsNobodyWhenItWakesUpLate) {
  auto leader = StartRelay("first");
  StartPublishing();
  ASSERT_TRUE(AppliedBeyond(50));
  ASSERT_TRUE(Leads("first"));
  auto successor = StartRelay("second");
  std::string leading = "first", waiting = "second";
  absl::Duration shortest = absl::InfiniteDuration();  // the others bear a machine that stalls
  for (int round = 0; round < 4; ++round) {
    const bool at_worst_moment = round % 2 == 1;
    const int stale = stale_;
    shortest = std::min(shortest, Freeze(*leader, waiting, at_worst_moment));
    ASSERT_TRUE(AppliedBeyond(committed_ + 20));
    leader->Kill(SIGCONT);
    if (at_worst_moment) {
      EXPECT_TRUE(WaitUntil([&] { return stale_ > stale; })) << "its old batch never came";
    }
    ASSERT_TRUE(AppliedBeyond(committed_ + 20));
    std::swap(leader, successor);
    std::swap(leading, waiting);
    ASSERT_TRUE(Leads(leading)) << "the one that woke up took the lease back";
  }
  EXPECT_LT(shortest, absl::Seconds(5));
  StopPublishing();
  EXPECT_TRUE(WaitUntil([&] { return applied_count_ >= committed_; }, absl::Seconds(30)));
  EXPECT_EQ(applied_count_, committed_);
  for (const auto& [aggregate, numbers] : applied_) {
    for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i + 1) << aggregate;
    const auto counter = *store_->GetCounter({kTenant, "counting"}, aggregate, Soon());
    EXPECT_EQ(counter->value, static_cast<int64_t>(numbers.size())) << aggregate;
  }
  EXPECT_EQ(counters_.dead_letters, 0u);
  EXPECT_EQ(counters_.permanent_failures, 0u);
  EXPECT_EQ(counters_.lost, 0u);
}

INSTANTIATE_TEST_SUITE_P(OnBoth, FrozenLeader, ::testing::Values("redis", "kafka"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace stadtmesh::events

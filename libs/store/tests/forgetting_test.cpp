// Nothing grows for ever: numbers of aggregates that rest, watermarks and replies are forgotten,
// and no event is lost or applied twice for it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "backends.h"
#include "redis/client.h"
#include "store/errors.h"
#include "store/redis_keys.h"
#include "store/redis_store.h"
#include "testing/fake_clock.h"
#include "testing/fake_store.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

using stadtmesh::testing::WaitUntil;

// A publisher and a consumer on one store, with a bus between them that delivers in order.
class Line {
 public:
  Line(Store* store, std::string tenant)
      : store_(store), publisher_{tenant, "publisher"}, consumer_{tenant, "consumer"} {}

  OutboxEntry Emit(const std::string& aggregate) {
    Transaction transaction(FreshReply());
    transaction.Emit({aggregate, "type", "", "id", absl::FromUnixSeconds(1), "", {}});
    EXPECT_TRUE(store_->Commit(publisher_, transaction, Soon()).ok());
    const OutboxEntry entry = store_->ReadOutbox(publisher_, "", 1000, Soon())->back();
    EXPECT_TRUE(*store_->AcquireLease(publisher_, "relay", "me", absl::Minutes(1), Soon()));
    EXPECT_TRUE(store_->TrimOutbox(publisher_, entry.position, "relay", "me", Soon()).ok());
    ++emitted_;
    return entry;
  }
  // What became of it: "applied", "replayed" or the reason of a refusal.
  std::string Deliver(const OutboxEntry& entry) {
    const auto committed = store_->Commit(
        consumer_, Transaction(OnceIdentity{"consumer", entry.aggregate, entry.epoch, entry.n}),
        Soon());
    if (!committed.ok()) return std::string(committed.status().message());
    if (committed->outcome == Committed::Outcome::kReplayed) return "replayed";
    ++applied_;
    return "applied";
  }
  int emitted() const { return emitted_; }
  int applied() const { return applied_; }
  const Scope& publisher() const { return publisher_; }
  const Scope& consumer() const { return consumer_; }

 private:
  Store* const store_;
  const Scope publisher_, consumer_;
  int emitted_ = 0, applied_ = 0;
};

// Aggregates that rest for any time, a bus that holds events for up to 17 days and brings some
// twice: each event is applied once, in order, and none is taken for a gap.
TEST(Forgetting, HoweverLongAnAggregateRests) {
  EXPECT_TRUE(rc::check([] {
    testing::FakeClock clock;
    testing::FakeStore store(clock);
    Line line(&store, "town");
    std::map<std::string, std::deque<OutboxEntry>> bus;
    std::map<std::string, OutboxEntry> last;
    const auto deliver = [&](const std::string& aggregate) {
      auto& queue = bus[aggregate];
      if (queue.empty()) return;
      RC_ASSERT(line.Deliver(queue.front()) == "applied");
      RC_ASSERT(line.Deliver(queue.front()) == "replayed");
      queue.pop_front();
    };
    const int steps = *rc::gen::inRange(1, 40);
    for (int i = 0; i < steps; ++i) {
      const absl::Duration rest = absl::Hours(*rc::gen::weightedElement<int>(
          {{4, 1}, {2, 24 * 9}, {2, 24 * 15}, {1, 24 * 16}, {1, 24 * 200}}));
      for (auto& [aggregate, queue] : bus) {
        const absl::Time oldest = clock.Now() + rest - absl::Hours(24 * 17);
        while (!queue.empty() && queue.front().time < oldest) deliver(aggregate);
      }
      clock.Advance(rest);
      const std::string aggregate = absl::StrCat("a", *rc::gen::inRange(0, 3));
      if (*rc::gen::arbitrary<bool>()) {
        OutboxEntry entry = line.Emit(aggregate);
        entry.time = clock.Now();
        const auto before = last.find(aggregate);
        if (before != last.end()) {
          RC_ASSERT(std::make_pair(entry.epoch, entry.n) >
                    std::make_pair(before->second.epoch, before->second.n));
        }
        last[aggregate] = entry;
        bus[aggregate].push_back(entry);
      } else {
        deliver(aggregate);
      }
    }
    for (auto& [aggregate, queue] : bus) {
      while (!queue.empty()) deliver(aggregate);
    }
    RC_ASSERT(line.applied() == line.emitted());
  }));
}

// The same on Redis, with seconds for days.
class RedisForgetting : public ::testing::Test {
 protected:
  RedisForgetting() {
    RedisStoreOptions options;
    options.client.connection.address.socket = redis_.socket();
    options.keep_numbers = absl::Seconds(1);
    options.keep_watermarks = absl::Seconds(5);
    options.max_wait = absl::Seconds(20);
    store_ = *RedisStore::Connect(options, Soon());
    client_ = *redis::Client::Connect(options.client, Soon());
  }
  int64_t Fields(const std::string& hash) { return client_->Call({"HLEN", hash}, Soon())->integer; }
  int64_t Keys(const std::string& pattern) {
    return static_cast<int64_t>(client_->Call({"KEYS", pattern}, Soon())->elements.size());
  }

  bool LogHolds(absl::string_view text) {
    std::error_code gone;  // files are replaced meanwhile
    for (const auto& file :
         std::filesystem::directory_iterator(redis_.directory() + "/appendonlydir", gone)) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
      if (absl::StrContains(bytes, text)) return true;
    }
    return false;
  }

  testing::RedisProcess redis_;
  std::unique_ptr<RedisStore> store_;
  std::unique_ptr<redis::Client> client_;
};

TEST_F(RedisForgetting, AnAggregateThatRestedBeginsAHigherEpochAndIsApplied) {
  Line line(store_.get(), "town");
  const OutboxEntry first = line.Emit("a"), second = line.Emit("a");
  EXPECT_EQ(second.n, 2u);
  EXPECT_EQ(second.epoch, first.epoch);
  EXPECT_EQ(line.Deliver(first), "applied");
  EXPECT_EQ(line.Deliver(second), "applied");
  // Others go on meanwhile, and keep their numbers.
  uint64_t n = 0;
  const absl::Time until = absl::Now() + absl::Milliseconds(3200);
  EXPECT_TRUE(WaitUntil([&] {
    const OutboxEntry entry = line.Emit("b");
    EXPECT_EQ(entry.n, ++n);
    EXPECT_EQ(line.Deliver(entry), "applied");
    return absl::Now() >= until;
  }));
  const OutboxEntry third = line.Emit("a");
  EXPECT_GT(third.epoch, second.epoch);
  EXPECT_EQ(third.n, 1u);
  EXPECT_EQ(line.Deliver(second), "replayed");  // its watermark is there for longer
  EXPECT_EQ(line.Deliver(third), "applied");
  EXPECT_EQ(line.Deliver(third), "replayed");
}

TEST_F(RedisForgetting, AScopeThatRestedAltogetherDoesTheSame) {
  Line line(store_.get(), "town");
  const OutboxEntry first = line.Emit("a");
  const absl::Time until = absl::Now() + absl::Milliseconds(2100);
  ASSERT_TRUE(WaitUntil([&] { return absl::Now() >= until; }));
  const OutboxEntry second = line.Emit("a");
  EXPECT_GT(second.epoch, first.epoch);
  EXPECT_EQ(second.n, 1u);
}

TEST_F(RedisForgetting, WhatIsStoredHasABound) {
  Line line(store_.get(), "town");
  const RedisKeys publisher(line.publisher()), consumer(line.consumer());
  int made = 0;
  const auto make = [&] {
    for (int i = 0; i < 20; ++i) {
      Transaction transaction(
          ReplyIdentity{absl::StrCat("person", made), "method", "key", "", absl::Seconds(1)});
      ASSERT_TRUE(store_->Commit(line.publisher(), transaction, Soon()).ok());
      EXPECT_EQ(line.Deliver(line.Emit(absl::StrCat("a", made++))), "applied");
    }
  };
  make();
  // Every generation becomes the old one, and then goes. Its age stands in the field ''.
  for (int generation = 0; generation < 2; ++generation) {
    for (const auto& [hash, keep] : {std::pair(publisher.Sequences(), "-1"),
                                     std::pair(consumer.Watermarks("consumer"), "-5")}) {
      ASSERT_TRUE(client_->Call({"HEXISTS", hash, absl::StrCat("a", made - 1)}, Soon())->integer);
      ASSERT_TRUE(client_->Call({"HINCRBY", hash, "", keep}, Soon()).ok());
    }
    make();
  }
  for (const std::string& hash :
       {publisher.Sequences(), publisher.OldSequences(), consumer.Watermarks("consumer"),
        consumer.OldWatermarks("consumer")}) {
    EXPECT_EQ(client_->Call({"HEXISTS", hash, "a0"}, Soon())->integer, 0) << hash;
  }
  EXPECT_LT(Fields(publisher.Sequences()) + Fields(publisher.OldSequences()), made);
  // Recorded replies go by themselves.
  EXPECT_TRUE(WaitUntil([&] { return Keys("*reply:*person*") == 0; }));
}

TEST_F(RedisForgetting, WhatWasDeletedLeavesTheDiskWhenTheLogIsRewritten) {
  const Scope scope{"town", "service"};
  Transaction put(FreshReply());
  put.Put("key", "Geheimweg 7", "");
  const auto written = store_->Commit(scope, put, Soon());
  ASSERT_TRUE(written.ok()) << written.status();
  Transaction erase(FreshReply());
  erase.Delete("key", written->versions.at("key"));
  ASSERT_TRUE(store_->Commit(scope, erase, Soon()).ok());
  EXPECT_TRUE(LogHolds("Geheimweg 7")) << "or the rest proves nothing";
  ASSERT_TRUE(store_->RewriteLog(scope, Soon()).ok());
  EXPECT_TRUE(store_->RewriteLog(scope, Soon()).ok()) << "also while it is being rewritten";
  EXPECT_TRUE(WaitUntil([&] { return !LogHolds("Geheimweg 7"); }));
}

}  // namespace
}  // namespace stadtmesh::store

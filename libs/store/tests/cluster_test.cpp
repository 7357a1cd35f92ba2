// A Redis Cluster whose slots move under load: no transaction is lost, torn or applied twice.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "redis/router.h"
#include "store/errors.h"
#include "store/redis_keys.h"
#include "store/redis_store.h"
#include "testing/redis_cluster.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

constexpr int kWriters = 8;

class ClusterTest : public ::testing::Test {
 protected:
  std::unique_ptr<RedisStore> Connect() {
    RedisStoreOptions options;
    options.client.connection.address = cluster_.addresses()[0];
    options.client.connection.others = {cluster_.addresses()[1]};
    options.cluster = true;
    options.max_wait = absl::Seconds(20);
    return *RedisStore::Connect(options, Soon());
  }
  // A record, a counter, an index entry and an event: four keys, one transaction.
  absl::StatusOr<Committed> Commit(RedisStore& store, const std::string& id) {
    Transaction transaction(ReplyIdentity{"subject", "method", id, "", absl::Hours(1)});
    transaction.Put(id, "value of " + id, "");
    transaction.Bound("n", 0, 10'000'000);
    transaction.Add("n", 1);
    transaction.IndexPut("index", id, 1);
    transaction.Emit(
        {absl::StrCat("agg", id.size() % 3), "type", "", id, absl::FromUnixSeconds(1), "", {}});
    return store.Commit(scope_, transaction, Soon());
  }
  int Slot() const { return redis::KeySlot(RedisKeys(scope_).Tag()); }
  void ExpectWhole(RedisStore& store, const std::vector<std::string>& ids) {
    const auto n = static_cast<int64_t>(ids.size());
    EXPECT_EQ(store.GetCounter(scope_, "n", Soon())->value().value, n);
    EXPECT_EQ(*store.IndexCount(scope_, "index", Soon()), n);
    std::set<std::string> emitted;
    std::map<std::string, uint64_t> last;
    for (std::string after;;) {
      const auto entries = *store.ReadOutbox(scope_, after, 500, Soon());
      if (entries.empty()) break;
      for (const OutboxEntry& entry : entries) {
        EXPECT_EQ(entry.n, ++last[entry.aggregate]);
        EXPECT_TRUE(emitted.insert(entry.event_id).second) << entry.event_id;
      }
      after = entries.back().position;
    }
    EXPECT_EQ(emitted, std::set<std::string>(ids.begin(), ids.end()));
    for (const std::string& id : ids) {
      EXPECT_EQ(store.Get(scope_, id, Soon())->bytes, "value of " + id);
    }
  }

  testing::RedisCluster cluster_;
  const Scope scope_ = FreshScope();
};

TEST_F(ClusterTest, ASlotThatMovesUnderLoadLosesAndDoublesNothing) {
  const auto store = Connect();
  std::mutex mutex;
  std::vector<std::string> ids;
  std::atomic<bool> stop{false};
  std::atomic<int> again{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; !stop; ++i) {
        const std::string id = absl::StrCat("w", w, ".", i);
        // A caller whose answer did not come sends the same again.
        absl::StatusOr<Committed> committed = Commit(*store, id);
        while (absl::IsUnavailable(committed.status())) {
          ++again;
          committed = Commit(*store, id);
        }
        ASSERT_TRUE(committed.ok()) << committed.status();
        EXPECT_EQ(store->Get(scope_, id, Soon())->bytes, "value of " + id);
        std::lock_guard lock(mutex);
        ids.push_back(id);
      }
    });
  }
  const auto written = [&] {
    std::lock_guard lock(mutex);
    return ids.size();
  };
  for (int round = 0; round < 4; ++round) {
    const size_t before = written();
    EXPECT_TRUE(testing::WaitUntil([&] { return written() > before + 100; }, absl::Seconds(30)));
    cluster_.MoveSlot(Slot(), (cluster_.OwnerOf(Slot()) + 1) % testing::RedisCluster::kNodes);
  }
  const size_t before = written();
  EXPECT_TRUE(testing::WaitUntil([&] { return written() > before + 50; }, absl::Seconds(30)));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  ExpectWhole(*store, ids);
  RecordProperty("commits", static_cast<int>(ids.size()));
  RecordProperty("sent_again", again);
}

// In the middle of a move no part of a transaction is written where its other keys are not.
TEST_F(ClusterTest, ATransactionMeetsAHalfMovedSlotAsAWhole) {
  const auto store = Connect();
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) ids.push_back(absl::StrCat("id", i));
  for (const std::string& id : ids) ASSERT_TRUE(Commit(*store, id).ok());
  std::thread mover([&] {
    for (int round = 0; round < 3; ++round) {
      cluster_.MoveSlot(Slot(), (cluster_.OwnerOf(Slot()) + 1) % testing::RedisCluster::kNodes, 1);
    }
  });
  for (int i = 30; i < 120; ++i) {
    ids.push_back(absl::StrCat("id", i));
    while (!Commit(*store, ids.back()).ok()) {
    }
  }
  mover.join();
  ExpectWhole(*store, ids);
}

}  // namespace
}  // namespace stadtmesh::store

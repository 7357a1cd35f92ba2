// Power cuts: redis-server is killed under load and its append-only file cut back to the length at
// the last fdatasync. No acknowledged commit may be lost; with `appendfsync everysec` the same test
// must lose some, or it would prove nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "store/errors.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

constexpr int kWriters = 8;
// How long the load waits for a server that is dead.
constexpr absl::Duration kLoadWait = absl::Milliseconds(500);

std::string IncrementalFile(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/appendonlydir")) {
    if (entry.path().string().ends_with(".incr.aof")) return entry.path().string();
  }
  return "";
}

class PowerCut : public ::testing::Test {
 protected:
  void Start(const std::string& appendfsync) {
    record_ = (std::filesystem::temp_directory_path() / absl::StrCat("stadtmesh-fsync-", getpid()))
                  .string();
    std::filesystem::remove(record_);
    testing::RedisProcessOptions options;
    options.settings = {{"appendfsync", appendfsync}, {"auto-aof-rewrite-percentage", "0"}};
    options.environment = {{"LD_PRELOAD", FSYNC_RECORDER}, {"FSYNC_RECORD", record_}};
    redis_ = std::make_unique<testing::RedisProcess>(options);
    RedisStoreOptions store;
    store.client.connection.address.socket = redis_->socket();
    store.client.connection.max_backoff = absl::Milliseconds(20);
    store.max_wait = absl::Seconds(20);
    store.outbox_limit = 10'000'000;
    store.accept_any_durability = true;
    store_ = *RedisStore::Connect(store, Soon());
    Transaction bound(FreshReply());
    bound.Bound("n", 0, 10'000'000);
    ASSERT_TRUE(store_->Commit(scope_, bound, Soon()).ok());
  }

  void TearDown() override { std::filesystem::remove(record_); }

  Transaction Unique(const std::string& id) {
    Transaction transaction(ReplyIdentity{"subject", "method", id, "", absl::Hours(1)});
    transaction.Put(id, "value", "");
    transaction.Add("n", 1);
    transaction.Emit({"agg", "type", "", id, absl::FromUnixSeconds(1), "", {}});
    transaction.Reply(id);
    return transaction;
  }

  // Writes until `commits` are acknowledged, cuts the power in the middle, and returns the ids that
  // were acknowledged.
  std::vector<std::string> LoadAndCut(int round, size_t commits) {
    std::mutex mutex;
    std::vector<std::string> acknowledged;
    std::atomic<bool> stop{false};
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        for (int i = 0; !stop; ++i) {
          const std::string id = absl::StrCat(round, ".", w, ".", i);
          if (!store_->Commit(scope_, Unique(id), absl::Now() + kLoadWait).ok()) continue;
          std::lock_guard lock(mutex);
          acknowledged.push_back(id);
        }
      });
    }
    EXPECT_TRUE(testing::WaitUntil(
        [&] {
          std::lock_guard lock(mutex);
          return acknowledged.size() >= commits;
        },
        absl::Seconds(60)));
    redis_->Kill();
    stop = true;
    for (std::thread& writer : writers) writer.join();
    std::ifstream record(record_, std::ios::binary);
    int64_t safe = 0;
    record.read(reinterpret_cast<char*>(&safe), sizeof(safe));
    std::filesystem::resize_file(IncrementalFile(redis_->directory()),
                                 static_cast<uintmax_t>(safe));
    return acknowledged;
  }

  size_t CountLost(const std::vector<std::string>& ids) {
    size_t lost = 0;
    for (const std::string& id : ids) {
      absl::StatusOr<Record> record = absl::UnavailableError("not asked yet");
      EXPECT_TRUE(testing::WaitUntil([&] {
        record = store_->Get(scope_, id, Soon());
        return record.ok();
      }));
      lost += !record->exists();
    }
    return lost;
  }

  // The state belongs together: whole transactions only.
  void ExpectWhole() {
    const int64_t n = store_->GetCounter(scope_, "n", Soon())->value().value;
    EXPECT_EQ(*store_->OutboxLength(scope_, Soon()), n);
    std::string after;
    uint64_t last = 0;
    while (true) {
      const auto entries = *store_->ReadOutbox(scope_, after, 1000, Soon());
      if (entries.empty()) break;
      for (const OutboxEntry& entry : entries) EXPECT_EQ(entry.n, ++last);
      after = entries.back().position;
    }
    EXPECT_EQ(static_cast<int64_t>(last), n);
  }

  std::string record_;
  std::unique_ptr<testing::RedisProcess> redis_;
  std::unique_ptr<RedisStore> store_;
  const Scope scope_ = FreshScope();
};

TEST_F(PowerCut, LosesNoAcknowledgedCommit) {
  Start("always");
  size_t acknowledged = 0;
  for (int round = 0; round < 20; ++round) {
    const auto ids = LoadAndCut(round, 100);
    redis_->Restart();
    EXPECT_EQ(CountLost(ids), 0u) << "round " << round;
    acknowledged += ids.size();
  }
  EXPECT_GE(acknowledged, 2000u);
  ExpectWhole();
}

TEST_F(PowerCut, WithEverysecTheSameTestLosesSome) {
  Start("everysec");
  size_t lost = 0;
  for (int round = 0; round < 3 && lost == 0; ++round) {
    const auto ids = LoadAndCut(round, 100);
    redis_->Restart();
    lost += CountLost(ids);
  }
  EXPECT_GT(lost, 0u);
}

// Cut at many places inside the last transaction's block: it is there wholly or not at all.
TEST_F(PowerCut, AFileTornInTheMiddleOfATransactionReplaysNoneOfIt) {
  Start("always");
  ASSERT_TRUE(store_->Commit(scope_, Unique("first"), Soon()).ok());
  const std::string file = IncrementalFile(redis_->directory());
  const auto before = std::filesystem::file_size(file);
  ASSERT_TRUE(store_->Commit(scope_, Unique("second"), Soon()).ok());
  redis_->Kill();
  const std::string whole = absl::StrCat(file, ".whole");
  std::filesystem::copy_file(file, whole);
  const auto after = std::filesystem::file_size(file);
  ASSERT_GT(after, before);
  for (auto cut = before; cut <= after; cut += std::max<uintmax_t>(1, (after - before) / 12)) {
    std::filesystem::copy_file(whole, file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file, cut);
    redis_->Restart();
    EXPECT_EQ(CountLost({"first"}), 0u);
    EXPECT_EQ(CountLost({"second"}), cut == after ? 0u : 1u)
        << cut - before << " of " << after - before;
    ExpectWhole();
    redis_->Kill();
  }
}

}  // namespace
}  // namespace stadtmesh::store

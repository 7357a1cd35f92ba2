// A connection that is cut at any byte applies no transaction twice and loses none.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "store/errors.h"
#include "store/redis_store.h"
#include "testing/cut_proxy.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

using testing::CutProxy;
using Direction = CutProxy::Direction;

class CutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    direct_ = Connect(redis_.socket(), 1);
    Transaction bound(FreshReply());
    bound.Bound("n", 0, 1'000'000);
    ASSERT_TRUE(direct_->Commit(scope_, bound, Soon()).ok());
  }

  std::unique_ptr<RedisStore> Connect(const std::string& socket, int connections) {
    RedisStoreOptions options;
    options.client.connection.address.socket = socket;
    options.client.connection.min_backoff = absl::Milliseconds(1);
    options.client.connections = connections;
    options.max_wait = absl::Seconds(20);
    return *RedisStore::Connect(options, Soon());
  }

  static Transaction Increment(const ReplyIdentity& identity) {
    Transaction transaction(identity);
    transaction.Add("n", 1);
    EmitOp event{"agg", "type", "payload", identity.key, absl::FromUnixSeconds(1), "", {}};
    transaction.Emit(event);
    transaction.Reply("done");
    return transaction;
  }

  int64_t Value() { return direct_->GetCounter(scope_, "n", Soon())->value().value; }

  testing::RedisProcess redis_;
  CutProxy proxy_{redis_.directory() + "/proxy.sock", redis_.socket()};
  std::unique_ptr<RedisStore> direct_;
  const Scope scope_ = FreshScope();
};

TEST_F(CutTest, AtEveryByteOfRequestAndAnswer) {
  const auto store = Connect(proxy_.socket(), 1);
  int64_t committed = 0;
  const auto commit = [&] {
    const auto result = store->Commit(scope_, Increment(FreshReply()), Soon());
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->response, "done");
    EXPECT_EQ(Value(), ++committed);
  };
  commit();  // the script is loaded now
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    const int64_t before = proxy_.forwarded(direction);
    commit();
    const int64_t bytes = proxy_.forwarded(direction) - before;
    ASSERT_GT(bytes, 0);
    for (int64_t cut = 0; cut <= bytes; ++cut) {
      const int64_t cuts = proxy_.cuts();
      proxy_.CutAfter(direction, cut);
      commit();
      // A cut behind the last byte happens now, or at the start of the next commit.
      if (cut < bytes) {
        EXPECT_EQ(proxy_.cuts(), cuts + 1) << cut;
      }
      proxy_.CutAfter(direction, -1);
    }
  }
  EXPECT_EQ(static_cast<int64_t>(direct_->ReadOutbox(scope_, "", 100'000, Soon())->size()),
            committed);
}

TEST_F(CutTest, UnderLoadAtRandomBytes) {
  constexpr int kThreads = 16, kCommits = 60;
  const auto store = Connect(proxy_.socket(), 4);
  std::atomic<bool> stop{false};
  std::atomic<int> ok{0};
  std::thread cutter([&] {
    std::mt19937 random(7);
    while (!stop) {
      proxy_.CutAfter(random() % 2 == 0 ? Direction::kToServer : Direction::kToClient,
                      random() % 20'000);
      absl::SleepFor(absl::Milliseconds(2));  // the rhythm of the fault, not a wait for anything
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCommits; ++i) {
        const auto result = store->Commit(scope_, Increment(FreshReply()), Soon());
        EXPECT_TRUE(result.ok()) << result.status();
        ok += result.ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  cutter.join();
  EXPECT_GT(proxy_.cuts(), 10);
  EXPECT_EQ(ok, kThreads * kCommits);
  EXPECT_EQ(Value(), kThreads * kCommits);
}

TEST_F(CutTest, AServerThatDoesNotAnswerLeavesTheOutcomeUnknown) {
  RedisStoreOptions options;
  options.client.connection.address.socket = redis_.socket();
  options.max_wait = absl::Milliseconds(100);
  const auto store = *RedisStore::Connect(options, Soon());
  const ReplyIdentity identity = FreshReply();
  redis_.Kill(SIGSTOP);
  const absl::Status status = store->Commit(scope_, Increment(identity), Soon()).status();
  redis_.Kill(SIGCONT);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsOutcomeUnknown(status));
  // Sending it again tells, and applies it once.
  EXPECT_TRUE(direct_->Commit(scope_, Increment(identity), Soon()).ok());
  EXPECT_EQ(Value(), 1);
}

TEST_F(CutTest, AServerThatIsAwayIsUnavailableAndNothingIsUnknown) {
  RedisStoreOptions options;
  options.client.connection.address.socket = redis_.socket();
  options.max_wait = absl::Milliseconds(50);
  const auto store = *RedisStore::Connect(options, Soon());
  redis_.Kill();
  absl::Status status;
  // The first call may still meet the dying connection.
  EXPECT_TRUE(testing::WaitUntil([&] {
    status = store->Commit(scope_, Increment(FreshReply()), Soon()).status();
    return !IsOutcomeUnknown(status);
  }));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  redis_.Restart();
  EXPECT_TRUE(testing::WaitUntil(
      [&] { return store->Commit(scope_, Increment(FreshReply()), Soon()).ok(); }));
}

TEST_F(CutTest, TheScriptIsLoadedAgainWhenTheServerForgotIt) {
  redis::ClientOptions options;
  options.connection.address.socket = redis_.socket();
  const auto client = *redis::Client::Connect(options, Soon());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(client->Call({"SCRIPT", "FLUSH"}, Soon()).ok());
    ASSERT_TRUE(direct_->Commit(scope_, Increment(FreshReply()), Soon()).ok());
    EXPECT_EQ(Value(), i);
  }
}

TEST(RedisStoreStart, RefusesAServerThatLosesData) {
  const std::pair<const char*, const char*> bad[] = {
      {"appendonly", "no"}, {"appendfsync", "everysec"}, {"maxmemory-policy", "allkeys-lru"}};
  for (const auto& [name, value] : bad) {
    testing::RedisProcess redis({.settings = {{name, value}}});
    RedisStoreOptions options;
    options.client.connection.address.socket = redis.socket();
    const absl::Status status = RedisStore::Connect(options, Soon()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(HasReason(status, kStoreMisconfigured));
    EXPECT_NE(status.message().find(absl::StrCat(name, " ", value)), absl::string_view::npos)
        << status;
  }
}

TEST(RedisStoreStart, SignsInWithAPassword) {
  testing::RedisProcess redis({.settings = {{"requirepass", "secret"}}});
  RedisStoreOptions options;
  options.client.connection.address.socket = redis.socket();
  EXPECT_EQ(RedisStore::Connect(options, Soon()).status().code(),
            absl::StatusCode::kPermissionDenied);
  options.client.connection.password = "secret";
  EXPECT_TRUE(RedisStore::Connect(options, Soon()).ok());
}

}  // namespace
}  // namespace stadtmesh::store

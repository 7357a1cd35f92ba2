// A primary and its replica: what was acknowledged behind WAIT survives the primary's end, what was
// not is reported as unknown and applied once when it is sent again.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "backends.h"
#include "store/errors.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

using stadtmesh::testing::WaitUntil;

constexpr int kWriters = 8;

testing::RedisProcessOptions ServerOptions(const std::string& min_replicas) {
  return {.tcp = true,
          .settings = {{"min-replicas-to-write", min_replicas},
                       {"min-replicas-max-lag", "2"},
                       {"repl-ping-replica-period", "1"},
                       {"repl-diskless-sync-delay", "0"}}};
}

class FailOver : public ::testing::Test {
 protected:
  void Start(int replicas_that_must_confirm, absl::Duration max_wait = absl::Seconds(20)) {
    const std::string min_replicas = absl::StrCat(replicas_that_must_confirm);
    for (int s = 0; s < 2; ++s) {
      servers_[s] = std::make_unique<testing::RedisProcess>(ServerOptions(min_replicas));
      redis::ClientOptions direct;
      direct.connection.address.socket = servers_[s]->socket();
      direct.connection.max_backoff = absl::Milliseconds(20);
      direct.connections = 1;
      direct_[s] = std::make_unique<redis::Client>(direct);
    }
    Follow(1, 0);
    RedisStoreOptions options;
    options.client.connection.address = *redis::ParseAddress(servers_[0]->tcp_address());
    options.client.connection.others = {*redis::ParseAddress(servers_[1]->tcp_address())};
    options.client.connection.wait_replicas = replicas_that_must_confirm;
    options.client.connection.wait_timeout = absl::Milliseconds(300);
    options.client.connection.max_backoff = absl::Milliseconds(50);
    options.max_wait = max_wait;
    store_ = *RedisStore::Connect(options, Soon());
    Transaction bound(FreshReply());
    bound.Bound("n", 0, 10'000'000);
    ASSERT_TRUE(WaitUntil([&] { return store_->Commit(scope_, bound, Soon()).ok(); }));
  }
  void Follow(int replica, int primary) {
    ASSERT_TRUE(direct_[replica]
                    ->Call({"REPLICAOF", "127.0.0.1", absl::StrCat(servers_[primary]->port())},
                           Soon(), {.repeatable = true})
                    .ok());
    ASSERT_TRUE(WaitUntil([&] {
      const auto info =
          direct_[replica]->Call({"INFO", "replication"}, Soon(), {.repeatable = true});
      return info.ok() && absl::StrContains(info->text, "master_link_status:up");
    }));
  }
  // The primary is gone for good; the replica takes over, and the old one comes back as its
  // replica.
  void FailOverFrom(int primary) {
    servers_[primary]->Kill();
    ASSERT_TRUE(
        direct_[1 - primary]->Call({"REPLICAOF", "NO", "ONE"}, Soon(), {.repeatable = true}).ok());
    servers_[primary]->Restart();
    Follow(primary, 1 - primary);
  }
  Transaction Unique(const std::string& id) {
    Transaction transaction(ReplyIdentity{"subject", "method", id, "", absl::Hours(1)});
    transaction.Put(id, "value", "");
    transaction.Add("n", 1);
    transaction.Emit({"agg", "type", "", id, absl::FromUnixSeconds(1), "", {}});
    transaction.Reply(id);
    return transaction;
  }
  int64_t Value() {
    absl::StatusOr<std::optional<Counter>> counter;
    EXPECT_TRUE(
        WaitUntil([&] { return (counter = store_->GetCounter(scope_, "n", Soon())).ok(); }));
    return (*counter)->value;
  }
  bool Exists(const std::string& id) {
    absl::StatusOr<Record> record;
    EXPECT_TRUE(WaitUntil([&] { return (record = store_->Get(scope_, id, Soon())).ok(); }));
    return record->exists();
  }
  // The replica may need longer to confirm than WAIT waits.
  std::vector<OutboxEntry> Outbox(const std::string& after) {
    absl::StatusOr<std::vector<OutboxEntry>> entries;
    EXPECT_TRUE(WaitUntil([&] {
      return (entries = store_->ReadOutbox(scope_, after, 1000, Soon())).ok();
    })) << entries.status();
    return entries.ok() ? *std::move(entries) : std::vector<OutboxEntry>();
  }

  std::unique_ptr<testing::RedisProcess> servers_[2];
  std::unique_ptr<redis::Client> direct_[2];
  std::unique_ptr<RedisStore> store_;
  const Scope scope_ = FreshScope();
};

TEST_F(FailOver, WithoutTheReplicasAnswerTheOutcomeIsUnknownAndARetryAppliesOnce) {
  Start(1, absl::Seconds(1));  // as in production
  servers_[1]->Kill(SIGSTOP);
  const absl::Time begin = absl::Now();
  const absl::Status status = store_->Commit(scope_, Unique("a"), Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsOutcomeUnknown(status)) << status;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  // It is not relayed either.
  absl::Status unread;
  EXPECT_TRUE(WaitUntil([&] {
    unread = store_->ReadOutbox(scope_, "", 10, Soon()).status();
    return !absl::IsDeadlineExceeded(unread);
  }));
  EXPECT_TRUE(absl::IsUnavailable(unread)) << unread;
  // Once the replica lags for too long, the primary refuses to write, and then nothing is unknown.
  EXPECT_TRUE(WaitUntil([&] {
    const absl::Status refused = store_->Commit(scope_, Unique("b"), Soon()).status();
    return absl::IsUnavailable(refused) && !IsOutcomeUnknown(refused);
  }));
  servers_[1]->Kill(SIGCONT);
  for (const char* id : {"a", "b"}) {
    absl::StatusOr<Committed> again;
    ASSERT_TRUE(WaitUntil([&] {
      return (again = store_->Commit(scope_, Unique(id), Soon())).ok();
    })) << again.status();
    EXPECT_EQ(again->response, id);
  }
  EXPECT_EQ(Value(), 2);
  EXPECT_EQ(Outbox("").size(), 2u);
}

TEST_F(FailOver, UnderLoadNothingAcknowledgedIsLostAndNothingIsAppliedTwice) {
  Start(1);
  std::mutex mutex;
  std::vector<std::string> acknowledged;
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; !stop; ++i) {
        const std::string id = absl::StrCat(w, ".", i);
        absl::StatusOr<Committed> committed = store_->Commit(scope_, Unique(id), Soon());
        // The store itself sends again; a caller may have to go on.
        while (!committed.ok()) committed = store_->Commit(scope_, Unique(id), Soon());
        EXPECT_EQ(committed->response, id);
        std::lock_guard lock(mutex);
        acknowledged.push_back(id);
      }
    });
  }
  const auto count = [&] {
    std::lock_guard lock(mutex);
    return acknowledged.size();
  };
  for (int round = 0; round < 4; ++round) {
    const size_t before = count();
    EXPECT_TRUE(WaitUntil([&] { return count() > before + 100; }, absl::Seconds(30))) << round;
    FailOverFrom(round % 2);
  }
  const size_t before = count();
  EXPECT_TRUE(WaitUntil([&] { return count() > before + 100; }, absl::Seconds(30)));
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Value(), static_cast<int64_t>(acknowledged.size()));
  size_t lost = 0;
  for (const std::string& id : acknowledged) lost += !Exists(id);
  EXPECT_EQ(lost, 0u);
  std::set<std::string> emitted;
  uint64_t last = 0;
  for (std::string after;;) {
    const auto entries = Outbox(after);
    if (entries.empty()) break;
    for (const OutboxEntry& entry : entries) {
      EXPECT_EQ(entry.n, ++last);
      EXPECT_TRUE(emitted.insert(entry.event_id).second);
    }
    after = entries.back().position;
  }
  EXPECT_EQ(emitted.size(), acknowledged.size());
}

// The same without WAIT must lose some, or the test above would prove nothing.
TEST_F(FailOver, WithoutWaitingForTheReplicaAcknowledgedCommitsAreLost) {
  Start(0);
  ASSERT_TRUE(store_->Commit(scope_, Unique("before"), Soon()).ok());
  // WAIT speaks of its own connection's writes only, so the replica is asked itself.
  const auto keys = [this](int server) {
    const auto size = direct_[server]->Call({"DBSIZE"}, Soon(), {.repeatable = true});
    return size.ok() ? size->integer : -1;
  };
  ASSERT_TRUE(WaitUntil([&] { return keys(1) > 0 && keys(1) == keys(0); }));
  servers_[1]->Kill(SIGSTOP);
  for (int i = 0; i < 10; ++i) {
    // More than the sockets on the way hold.
    Transaction transaction = Unique(absl::StrCat("late", i));
    transaction.Put(absl::StrCat("large", i), std::string(900'000, 'x'), "");
    ASSERT_TRUE(store_->Commit(scope_, transaction, Soon()).ok());
  }
  servers_[0]->Kill();
  servers_[1]->Kill(SIGCONT);
  ASSERT_TRUE(direct_[1]->Call({"REPLICAOF", "NO", "ONE"}, Soon(), {.repeatable = true}).ok());
  EXPECT_TRUE(Exists("before"));
  EXPECT_FALSE(Exists("late9"));
}

}  // namespace
}  // namespace stadtmesh::store

// Sixteen threads race: no version, Check, bound, sequence, outbox entry, watermark or recorded
// reply is ever broken.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "store/errors.h"

namespace stadtmesh::store {
namespace {

constexpr int kThreads = 16;
constexpr int kRounds = 80;

class StoreRace : public ::testing::TestWithParam<std::string> {
 protected:
  template <typename Body>
  void Race(Body body) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(t + 1);
        for (int round = 0; round < kRounds; ++round) body(t, round, random);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  Record Get(const std::string& key) { return *store_->Get(scope_, key, Soon()); }

  const std::unique_ptr<Store> store_ = MakeBackend(GetParam());
  const Scope scope_ = FreshScope();
};

INSTANTIATE_TEST_SUITE_P(Backends, StoreRace, ::testing::Values("fake", "redis", "cluster"),
                         [](const auto& info) { return info.param; });

TEST_P(StoreRace, NoUpdateIsLost) {
  std::atomic<int> applied{0}, refused{0};
  Race([&](int, int, std::mt19937& random) {
    const std::string key = absl::StrCat("key", random() % 3);
    const Record record = Get(key);
    Transaction transaction(FreshReply());
    transaction.Put(key, record.bytes + "x", record.version);
    const auto result = store_->Commit(scope_, transaction, Soon());
    if (result.ok()) {
      ++applied;
    } else {
      EXPECT_TRUE(HasReason(result.status(), kVersionConflict)) << result.status();
      ++refused;
    }
  });
  size_t written = 0;
  for (int i = 0; i < 3; ++i) written += Get(absl::StrCat("key", i)).bytes.size();
  EXPECT_EQ(written, static_cast<size_t>(applied));
  EXPECT_GT(applied, 0);
  EXPECT_EQ(applied + refused, kThreads * kRounds);
}

// Of each pair at most one may be on: the decision reads both and writes one.
TEST_P(StoreRace, AChecksDecisionHolds) {
  std::atomic<int> both{0}, switched_on{0};
  Race([&](int, int, std::mt19937& random) {
    const std::string sides[] = {"left", "right"};
    const std::string& mine = sides[random() % 2];
    const std::string& other = sides[mine == "left"];
    const auto records = *store_->MultiGet(scope_, {mine, other}, Soon());
    both += records[0].bytes == "on" && records[1].bytes == "on";
    const bool on = records[0].bytes != "on";
    if (on && records[1].bytes == "on") return;  // decided: not both
    Transaction transaction(FreshReply());
    transaction.Check(other, records[1].version);
    transaction.Put(mine, on ? "on" : "off", records[0].version);
    switched_on += store_->Commit(scope_, transaction, Soon()).ok() && on;
  });
  EXPECT_EQ(both, 0);
  EXPECT_GT(switched_on, 0);
}

TEST_P(StoreRace, ACounterNeverLeavesItsBoundsAndAddsUp) {
  Transaction bound(FreshReply());
  bound.Bound("places", 0, 7, 3);
  ASSERT_TRUE(store_->Commit(scope_, bound, Soon()).ok());
  std::atomic<int64_t> sum{3}, refused{0};
  Race([&](int, int, std::mt19937& random) {
    const int64_t delta = static_cast<int64_t>(random() % 7) - 3;
    Transaction transaction(FreshReply());
    transaction.Add("places", delta);
    const auto result = store_->Commit(scope_, transaction, Soon());
    if (!result.ok()) {
      EXPECT_TRUE(HasReason(result.status(), kCounterBound));
      ++refused;
      return;
    }
    sum += delta;
    EXPECT_GE(result->counters.at("places"), 0);
    EXPECT_LE(result->counters.at("places"), 7);
  });
  EXPECT_EQ(store_->GetCounter(scope_, "places", Soon())->value().value, sum);
  EXPECT_GT(refused, 0);
}

TEST_P(StoreRace, TheOutboxHasEveryEventOnceAndInSequence) {
  ASSERT_TRUE(*store_->AcquireLease(scope_, "relay", "me", absl::Hours(1), Soon()));
  std::map<std::string, uint64_t> last;
  std::set<std::string> seen;
  std::string position;
  const auto drain = [&] {
    const auto entries = *store_->ReadOutbox(scope_, position, 100, Soon());
    for (const OutboxEntry& entry : entries) {
      EXPECT_EQ(entry.n, ++last[entry.aggregate]);
      EXPECT_TRUE(seen.insert(entry.event_id).second);
      position = entry.position;
    }
    if (!entries.empty()) {
      EXPECT_TRUE(store_->TrimOutbox(scope_, position, "relay", "me", Soon()).ok());
    }
    return !entries.empty();
  };
  std::atomic<bool> done{false};
  std::thread relay([&] {
    while (!done) {
      (void)store_->WaitForOutbox(scope_.service, absl::Now() + absl::Milliseconds(5));
      drain();
    }
    while (drain()) {
    }
  });
  std::atomic<size_t> emitted{0};
  Race([&](int t, int round, std::mt19937& random) {
    const size_t events = 1 + random() % 3;
    Transaction transaction(FreshReply());
    for (size_t i = 0; i < events; ++i) {
      transaction.Emit({absl::StrCat("agg", random() % 5),
                        "type",
                        "",
                        absl::StrCat(t, ".", round, ".", i),
                        absl::FromUnixSeconds(1),
                        "",
                        {}});
    }
    const auto result = store_->Commit(scope_, transaction, Soon());
    if (result.ok()) emitted += events;
    if (!result.ok()) {
      EXPECT_TRUE(HasReason(result.status(), kOutboxFull)) << result.status();
    }
  });
  done = true;
  relay.join();
  EXPECT_EQ(seen.size(), emitted);
  EXPECT_EQ(*store_->OutboxLength(scope_, Soon()), 0);
}

// Every event is delivered by several threads, late and again; each is applied once, in order.
TEST_P(StoreRace, TheInboxAppliesEveryEventOnce) {
  Transaction bound(FreshReply());
  bound.Bound("applied", 0, 1000);
  ASSERT_TRUE(store_->Commit(scope_, bound, Soon()).ok());
  Race([&](int, int round, std::mt19937&) {
    const uint64_t n = 1 + static_cast<uint64_t>(round);
    while (true) {
      Transaction transaction(OnceIdentity{"consumer", "agg", 1, n});
      transaction.Add("applied", 1);
      const auto result = store_->Commit(scope_, transaction, Soon());
      if (result.ok()) return;
      ASSERT_TRUE(HasReason(result.status(), kEventGap)) << result.status();
    }
  });
  EXPECT_EQ(store_->GetCounter(scope_, "applied", Soon())->value().value, kRounds);
}

TEST_P(StoreRace, ARepeatedRequestIsAppliedOnceAndAnsweredTheSame) {
  Transaction bound(FreshReply());
  bound.Bound("applied", 0, 1000);
  ASSERT_TRUE(store_->Commit(scope_, bound, Soon()).ok());
  std::vector<std::string> answers(kThreads * kRounds);
  std::atomic<int> applied{0};
  Race([&](int t, int round, std::mt19937&) {
    ReplyIdentity identity{"subject", "method", absl::StrCat(round), "fingerprint", absl::Hours(1)};
    Transaction transaction(identity);
    transaction.Add("applied", 1);
    transaction.Reply(absl::StrCat("thread ", t));
    const auto result = store_->Commit(scope_, transaction, Soon());
    ASSERT_TRUE(result.ok()) << result.status();
    applied += result->outcome == Committed::Outcome::kApplied;
    answers[t * kRounds + round] = result->response;
  });
  EXPECT_EQ(applied, kRounds);
  EXPECT_EQ(store_->GetCounter(scope_, "applied", Soon())->value().value, kRounds);
  for (int round = 0; round < kRounds; ++round) {
    for (int t = 1; t < kThreads; ++t) EXPECT_EQ(answers[t * kRounds + round], answers[round]);
  }
}

TEST_P(StoreRace, ATaskRunsToItsEndOnce) {
  Transaction plan(FreshReply());
  plan.Bound("ran", 0, 1000);
  for (int i = 0; i < 100; ++i) plan.Later(absl::StrCat(i), absl::FromUnixSeconds(i), "kind", "");
  ASSERT_TRUE(store_->Commit(scope_, plan, Soon()).ok());
  Race([&](int, int round, std::mt19937& random) {
    // A lease of no length: others claim the same task at once, and only one commit counts.
    const absl::Duration lease = random() % 2 == 0 ? absl::Microseconds(1) : absl::Hours(1);
    const auto tasks = *store_->ClaimDue(scope_, absl::FromUnixSeconds(200), lease, 2, Soon());
    for (const Task& task : tasks) {
      Transaction transaction(TaskIdentity{task.task_id, task.lease});
      transaction.Add("ran", 1);
      const absl::Status status = store_->Commit(scope_, transaction, Soon()).status();
      if (!status.ok()) {
        EXPECT_TRUE(HasReason(status, kTaskLost)) << status;
      }
    }
  });
  EXPECT_EQ(store_->GetCounter(scope_, "ran", Soon())->value().value, 100);
}

}  // namespace
}  // namespace stadtmesh::store

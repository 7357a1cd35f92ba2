#include "store/execute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "backends.h"
#include "store/errors.h"
#include "testing/fake_clock.h"

namespace stadtmesh::store {
namespace {

using ::testing::ElementsAre;

class ExecuteTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  std::vector<absl::Duration> waits_;
  Executor executor_{clock_,
                     {.wait =
                          [this](absl::Duration duration) {
                            waits_.push_back(duration);
                            clock_.Advance(duration);
                          },
                      .random = [] { return 0.0; }}};
  absl::Time deadline_ = absl::Now() + absl::Hours(1);
};

TEST_F(ExecuteTest, RepeatsConflictsAndUnknownOutcomesWithBackOff) {
  int attempts = 0;
  const auto result = executor_.Execute<int>({"a"}, deadline_, [&]() -> absl::StatusOr<int> {
    switch (++attempts) {
      case 1:
        return VersionConflict("key");
      case 2:
        return StoreUnavailable("cut", /*outcome_unknown=*/true);
      default:
        return attempts;
    }
  });
  EXPECT_EQ(*result, 3);
  EXPECT_THAT(waits_, ElementsAre(absl::Milliseconds(1), absl::Milliseconds(2)));
}

TEST_F(ExecuteTest, OtherErrorsAreFinal) {
  for (const absl::Status& final : {CounterBound("c", 1, 0, 0), StoreUnavailable("down", false),
                                    TaskLost("t"), absl::AbortedError("the domain's own")}) {
    int attempts = 0;
    const auto result = executor_.Execute<int>({"a"}, deadline_, [&]() -> absl::StatusOr<int> {
      ++attempts;
      return final;
    });
    EXPECT_EQ(result.status(), final);
    EXPECT_EQ(attempts, 1);
  }
}

TEST_F(ExecuteTest, GivesTheLastStatusAtTheDeadline) {
  int attempts = 0;
  const auto result = executor_.Execute<int>({"a"}, clock_.Now() + absl::Milliseconds(100),
                                             [&]() -> absl::StatusOr<int> {
                                               ++attempts;
                                               return VersionConflict("key");
                                             });
  EXPECT_TRUE(HasReason(result.status(), kVersionConflict));
  EXPECT_GT(attempts, 3);
  EXPECT_LT(attempts, 20);
}

TEST(KeyedQueue, OneAtATimePerKeyAndNoneForgotten) {
  KeyedQueue queue;
  std::atomic<int> inside[2] = {0, 0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        // Every third command takes both keys, in either order.
        std::vector<std::string> keys = {absl::StrCat(t % 2)};
        if (i % 3 == 0) keys.push_back(absl::StrCat((t + 1) % 2));
        auto turn = queue.Enter(keys, Soon());
        ASSERT_TRUE(turn.ok());
        for (const std::string& key : keys) EXPECT_EQ(++inside[key == "1"], 1);
        for (const std::string& key : keys) --inside[key == "1"];
        ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 16 * 200);
}

TEST(KeyedQueue, WhoGivesUpDoesNotBlockTheLine) {
  KeyedQueue queue;
  auto holder = queue.Enter({"a"}, Soon());
  ASSERT_TRUE(holder.ok());
  EXPECT_EQ(queue.Enter({"a"}, absl::Now() + absl::Milliseconds(5)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(queue.Enter({"b"}, Soon()).ok());
  holder->End();
  EXPECT_TRUE(queue.Enter({"a"}, Soon()).ok());
}

// The figure of DESIGN: a hundred concurrent commands on one aggregate, none refused.
TEST(Executor, AHundredCommandsOnOneAggregateAreAllApplied) {
  const auto store = MakeBackend("redis");
  const Scope scope = FreshScope();
  const SystemClock clock;
  Executor executor(clock);
  std::atomic<int> attempts{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      const ReplyIdentity identity = FreshReply();
      const auto result = executor.Execute<int>({"plan"}, Soon(), [&]() -> absl::StatusOr<int> {
        ++attempts;
        const auto record = store->Get(scope, "plan", Soon());
        if (!record.ok()) return record.status();
        Transaction transaction(identity);
        transaction.Put("plan", record->bytes + "x", record->version);
        const auto committed = store->Commit(scope, transaction, Soon());
        if (!committed.ok()) return committed.status();
        return 0;
      });
      EXPECT_TRUE(result.ok()) << result.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store->Get(scope, "plan", Soon())->bytes, std::string(100, 'x'));
  EXPECT_EQ(attempts, 100);
}

}  // namespace
}  // namespace stadtmesh::store

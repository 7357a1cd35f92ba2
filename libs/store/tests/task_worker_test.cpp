#include "store/task_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "backends.h"
#include "store/errors.h"
#include "testing/fake_clock.h"
#include "testing/fake_store.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TaskWorkerTest : public ::testing::Test {
 protected:
  void Later(const std::string& id, absl::Duration in, const std::string& kind = "kind") {
    Transaction transaction(FreshReply());
    transaction.Later(id, clock_.Now() + in, kind, "payload");
    ASSERT_TRUE(store_.Commit(scope_, transaction, Soon()).ok());
  }

  TaskWorkerOptions Options() {
    TaskWorkerOptions options;
    options.scopes = [this] { return std::vector<Scope>{scope_}; };
    options.handlers["kind"] = [this](const Scope& scope, const Task& task, absl::Time) {
      ran_.push_back(task.task_id);
      if (!next_.ok()) return next_;
      return store_.Commit(scope, Transaction(TaskIdentity{task.task_id, task.lease}), Soon())
          .status();
    };
    options.observe = [this](const Scope&, const Task&, const absl::Status& status) {
      observed_.push_back(status.code());
    };
    return options;
  }

  testing::FakeClock clock_;
  testing::FakeStore store_{clock_};
  const Scope scope_ = FreshScope();
  std::vector<std::string> ran_;
  std::vector<absl::StatusCode> observed_;
  absl::Status next_;
};

TEST_F(TaskWorkerTest, RunsWhatIsDueOnceAndInOrder) {
  Later("b", absl::Seconds(2));
  Later("a", absl::Seconds(1));
  Later("c", absl::Seconds(9));
  TaskWorker worker(store_, clock_, Options());
  EXPECT_EQ(worker.RunDue(), 0);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(worker.RunDue(), 2);
  EXPECT_EQ(worker.RunDue(), 0);
  EXPECT_THAT(ran_, ElementsAre("a", "b"));
}

TEST_F(TaskWorkerTest, AnErrorBacksOffAndTheTaskNeverVanishes) {
  Later("a", absl::ZeroDuration());
  TaskWorker worker(store_, clock_, Options());
  next_ = absl::InternalError("broken");
  EXPECT_EQ(worker.RunDue(), 1);
  EXPECT_EQ(worker.RunDue(), 0);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(worker.RunDue(), 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(worker.RunDue(), 0);  // two seconds now
  clock_.Advance(absl::Seconds(1));
  next_ = absl::OkStatus();
  EXPECT_EQ(worker.RunDue(), 1);
  EXPECT_THAT(observed_, ElementsAre(absl::StatusCode::kInternal, absl::StatusCode::kInternal,
                                     absl::StatusCode::kOk));
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(worker.RunDue(), 0);
}

TEST_F(TaskWorkerTest, AnUnknownKindWaits) {
  Later("a", absl::ZeroDuration(), "from the future");
  TaskWorker worker(store_, clock_, Options());
  worker.RunDue();
  EXPECT_THAT(ran_, IsEmpty());
  EXPECT_THAT(observed_, ElementsAre(absl::StatusCode::kUnimplemented));
  TaskWorkerOptions newer = Options();
  newer.handlers["from the future"] = newer.handlers["kind"];
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(TaskWorker(store_, clock_, newer).RunDue(), 1);
}

TEST_F(TaskWorkerTest, ADeadWorkersTasksAreTakenOverWhenTheLeaseEnds) {
  Later("a", absl::ZeroDuration());
  const auto claimed = store_.ClaimDue(scope_, clock_.Now(), absl::Seconds(30), 1, Soon());
  ASSERT_EQ(claimed->size(), 1u);  // and then it died
  TaskWorker worker(store_, clock_, Options());
  EXPECT_EQ(worker.RunDue(), 0);
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(worker.RunDue(), 1);
  EXPECT_TRUE(HasReason(
      store_.Commit(scope_, Transaction(TaskIdentity{"a", claimed->at(0).lease}), Soon()).status(),
      kTaskLost));
}

TEST_F(TaskWorkerTest, AStoreThatIsAwayIsObservedAndRecovers) {
  Later("a", absl::ZeroDuration());
  TaskWorker worker(store_, clock_, Options());
  store_.SetFault([](absl::string_view) { return StoreUnavailable("away", false); });
  EXPECT_EQ(worker.RunDue(), 0);
  EXPECT_THAT(observed_, ElementsAre(absl::StatusCode::kUnavailable));
  store_.SetFault(nullptr);
  EXPECT_EQ(worker.RunDue(), 1);
}

TEST_F(TaskWorkerTest, ItsThreadsRunEveryTaskOnce) {
  constexpr int kTasks = 50;
  for (int i = 0; i < kTasks; ++i) Later(std::to_string(i), absl::ZeroDuration());
  std::atomic<int> ran{0};
  TaskWorkerOptions options = Options();
  options.threads = 4;
  options.poll = absl::Milliseconds(5);
  options.observe = nullptr;
  options.handlers["kind"] = [&](const Scope& scope, const Task& task, absl::Time) {
    ++ran;
    return store_.Commit(scope, Transaction(TaskIdentity{task.task_id, task.lease}), Soon())
        .status();
  };
  TaskWorker worker(store_, clock_, options);
  worker.Start();
  EXPECT_TRUE(testing::WaitUntil([&] { return ran >= kTasks; }));
  worker.Stop();
  EXPECT_EQ(ran, kTasks);
}

}  // namespace
}  // namespace stadtmesh::store

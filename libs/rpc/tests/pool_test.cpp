#include "rpc/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace stadtmesh::rpc {
namespace {

class Task final : public WorkerPool::Task {
 public:
  explicit Task(std::function<void()> run) : run_(std::move(run)) {}
  void Run() override { run_(); }

 private:
  std::function<void()> run_;
};

TEST(Pool, RunsEveryTaskOnceFromManyThreads) {
  std::atomic<int> runs{0};
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < 20000; ++i) tasks.push_back(std::make_unique<Task>([&] { ++runs; }));
  {
    WorkerPool pool(4, 100000);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = static_cast<size_t>(t); i < tasks.size(); i += 4)
          ASSERT_TRUE(pool.Submit(tasks[i].get()));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(runs, 20000);
}

TEST(Pool, RefusesBeyondItsQueueAndTakesAgainAfterwards) {
  absl::Notification release;
  absl::BlockingCounter busy(2);
  absl::BlockingCounter ran(3);
  absl::Notification again;
  Task blocking([&] {
    busy.DecrementCount();
    release.WaitForNotification();
  });
  Task short_task([&] { ran.DecrementCount(); });
  Task last([&] { again.Notify(); });
  WorkerPool pool(2, 3);
  ASSERT_TRUE(pool.Submit(&blocking));
  ASSERT_TRUE(pool.Submit(&blocking));
  busy.Wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.Submit(&short_task));
  EXPECT_FALSE(pool.Submit(&short_task));
  EXPECT_EQ(pool.waiting(), 3);
  release.Notify();
  ran.Wait();
  EXPECT_TRUE(pool.Submit(&last));
  again.WaitForNotification();
}

// The claim of "no wake-up without a backlog" must not cost anybody who waits behind a blocked
// thread. Not a local class: clang 14 gives two lambdas in default member initialisers of a local
// class one name, so one runs as the other.
struct Scene {
  void Block() {
    blocked.Notify();
    release.WaitForNotification();
  }
  absl::Notification release;
  absl::Notification blocked;
  absl::BlockingCounter others{20};
  Task blocking{std::bind(&Scene::Block, this)};
  Task other{std::bind(&absl::BlockingCounter::DecrementCount, &others)};
};

TEST(Pool, ATaskBehindABlockedThreadIsTakenByAnother) {
  // outlive the pool: a thread may still be on its way out of one
  std::vector<std::unique_ptr<Scene>> scenes;
  WorkerPool pool(8, 100);
  for (int repeat = 0; repeat < 50; ++repeat) {
    Scene& scene = *scenes.emplace_back(std::make_unique<Scene>());
    ASSERT_TRUE(pool.Submit(&scene.blocking));
    scene.blocked.WaitForNotification();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(pool.Submit(&scene.other));
    scene.others.Wait();  // would hang if they waited for the blocked thread
    scene.release.Notify();
  }
}

TEST(Pool, AllThreadsMeetABurstOfBlockingTasks) {
  std::atomic<int> here{0};
  Task meeting([&] {
    ++here;
    while (here < 16)
      absl::SleepFor(absl::Milliseconds(1));  // passes only when all sixteen run at once
  });
  WorkerPool pool(16, 100);
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(pool.Submit(&meeting));
}

TEST(Pool, WakesFarLessOftenThanThereAreTasks) {
  constexpr int kTasks = 50000;
  std::atomic<int> runs{0};
  Task task([&] { ++runs; });
  WorkerPool pool(8, kTasks);
  for (int i = 0; i < kTasks; ++i) ASSERT_TRUE(pool.Submit(&task));
  while (runs < kTasks) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_LT(pool.wakeups(), kTasks / 4u);
}

}  // namespace
}  // namespace stadtmesh::rpc

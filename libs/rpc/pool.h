// The bounded worker pool of one service. It wakes a thread only when that pays.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace stadtmesh::rpc {

// Thread-safe.
//
// An ordinary pool signals a thread per task; the futex and the switch cost more than a short task.
// This one learns from the tasks it runs. Where they block (on Redis, on other services), every
// task gets a thread at once. Where they only compute, they are taken by a thread that is awake
// anyway, and another one is woken only when what waits would wait longer than kPatience and a
// processor is left for it.
//
// When the guess is wrong because the threads at work block after all, a watcher that ticks while
// something waits notices that nobody took a task for a whole tick, and from then on tasks count as
// blocking. So nobody waits longer than a tick behind a blocked thread.
class WorkerPool {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    virtual void Run() = 0;
  };
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration kPatience = std::chrono::milliseconds(1);
  static constexpr Duration kTick = std::chrono::microseconds(500);
  static constexpr int kQuietTicks =
      20;  // the watcher sleeps after so many without anything waiting
  // A thread without work gives the processor away so often before it sleeps.
  static constexpr int kYields = 5;

  WorkerPool(int threads, int queue);
  // Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full (the task is untouched). The task must live until Run has
  // returned.
  bool Submit(Task* task);

  int running() const;
  int waiting() const;
  uint64_t wakeups() const;  // for the test of the claim above

 private:
  struct Worker {
    std::atomic<int> woken{0};
    std::thread thread;
    void Wake();
    void Sleep();
  };
  struct Lesson {
    Duration duration{0};
    bool blocked = false;  // the thread gave its processor away
  };

  void Loop(Worker& self);
  // The next task, or nothing when the pool ends. `last`: what was seen of the one before.
  // `another`: the thread to wake for what waits behind it.
  Task* Next(Worker& self, const Lesson& last, Worker*& another);
  void Linger() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Learn(const Lesson& lesson) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsBehind() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // An idle thread, which counts as running from now on; the caller wakes it without the lock.
  // Nothing when none is idle or needed.
  Worker* TakeIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Watch();
  void WatchUntilQuiet() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t queue_limit_;
  const int processors_;
  mutable absl::Mutex mutex_;
  std::deque<Task*> queue_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> something_waits_{false};  // !queue_.empty(), for a look without the lock
  std::vector<Worker*> idle_
      ABSL_GUARDED_BY(mutex_);                // the last one slept least: its caches are warm
  int running_ ABSL_GUARDED_BY(mutex_) = 0;   // awake: at work, lingering, or about to take a task
  Duration typical_ ABSL_GUARDED_BY(mutex_);  // how long a task takes: a running median
  double blocking_ ABSL_GUARDED_BY(mutex_) = 1;  // share of tasks that block, moving
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t wakeups_ ABSL_GUARDED_BY(mutex_) = 0;
  bool lingering_ ABSL_GUARDED_BY(mutex_) = false;
  bool watching_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar watch_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::thread watcher_;
};

}  // namespace stadtmesh::rpc

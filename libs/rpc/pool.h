// The bounded worker pool of one service. It wakes a thread only when work is behind.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace stadtmesh::rpc {

// Thread-safe.
//
// An ordinary pool signals a thread per task; the futex costs more than a short task. Here a task that finds a thread at work waits for
// it, and another thread is woken only when
//   - more tasks wait than threads work, or
//   - nobody took a task for a whole tick although some wait (the threads at work block, e.g. on Redis).
// The second is seen by one idle thread, the watcher, that sleeps in ticks as long as others work. A thread that takes a task and
// leaves some behind in either case wakes the next one, so a burst meets all threads within a few wake-ups.
class WorkerPool {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    virtual void Run() = 0;
  };
  static constexpr absl::Duration kTick = absl::Microseconds(300);
  static constexpr int kYields = 50;

  WorkerPool(int threads, int queue);
  // Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full (the task is untouched). The task must live until Run has returned.
  bool Submit(Task* task);

  int running() const;
  int waiting() const;
  uint64_t wakeups() const;  // for the test of the claim above

 private:
  struct Worker {
    absl::CondVar wake;
    bool woken = false;
    std::thread thread;
  };
  void Loop(Worker& self);
  Task* Next(Worker& self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Sleep(Worker& self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives the processor away a few times before sleeping: under load the next task comes within microseconds, and neither the sleep nor
  // the wake-up is paid. One thread at a time.
  void Linger() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsBehind() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Unwatched() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t queue_limit_;
  mutable absl::Mutex mutex_;
  std::deque<Task*> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);  // the last one slept least: its caches are warm
  Worker* watcher_ ABSL_GUARDED_BY(mutex_) = nullptr;  // among idle_
  int running_ ABSL_GUARDED_BY(mutex_) = 0;            // awake: at work or about to take a task
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t wakeups_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stuck_ ABSL_GUARDED_BY(mutex_) = false;  // the watcher found nobody taking tasks
  bool lingering_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace stadtmesh::rpc

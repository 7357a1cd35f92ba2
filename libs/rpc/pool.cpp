#include "rpc/pool.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/time/time.h"

namespace stadtmesh::rpc {
namespace {

constexpr double kBlocking = 0.3;  // from this share of tasks on, every task gets a thread

// How often this thread has waited for something so far.
int64_t VoluntarySwitches() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

}  // namespace

void WorkerPool::Worker::Wake() {
  woken.store(1, std::memory_order_release);
  woken.notify_one();
}

void WorkerPool::Worker::Sleep() {
  woken.wait(0, std::memory_order_acquire);
  woken.store(0, std::memory_order_relaxed);
}

WorkerPool::WorkerPool(int threads, int queue)
    : queue_limit_(static_cast<size_t>(queue)),
      processors_(static_cast<int>(std::thread::hardware_concurrency())),
      typical_(kPatience) {
  {
    absl::MutexLock lock(&mutex_);
    running_ = threads;  // each takes itself off when it finds nothing to do
  }
  for (int i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->thread = std::thread([this, &worker = *worker] { Loop(worker); });
  }
  watcher_ = std::thread([this] { Watch(); });
  absl::MutexLock lock(&mutex_);
  const auto all_idle = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return idle_.size() == workers_.size();
  };
  mutex_.Await(absl::Condition(&all_idle));
}

WorkerPool::~WorkerPool() {
  std::vector<Worker*> sleeping;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    sleeping.swap(idle_);
    running_ += static_cast<int>(sleeping.size());
    watch_.Signal();
  }
  for (Worker* worker : sleeping) worker->Wake();
  for (const std::unique_ptr<Worker>& worker : workers_) worker->thread.join();
  watcher_.join();
}

bool WorkerPool::Submit(Task* task) {
  Worker* another = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    // The queue limits what waits, so a free thread always has room for its task.
    if (queue_.size() >= queue_limit_ + idle_.size()) return false;
    queue_.push_back(task);
    something_waits_.store(true, std::memory_order_relaxed);
    another = TakeIdle();
    if (another == nullptr && !watching_ && !idle_.empty()) {
      watching_ = true;
      watch_.Signal();
    }
  }
  if (another != nullptr) another->Wake();
  return true;
}

bool WorkerPool::IsBehind() const {
  if (running_ == 0 || blocking_ > kBlocking) return true;
  return running_ < processors_ && typical_ * queue_.size() > kPatience * running_;
}

WorkerPool::Worker* WorkerPool::TakeIdle() {
  if (queue_.empty() || idle_.empty() || !IsBehind()) return nullptr;
  Worker* worker = idle_.back();
  idle_.pop_back();
  ++running_;
  ++wakeups_;
  return worker;
}

// One eighth up or down per task converges to the median: a thread that lost its processor for a
// while does not count as a long task.
void WorkerPool::Learn(const Lesson& lesson) {
  typical_ += lesson.duration > typical_ ? typical_ / 8 : -typical_ / 8;
  typical_ = std::clamp<Duration>(typical_, std::chrono::microseconds(1), kPatience);
  blocking_ += ((lesson.blocked ? 1.0 : 0.0) - blocking_) / 32;
}

// Under load the next task comes within microseconds, and neither the sleep nor the wake-up is
// paid. One thread at a time.
void WorkerPool::Linger() {
  if (lingering_) return;
  lingering_ = true;
  mutex_.Unlock();
  for (int i = 0; i < kYields && !something_waits_.load(std::memory_order_relaxed); ++i)
    sched_yield();
  mutex_.Lock();
  lingering_ = false;
}

WorkerPool::Task* WorkerPool::Next(Worker& self, const Lesson& last, Worker*& another) {
  absl::MutexLock lock(&mutex_);
  if (last.duration > Duration::zero()) Learn(last);
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    Linger();
    if (!queue_.empty() || stopping_) continue;
    --running_;
    idle_.push_back(&self);
    mutex_.Unlock();
    self.Sleep();
    mutex_.Lock();
  }
  Task* task = queue_.front();
  queue_.pop_front();
  something_waits_.store(!queue_.empty(), std::memory_order_relaxed);
  ++taken_;
  another = TakeIdle();
  return task;
}

void WorkerPool::Loop(Worker& self) {
  Lesson last;
  Worker* another = nullptr;
  while (Task* task = Next(self, last, another)) {
    if (another != nullptr) another->Wake();
    const int64_t switches = VoluntarySwitches();
    const auto begin = std::chrono::steady_clock::now();
    task->Run();
    last = {std::chrono::steady_clock::now() - begin, VoluntarySwitches() != switches};
  }
}

void WorkerPool::Watch() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    if (watching_) WatchUntilQuiet();
    watching_ = false;
    if (!stopping_) watch_.Wait(&mutex_);
  }
}

void WorkerPool::WatchUntilQuiet() {
  for (int quiet = 0; quiet < kQuietTicks && !stopping_; ++quiet) {
    const uint64_t before = taken_;
    watch_.WaitWithTimeout(&mutex_, absl::FromChrono(kTick));
    if (queue_.empty()) continue;
    quiet = 0;
    if (taken_ != before) continue;
    blocking_ = 1;
    Worker* another = TakeIdle();
    if (another == nullptr) continue;
    mutex_.Unlock();
    another->Wake();
    mutex_.Lock();
  }
}

int WorkerPool::running() const {
  absl::MutexLock lock(&mutex_);
  return running_;
}
int WorkerPool::waiting() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(queue_.size());
}
uint64_t WorkerPool::wakeups() const {
  absl::MutexLock lock(&mutex_);
  return wakeups_;
}

}  // namespace stadtmesh::rpc

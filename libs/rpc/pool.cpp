#include "rpc/pool.h"

#include <sched.h>

#include <algorithm>

namespace stadtmesh::rpc {

WorkerPool::WorkerPool(int threads, int queue) : queue_limit_(static_cast<size_t>(queue)) {
  {
    absl::MutexLock lock(&mutex_);
    running_ = threads;  // each takes itself off when it finds nothing to do
  }
  for (int i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
  for (const std::unique_ptr<Worker>& worker : workers_) worker->thread = std::thread([this, &worker = *worker] { Loop(worker); });
  absl::MutexLock lock(&mutex_);
  const auto all_idle = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return idle_.size() == workers_.size(); };
  mutex_.Await(absl::Condition(&all_idle));
}

WorkerPool::~WorkerPool() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    while (!idle_.empty()) WakeOne();
  }
  for (const std::unique_ptr<Worker>& worker : workers_) worker->thread.join();
}

bool WorkerPool::Submit(Task* task) {
  absl::MutexLock lock(&mutex_);
  // The queue limits what waits, so a free thread always has room for its task.
  if (queue_.size() >= queue_limit_ + idle_.size()) return false;
  queue_.push_back(task);
  // Without a watcher nobody would notice that the threads at work block.
  if (!idle_.empty() && (IsBehind() || Unwatched())) WakeOne();
  return true;
}

bool WorkerPool::IsBehind() const { return queue_.size() > static_cast<size_t>(running_); }
bool WorkerPool::Unwatched() const { return watcher_ == nullptr && !lingering_; }

void WorkerPool::Linger() {
  if (lingering_) return;
  lingering_ = true;
  for (int i = 0; i < kYields && queue_.empty() && !stopping_; ++i) {
    mutex_.Unlock();
    sched_yield();
    mutex_.Lock();
  }
  lingering_ = false;
}

void WorkerPool::WakeOne() {
  Worker* worker = idle_.back();
  idle_.pop_back();
  if (worker == watcher_) watcher_ = nullptr;
  worker->woken = true;
  ++running_;
  ++wakeups_;
  worker->wake.Signal();
}

void WorkerPool::Sleep(Worker& self) {
  --running_;
  self.woken = false;
  idle_.push_back(&self);
  while (!self.woken) {
    const bool others_work = running_ > 0 || !queue_.empty();
    if (watcher_ != nullptr && watcher_ != &self) {
      self.wake.Wait(&mutex_);
      continue;
    }
    if (!others_work) {
      watcher_ = nullptr;
      self.wake.Wait(&mutex_);
      continue;
    }
    watcher_ = &self;
    const uint64_t taken_before = taken_;
    if (!self.wake.WaitWithTimeout(&mutex_, kTick) || self.woken || queue_.empty() || taken_ != taken_before) continue;
    // A whole tick, and nobody took a task: go to work oneself.
    idle_.erase(std::find(idle_.begin(), idle_.end(), &self));
    watcher_ = nullptr;
    stuck_ = true;
    ++running_;
    return;
  }
}

WorkerPool::Task* WorkerPool::Next(Worker& self) {
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    stuck_ = false;
    Linger();
    if (queue_.empty() && !stopping_) Sleep(self);
  }
  Task* task = queue_.front();
  queue_.pop_front();
  ++taken_;
  if (!queue_.empty() && !idle_.empty() && (stuck_ || IsBehind() || Unwatched())) WakeOne();
  return task;
}

void WorkerPool::Loop(Worker& self) {
  while (true) {
    Task* task = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      task = Next(self);
    }
    if (task == nullptr) return;
    task->Run();
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

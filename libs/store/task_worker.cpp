#include "store/task_worker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "store/errors.h"

namespace stadtmesh::store {
namespace {

constexpr absl::Duration kStoreWait = absl::Seconds(1);

}  // namespace

TaskWorker::TaskWorker(Store& store, const Clock& clock, TaskWorkerOptions options)
    : store_(store), clock_(clock), options_(std::move(options)) {}

TaskWorker::~TaskWorker() { Stop(); }

void TaskWorker::Start() {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

void TaskWorker::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void TaskWorker::Loop() {
  while (true) {
    const int ran = RunDue();
    absl::MutexLock lock(&mutex_);
    if (ran == 0) mutex_.AwaitWithTimeout(absl::Condition(&stopping_), options_.poll);
    if (stopping_) return;
  }
}

int TaskWorker::RunDue() {
  int ran = 0;
  for (const Scope& scope : options_.scopes()) ran += RunDue(scope);
  return ran;
}

int TaskWorker::RunDue(const Scope& scope) {
  const absl::Time now = clock_.Now();
  const auto tasks =
      store_.ClaimDue(scope, now, options_.lease, options_.batch, absl::Now() + kStoreWait);
  if (!tasks.ok()) {
    Observe(scope, {}, tasks.status());
    return 0;
  }
  int ran = 0;
  for (const Task& task : *tasks) {
    // The first half of the lease begins handlers, the second half ends them; what is left over
    // goes back at once.
    bool begin = clock_.Now() < now + options_.lease / 2;
    {
      absl::MutexLock lock(&mutex_);
      begin &= !stopping_;
    }
    if (begin) {
      RunTask(scope, task, now + options_.lease);
      ++ran;
    } else {
      Postpone(scope, task, task.due);
    }
  }
  return ran;
}

void TaskWorker::RunTask(const Scope& scope, const Task& task, absl::Time lease_end) {
  const auto handler = options_.handlers.find(task.kind);
  const absl::Status status =
      handler == options_.handlers.end()
          ? absl::UnimplementedError(absl::StrCat("no handler for tasks of kind ", task.kind))
          : handler->second(scope, task, Deadline(lease_end));
  Observe(scope, task, status);
  if (status.ok() || HasReason(status, kTaskLost)) return;
  const int doublings = std::clamp(task.attempt - 1, 0, 30);
  Postpone(scope, task,
           clock_.Now() +
               std::min(options_.min_backoff * (int64_t{1} << doublings), options_.max_backoff));
}

absl::Time TaskWorker::Deadline(absl::Time lease_end) const {
  return absl::Now() + (lease_end - clock_.Now());
}

void TaskWorker::Postpone(const Scope& scope, const Task& task, absl::Time due) {
  const absl::Status status = store_.PostponeTask(scope, task, due, absl::Now() + kStoreWait);
  // Not put back: it comes back by itself when the lease ends. Lost: somebody has it.
  if (!status.ok() && !HasReason(status, kTaskLost)) Observe(scope, task, status);
}

void TaskWorker::Observe(const Scope& scope, const Task& task, const absl::Status& status) const {
  if (options_.observe) options_.observe(scope, task, status);
}

}  // namespace stadtmesh::store

// Runs due `Later` commands: holds that expire, reminders, retries, saga timeouts, calls to other
// services.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/time.h"
#include "store/store.h"

namespace stadtmesh::store {

// Does the task and commits one transaction with TaskIdentity{task.task_id, task.lease}, which
// removes it. Runs at least once; whatever it does outside the store must recognise the task's id.
// A task that is no longer needed commits an empty transaction.
//   OK         the task's transaction is committed
//   TASK_LOST  somebody else has it: nothing more to do
//   any other  put back with a back-off that doubles with each attempt, for ever: a command never
//   vanishes
using TaskHandler =
    std::function<absl::Status(const Scope& scope, const Task& task, absl::Time deadline)>;

struct TaskWorkerOptions {
  std::function<std::vector<Scope>()> scopes;  // asked on each round, so that new tenants join
  // by kind; tasks of an unknown kind wait for a version that knows them
  std::map<std::string, TaskHandler> handlers;
  int threads = 1;
  size_t batch = 8;
  absl::Duration lease = absl::Seconds(30);       // also the handler's time
  absl::Duration poll = absl::Milliseconds(250);  // real time between rounds without work
  absl::Duration min_backoff = absl::Seconds(1);
  absl::Duration max_backoff = absl::Minutes(10);
  // Each run's status, for logs and metrics; also claims that failed (with an empty task).
  std::function<void(const Scope& scope, const Task& task, const absl::Status& status)> observe;
};

// Thread-safe. Several replicas may run one each: leases share the tasks out.
class TaskWorker {
 public:
  TaskWorker(Store& store, const Clock& clock, TaskWorkerOptions options);
  ~TaskWorker();  // stops

  void Start();
  // Waits for running handlers. Idempotent.
  void Stop();

  // One round in the calling thread: what is due by `clock` in every scope. Returns how many
  // handlers ran. For tests, and for the threads themselves.
  int RunDue();

 private:
  void Loop();
  int RunDue(const Scope& scope);
  void RunTask(const Scope& scope, const Task& task, absl::Time lease_end);
  void Postpone(const Scope& scope, const Task& task, absl::Time due);
  void Observe(const Scope& scope, const Task& task, const absl::Status& status) const;
  // What is left of the lease on the fake or real clock, as a deadline of real time.
  absl::Time Deadline(absl::Time lease_end) const;

  Store& store_;
  const Clock& clock_;
  const TaskWorkerOptions options_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace stadtmesh::store

// Load, decide, commit, and again when somebody else was faster: the loop around every command.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/time.h"
#include "store/keyed_queue.h"

namespace stadtmesh::store {

struct ExecutorOptions {
  absl::Duration min_backoff = absl::Milliseconds(2);
  absl::Duration max_backoff = absl::Milliseconds(50);
  // Waits; and a uniform random number in [0, 1). Defaults: sleep, and a generator per thread.
  // Tests pass their own.
  std::function<void(absl::Duration)> wait;
  std::function<double()> random;
};

// One per service. Thread-safe.
class Executor {
 public:
  explicit Executor(const Clock& clock, ExecutorOptions options = {});

  // Waits for the turn on `aggregates` (names that are unique per tenant, e.g. "gt/tour-7"; the
  // loaded aggregates of the command, not everything it reads), then runs `attempt` until it
  // succeeds, fails for good, or no time is left.
  //
  // `attempt` loads, decides and commits one transaction with the same identity each time. It is
  // repeated for VERSION_CONFLICT (somebody else changed a version) and for an unknown outcome
  // (IsOutcomeUnknown), after a jittered exponential back-off. Every other status is final. At the
  // deadline the last status is returned; DEADLINE_EXCEEDED when there was no attempt.
  template <typename T>
  absl::StatusOr<T> Execute(std::vector<std::string> aggregates, absl::Time deadline,
                            absl::FunctionRef<absl::StatusOr<T>()> attempt) {
    auto turn = queue_.Enter(std::move(aggregates), deadline);
    if (!turn.ok()) return turn.status();
    for (int failures = 1;; ++failures) {
      absl::StatusOr<T> result = attempt();
      if (result.ok() || !IsRepeatable(result.status()) || !Pause(failures, deadline))
        return result;
    }
  }

 private:
  static bool IsRepeatable(const absl::Status& status);
  // False when the deadline would pass.
  bool Pause(int failures, absl::Time deadline) const;

  const Clock& clock_;
  const ExecutorOptions options_;
  KeyedQueue queue_;
};

}  // namespace stadtmesh::store

// The search for better plans.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "dispatch/check.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

// A monotonic clock; std::chrono::steady_clock by default.
using Stopwatch = std::function<absl::Duration()>;

// Without a limit on time or iterations only `cancelled` ends the search.
struct Budget {
  absl::Duration time = absl::InfiniteDuration();  // never overrun by more than 10 ms
  // -1: no limit. With it, and without `time`, the answer depends on the seed alone
  int64_t iterations = -1;
  uint64_t seed = 1;
  int threads = 1;    // workers; they exchange their best plans
  Stopwatch elapsed;  // time since some fixed instant; empty: the machine's
  // asked now and then; true ends the search at once; empty: never
  std::function<bool()> cancelled;
  // Told each time a better plan was found, with its price; may be empty. A plan that serves more
  // of those who must be served is better, whatever it costs. Called from the searching thread.
  std::function<void(const CostTerms&)> on_better;
};

struct SolveResult {
  Plan plan;
  CostTerms cost;
  bool feasible = false;  // by Check
  int64_t iterations = 0;
  absl::Duration time;
};

// A plan from nothing but what is driven or locked already. Requests that find no place stay
// refused.
SolveResult Solve(const Problem& problem, const Budget& budget);

// A plan that is never worse than `plan` (which passes Check), keeps what is driven or locked, and
// serves every request with a promise.
SolveResult Improve(const Problem& problem, const Plan& plan, const Budget& budget);

}  // namespace stadtmesh::dispatch

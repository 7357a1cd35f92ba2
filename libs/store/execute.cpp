#include "store/execute.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "store/errors.h"

namespace stadtmesh::store {
namespace {

ExecutorOptions WithDefaults(ExecutorOptions options) {
  if (!options.wait) options.wait = absl::SleepFor;
  if (!options.random) {
    options.random = [] {
      thread_local absl::InsecureBitGen generator;
      return absl::Uniform(generator, 0.0, 1.0);
    };
  }
  return options;
}

}  // namespace

Executor::Executor(const Clock& clock, ExecutorOptions options)
    : clock_(clock), options_(WithDefaults(std::move(options))) {}

bool Executor::IsRepeatable(const absl::Status& status) {
  return HasReason(status, kVersionConflict) || IsOutcomeUnknown(status);
}

bool Executor::Pause(int failures, absl::Time deadline) const {
  const int doublings = std::min(failures - 1, 16);
  const absl::Duration ceiling =
      std::min(options_.min_backoff * (int64_t{1} << doublings), options_.max_backoff);
  const absl::Duration pause = ceiling * (0.5 + 0.5 * options_.random());
  if (clock_.Now() + pause >= deadline) return false;
  options_.wait(pause);
  return true;
}

}  // namespace stadtmesh::store

// Waits for something to become true instead of sleeping for a time that is always wrong.
#pragma once

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace stadtmesh::testing {

// A deadline for calls that should answer at once, on a machine however busy.
inline absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

// Polls `condition` every millisecond (later every ten) until it holds or `timeout` of real time
// has passed. Returns whether it held. Expect it: EXPECT_TRUE(WaitUntil([&] { return consumer.lag()
// == 0; })).
inline bool WaitUntil(const std::function<bool()>& condition,
                      absl::Duration timeout = absl::Seconds(10)) {
  const absl::Time deadline = absl::Now() + timeout;
  for (int polls = 0;; ++polls) {
    if (condition()) return true;
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(polls < 100 ? 1 : 10));
  }
}

}  // namespace stadtmesh::testing

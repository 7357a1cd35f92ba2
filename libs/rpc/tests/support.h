// What several tests of the chassis use.
#pragma once

#include <atomic>

#include "absl/time/clock.h"
#include "base/time.h"

namespace stadtmesh::rpc {

class FakeClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(now_.load()); }
  void Advance(absl::Duration duration) { now_ += absl::ToInt64Microseconds(duration); }

 private:
  std::atomic<int64_t> now_{absl::ToUnixMicros(absl::Now())};
};

template <typename Condition>
bool Eventually(Condition condition) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace stadtmesh::rpc

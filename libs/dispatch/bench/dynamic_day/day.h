// A day as it comes: wishes arrive one by one, are promised a ride at once or refused for good, and
// vehicles drive meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dispatch/improve.h"
#include "dispatch/model.h"
#include "town.h"

namespace stadtmesh::dispatch::bench {

struct Rules {
  int seats = 6;
  Ticks boarding = 30 * kSecond, alighting = 30 * kSecond;
  Ticks longest_wait = 8 * kMinute;  // pick-up at most so long after Wish::earliest
  double ride_factor = 1.5;          // on board at most ride_factor x direct + ride_extra
  Ticks ride_extra = 4 * kMinute;
};

// How the day is planned. Without iterations and time: insertion alone.
struct Policy {
  int64_t iterations = 0;  // of Improve, after every wish
  absl::Duration time;     // instead of iterations
  int64_t attempts = 0;    // of Improve, to find room for a wish that cannot be inserted
  Weights weights;
  uint64_t seed = 1;
  bool improves() const { return iterations > 0 || time > absl::ZeroDuration(); }
};

struct Outcome {
  int wishes = 0, served = 0;
  int served_by_improvement = 0;  // could not be inserted
  Ticks driven = 0;
  std::vector<Ticks> waits;   // of each served, from Wish::earliest to the pick-up
  std::vector<double> rides;  // of each served, time on board against direct
  double seconds = 0;         // of processor time, for planning
  // of the realised day: broken promises and limits, by dispatch::Check and by the clock
  std::vector<std::string> faults;
};

// Drives the whole day. Deterministic unless policy.time is set.
Outcome Realise(const Town& town, const Rules& rules, int fleet, const Policy& policy);

}  // namespace stadtmesh::dispatch::bench

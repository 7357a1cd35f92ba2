// After a first cooling a search that has time left warms up again and again, each time from a plan
// that other routes suggest.
#include <algorithm>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

// of the search goes into the first cooling, where there is time for cycles
constexpr double kFirst = 0.3;
constexpr double kWarm = 0.45;            // how far cooled each cycle begins
constexpr int64_t kCyclePerRequest = 75;  // iterations
constexpr int64_t kShortestCycle = 2'000;
constexpr int64_t kFewestCycles = 3;     // below, one slow cooling is better
constexpr double kFromRelaxation = 0.7;  // of the cycles; the others start from the best plan

}  // namespace

int64_t Search::CycleLength() const {
  return std::max(kShortestCycle, kCyclePerRequest * problem_.requests());
}

// The temperature for the present iteration of a Run that began at iteration `first`, when the
// share `cooled` of the search is over.
double Search::Cool(const Span& span, int64_t first, double cooled) {
  if (VehiclesAreDear()) {
    const bool anew = cooled >= anew_from_ && cooled < anew_to_;
    return Temperature(anew ? (cooled - anew_from_) / (anew_to_ - anew_from_) : cooled);
  }
  // How many iterations the whole search has, as far as one can tell.
  double whole = 0;
  if (span.iterations >= 0) {
    whole = static_cast<double>(span.iterations) / std::max(1e-9, span.to - span.from);
  } else if (cooled > span.from) {
    whole = static_cast<double>(iterations_ - first) / (cooled - span.from);
  }
  const auto length = static_cast<double>(CycleLength());
  if ((1 - kFirst) * whole < kFewestCycles * length) return Temperature(cooled);
  if (cooled < kFirst) return Temperature(cooled / kFirst);
  if (iterations_ >= cycle_until_) StartCycle();
  return Temperature(kWarm + (1 - kWarm) * static_cast<double>(iterations_ - cycle_from_) / length);
}

void Search::StartCycle() {
  cycle_from_ = iterations_;
  cycle_until_ = iterations_ + CycleLength();
  if (random_.Unit() < kFromRelaxation && GoOnFromRelaxation()) return;
  Restart(best_);
}

// What a relaxation of set partitioning mixes from several plans is cheaper than each of them: its
// routes, as far as they go together, and everybody else put where it is cheapest then. False:
// there is no such plan, or no time.
bool Search::GoOnFromRelaxation() {
  Recombine();
  if (deadline_->Passed()) return false;
  const auto stops = pool_.Rounded(best_, VehiclesTogether(), random_);
  if (!stops) return false;
  Solution rounded(problem_, *stops, work_);
  for (int v = 0; v < rounded.vehicles(); ++v) {
    if (!rounded.usable(v) && best_.usable(v)) return false;
  }
  current_ = std::move(rounded);
  order_ = current_.unserved();
  RecreateGreedy();
  current_.Mark();
  KeepBest();
  return true;
}

}  // namespace stadtmesh::dispatch::internal

// What a search does with its pool of good routes.
#include <algorithm>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

// so that recombining takes a tenth of the time of the other steps at most
constexpr int64_t kWorkPerIteration = 5000;
// of the price of driving: routes of plans that much dearer than the best are pooled
constexpr double kWorthKeeping = 0.05;

}  // namespace

// Also routes of plans that are then not accepted.
void Search::PoolChanged() {
  const double driving = unit_ * problem_.requests();
  if (current_.cost() - current_.missing_refusal() > best_.cost() + kWorthKeeping * driving) return;
  for (int v : current_.touched()) pool_.Add(current_.route(v));
}

// All, or where they serve too many requests those around one of them.
std::vector<int> Search::VehiclesTogether() {
  std::vector<int> together;
  int requests = 0;
  std::vector<char> taken(current_.vehicles(), 0);
  const auto take = [&](int v) {
    if (v < 0 || taken[v] || !best_.usable(v)) return;
    const int more = best_.route(v).size() / 2;
    if (requests + more > RoutePool::kMostRequests) return;
    taken[v] = 1;
    together.push_back(v);
    requests += more;
  };
  const int served = problem_.requests() - static_cast<int>(best_.unserved().size());
  if (served <= RoutePool::kMostRequests) {
    for (int v = 0; v < best_.vehicles(); ++v) take(v);
    return together;
  }
  for (int tries = 0; tries < 5; ++tries) {
    const int seed = random_.Below(problem_.requests());
    take(best_.where(seed));
    for (int r : neighbours_.of(seed)) take(best_.where(r));
  }
  return together;
}

void Search::Recombine() {
  const int64_t before = pool_.work();
  const auto stops = pool_.Recombine(best_, VehiclesTogether(), VehiclesAreDear(),
                                     [this] { return deadline_->Passed(); });
  recombine_at_ = iterations_ + std::max(kRecombine, (pool_.work() - before) / kWorkPerIteration);
  if (!stops) return;
  const Solution better(problem_, *stops, work_);
  if (!better.worth().BetterThan(best_.worth())) return;
  current_ = better;
  current_.Mark();
  KeepBest();
}

}  // namespace stadtmesh::dispatch::internal

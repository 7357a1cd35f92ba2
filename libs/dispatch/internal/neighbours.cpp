#include "dispatch/internal/neighbours.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

// Detour and waiting of serving `b` right after `a`, or the other way round, whichever is less; windows that exclude each other add what
// is missing.
Ticks Apart(const Compiled& problem, const Node& a, const Node& b) {
  const auto after = [&](const Node& from, const Node& to) {
    const Ticks travel = problem.Travel(from.place, to.place);
    const Ticks least = from.earliest + from.service + travel;
    const Ticks most = std::min(kWidest, from.latest) + from.service + travel;
    const Ticks waiting = std::max<Ticks>(0, to.earliest - most);
    const Ticks late = std::max<Ticks>(0, least - std::min(kWidest, to.latest));
    return travel + waiting / 2 + late;
  };
  return std::min(after(a, b), after(b, a));
}

Ticks Apart(const Compiled& problem, const CompiledRequest& a, const CompiledRequest& b) {
  Ticks sum = 0;
  int terms = 0;
  if (a.facts.has_pickup && b.facts.has_pickup) sum += Apart(problem, a.pickup, b.pickup), ++terms;
  if (a.facts.has_dropoff && b.facts.has_dropoff) sum += Apart(problem, a.dropoff, b.dropoff), ++terms;
  Ticks cross = kWidest;
  if (a.facts.has_pickup && b.facts.has_dropoff) cross = std::min(cross, Apart(problem, a.pickup, b.dropoff));
  if (a.facts.has_dropoff && b.facts.has_pickup) cross = std::min(cross, Apart(problem, a.dropoff, b.pickup));
  return terms > 0 ? std::min(sum / terms, cross) : cross;
}

}  // namespace

Neighbours::Neighbours(const Compiled& problem, int most) : of_(problem.requests()) {
  const int n = problem.requests();
  std::vector<std::pair<Ticks, int>> near;
  // For very many requests only those whose times come close are compared: a window in the order of time.
  std::vector<int> order(n);
  for (int r = 0; r < n; ++r) order[r] = r;
  const auto when = [&](int r) {
    const CompiledRequest& request = problem.compiled(r);
    return request.facts.has_pickup ? request.pickup.earliest : request.dropoff.earliest;
  };
  std::sort(order.begin(), order.end(), [&](int a, int b) { return when(a) < when(b); });
  const int reach = n <= 3000 ? n : 300;
  for (int k = 0; k < n; ++k) {
    near.clear();
    for (int m = std::max(0, k - reach); m < std::min(n, k + reach + 1); ++m) {
      if (m == k) continue;
      near.emplace_back(Apart(problem, problem.compiled(order[k]), problem.compiled(order[m])), order[m]);
    }
    const size_t keep = std::min(near.size(), static_cast<size_t>(most));
    std::partial_sort(near.begin(), near.begin() + static_cast<int64_t>(keep), near.end());
    for (size_t i = 0; i < keep; ++i) of_[order[k]].push_back(near[i].second);
  }
}

}  // namespace stadtmesh::dispatch::internal

#include "dispatch/internal/neighbours.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

// Detour and waiting of serving `b` right after `a`, or the other way round, whichever is less;
// windows that exclude each other add what is missing.
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
  if (a.facts.has_dropoff && b.facts.has_dropoff)
    sum += Apart(problem, a.dropoff, b.dropoff), ++terms;
  Ticks cross = kWidest;
  if (a.facts.has_pickup && b.facts.has_dropoff)
    cross = std::min(cross, Apart(problem, a.pickup, b.dropoff));
  if (a.facts.has_dropoff && b.facts.has_pickup)
    cross = std::min(cross, Apart(problem, a.dropoff, b.pickup));
  return terms > 0 ? std::min(sum / terms, cross) : cross;
}

}  // namespace

Neighbours::Neighbours(const Compiled& problem, int most)
    : problem_(problem),
      most_(static_cast<size_t>(most)),
      order_(problem.requests()),
      rank_(problem.requests()),
      of_(problem.requests()) {
  for (size_t r = 0; r < order_.size(); ++r) order_[r] = static_cast<int>(r);
  const auto when = [&](int r) {
    const CompiledRequest& request = problem.compiled(r);
    return request.facts.has_pickup ? request.pickup.earliest : request.dropoff.earliest;
  };
  std::sort(order_.begin(), order_.end(),
            [&](int a, int b) { return when(a) < when(b) || (when(a) == when(b) && a < b); });
  for (size_t k = 0; k < order_.size(); ++k) rank_[order_[k]] = static_cast<int>(k);
}

const std::vector<int>& Neighbours::of(int r) {
  auto& of = of_[r];
  const int n = static_cast<int>(order_.size());
  if (!of.empty() || n < 2) return of;
  // Among very many only those whose times come close are compared.
  const int reach = n <= 3000 ? n : 300;
  near_.clear();
  for (int m = std::max(0, rank_[r] - reach); m < std::min(n, rank_[r] + reach + 1); ++m) {
    if (order_[m] == r) continue;
    near_.emplace_back(Apart(problem_, problem_.compiled(r), problem_.compiled(order_[m])),
                       order_[m]);
  }
  const size_t keep = std::min(near_.size(), most_);
  std::partial_sort(near_.begin(), near_.begin() + static_cast<int64_t>(keep), near_.end());
  for (size_t k = 0; k < keep; ++k) of.push_back(near_[k].second);
  return of;
}

}  // namespace stadtmesh::dispatch::internal

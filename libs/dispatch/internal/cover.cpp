#include "dispatch/internal/cover.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr size_t kMostUseful = 4'000;
// Elementary steps of one depth-first search, at least and at most (some ten milliseconds): the
// more it ends or finds something, the more.
constexpr int64_t kShortSearch = 500'000, kSearch = 8'000'000;
constexpr int64_t kLook = 500'000;

}  // namespace

std::vector<int> Cover::Solve(const CoverProblem& problem, double upper,
                              const std::vector<double>& hints, const std::function<bool()>& stop) {
  // What covering somebody twice costs: about what serving somebody costs.
  priced_ = lp_.Solve(problem, upper / std::max(1, problem.covered), hints, stop);
  if (!priced_ || !Choose(problem, upper)) return {};
  upper_ = upper;
  stop_ = &stop;
  free_ = problem.limits;
  best_.clear();
  chosen_.clear();
  most_work_ = work_ + patience_;
  Set open;
  for (int row = 0; row < problem.covered; ++row) open.Put(row);
  std::vector<int> all(useful_.size());
  for (size_t k = 0; k < all.size(); ++k) all[k] = static_cast<int>(k);
  Descend(problem, all, open, lp_.bound(), 0);
  const bool worthwhile = work_ < most_work_ || !best_.empty();
  patience_ = worthwhile ? std::min(kSearch, 2 * patience_) : std::max(kShortSearch, patience_ / 2);
  return best_;
}

// Those whose reduced cost fits between bound and best plan, cheapest first.
bool Cover::Choose(const CoverProblem& problem, double upper) {
  useful_.clear();
  const double gap = upper - lp_.bound();
  if (gap <= 0) return false;
  for (size_t k = 0; k < problem.columns.size(); ++k) {
    const auto& column = problem.columns[k];
    const double reduced = lp_.Reduced(problem, column);
    if (reduced >= gap) continue;
    Useful& useful = useful_.emplace_back();
    useful.reduced = reduced;
    useful.column = static_cast<int32_t>(k);
    for (uint32_t i = 0; i < column.count; ++i) {
      const int row = problem.rows[column.first + i];
      if (row < problem.covered)
        useful.set.Put(row);
      else if (useful.kind < 0)
        useful.kind = row - problem.covered;
    }
  }
  std::sort(useful_.begin(), useful_.end(), [](const Useful& a, const Useful& b) {
    return a.reduced < b.reduced || (a.reduced == b.reduced && a.column < b.column);
  });
  if (useful_.size() > kMostUseful) useful_.resize(kMostUseful);
  return true;
}

bool Cover::TooLong() {
  if (work_ > next_look_) {
    next_look_ = work_ + kLook;
    if ((*stop_)()) most_work_ = 0;
  }
  return work_ > most_work_;
}

// `candidates` all fit into `open`. The bound is that of the relaxation plus the reduced costs of
// what was chosen; what vehicles that stay at home are worth makes it less than the cost.
void Cover::Descend(const CoverProblem& problem, const std::vector<int>& candidates,
                    const Set& open, double bound, double cost) {
  if (open.Empty()) {
    if (cost >= upper_) return;
    upper_ = cost;
    best_ = chosen_;
    return;
  }
  // Who has the fewest routes to choose from decides.
  std::vector<int> counts(problem.covered, 0);
  for (int k : candidates) {
    const auto& column = problem.columns[useful_[k].column];
    for (uint32_t i = 0; i < column.count; ++i) {
      const int row = problem.rows[column.first + i];
      if (row < problem.covered) ++counts[row];
    }
    work_ += column.count;
  }
  int who = -1;
  for (int row = 0; row < problem.covered; ++row) {
    if (open.Has(row) && (who < 0 || counts[row] < counts[who])) who = row;
  }
  std::vector<int> rest;
  for (int k : candidates) {
    const Useful& taken = useful_[k];
    if (!taken.set.Has(who)) continue;
    const double next = bound + taken.reduced;
    if (next >= upper_ - 1e-7) return;  // and those behind it are no cheaper
    if (taken.kind >= 0 && free_[taken.kind] < 0.5) continue;
    Set left = open;
    left.Take(taken.set);
    rest.clear();
    for (int other : candidates) {
      if (next + useful_[other].reduced >= upper_ - 1e-7) break;
      if (useful_[other].set.Within(left)) rest.push_back(other);
      ++work_;
    }
    if (taken.kind >= 0) free_[taken.kind] -= 1;
    chosen_.push_back(taken.column);
    Descend(problem, rest, left, next, cost + problem.columns[taken.column].cost);
    chosen_.pop_back();
    if (taken.kind >= 0) free_[taken.kind] += 1;
    if (TooLong()) return;
  }
}

}  // namespace stadtmesh::dispatch::internal

#include "dispatch/internal/cover_lp.h"

#include <algorithm>
#include <cmath>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr size_t kActive = 2'000;    // columns looked at, of all
constexpr size_t kCandidates = 200;  // columns priced for every pivot, of those looked at
constexpr int kMostPivots = 20'000;
constexpr double kTiny = 1e-9;
// Rows ask for a little more than one, each a little different: without, most steps of the simplex
// would lead nowhere.
constexpr double kPerturbation = 1e-5;

double Asked(const CoverProblem& problem, int row) {
  uint64_t x = (static_cast<uint64_t>(row) + 1) * 0x9e3779b97f4a7c15u;
  x ^= x >> 31;
  const double more = kPerturbation * (0.5 + static_cast<double>(x % 1000) / 1000);
  return row < problem.covered ? 1 + more : problem.limits[row - problem.covered] + 100 * more;
}

}  // namespace

bool CoverLp::Solve(const CoverProblem& problem, double over_price,
                    const std::vector<double>& hints, const std::function<bool()>& stop) {
  Start(problem, over_price);
  active_.clear();
  is_active_.assign(problem.columns.size(), 0);
  if (!hints.empty()) Promise(hints);
  // The active columns to the end, then those of the others that would still help, until none does.
  do {
    for (;;) {
      if (stop()) return false;
      Collect(problem, over_price);
      if (candidates_.empty()) break;
      if (!UseUp(problem, over_price, stop)) return false;
    }
  } while (Activate(problem));
  bound_ = 0;
  for (int row = 0; row < m_; ++row) {
    if (row >= problem.covered) prices_[row] = std::min(0.0, prices_[row]);
    bound_ += prices_[row] * (row < problem.covered ? 1 : problem.limits[row - problem.covered]);
  }
  return true;
}

// Pivots until none of the candidates helps any more.
bool CoverLp::UseUp(const CoverProblem& problem, double over_price,
                    const std::function<bool()>& stop) {
  for (;; ++pivots_) {
    Entering best;
    for (Entering& candidate : candidates_) {
      if (candidate.column >= 0) {
        const auto& column = problem.columns[candidate.column];
        candidate.reduced = Reduced(problem, column);
        work_ += column.count;
      } else {
        const int row = -2 - candidate.column;
        candidate.reduced = row < problem.covered ? over_price + prices_[row] : -prices_[row];
      }
      if (candidate.reduced < best.reduced) best = candidate;
    }
    if (best.reduced > -kTiny * unit_) return true;
    if (pivots_ > kMostPivots || ((pivots_ & 31) == 0 && stop())) return false;
    if (!Pivot(problem, best)) return false;
  }
}

// The columns with the lowest hints become active.
void CoverLp::Promise(const std::vector<double>& hints) {
  std::vector<std::pair<double, int>> order;
  order.reserve(hints.size());
  for (size_t k = 0; k < hints.size(); ++k) order.emplace_back(hints[k], static_cast<int>(k));
  const size_t count = std::min(kActive, order.size());
  std::nth_element(order.begin(), order.begin() + static_cast<int64_t>(count), order.end());
  for (size_t k = 0; k < count; ++k) {
    active_.push_back(order[k].second);
    is_active_[order[k].second] = 1;
  }
}

bool CoverLp::Activate(const CoverProblem& problem) {
  std::vector<std::pair<double, int>> helpful;
  for (size_t k = 0; k < problem.columns.size(); ++k) {
    if (is_active_[k]) continue;
    const double reduced = Reduced(problem, problem.columns[k]);
    work_ += problem.columns[k].count;
    if (reduced < -kTiny * unit_) helpful.emplace_back(reduced, static_cast<int>(k));
  }
  std::sort(helpful.begin(), helpful.end());
  if (helpful.size() > kActive / 2) helpful.resize(kActive / 2);
  for (const auto& [reduced, k] : helpful) {
    active_.push_back(k);
    is_active_[k] = 1;
  }
  return !helpful.empty();
}

// Everybody alone, all vehicles free.
void CoverLp::Start(const CoverProblem& problem, double over_price) {
  m_ = problem.size();
  inverse_.assign(static_cast<size_t>(m_) * m_, 0);
  values_.resize(m_);
  prices_.assign(m_, 0);
  direction_.resize(m_);
  basis_.assign(m_, -1);
  unit_ = std::max(1e-6, over_price);
  pivots_ = 0;
  for (int row = 0; row < m_; ++row) {
    inverse_[static_cast<size_t>(row) * m_ + row] = 1;
    const bool covered = row < problem.covered;
    values_[row] = Asked(problem, row);
    prices_[row] = covered ? problem.alone[row] : 0;
  }
}

// The active columns that promise most.
void CoverLp::Collect(const CoverProblem& problem, double over_price) {
  candidates_.clear();
  const double least = -kTiny * unit_;
  for (int k : active_) {
    const double reduced = Reduced(problem, problem.columns[k]);
    work_ += problem.columns[k].count;
    if (reduced < least) candidates_.push_back({reduced, k});
  }
  for (int row = 0; row < m_; ++row) {
    const double reduced = row < problem.covered ? over_price + prices_[row] : -prices_[row];
    if (reduced < least) candidates_.push_back({reduced, -2 - row});
  }
  const auto less = [](const Entering& a, const Entering& b) {
    return a.reduced < b.reduced || (a.reduced == b.reduced && a.column < b.column);
  };
  if (candidates_.size() <= kCandidates) return;
  std::nth_element(candidates_.begin(), candidates_.begin() + kCandidates, candidates_.end(), less);
  candidates_.resize(kCandidates);
}

// By how much the basic values fall for one of the entering column.
void CoverLp::Direction(const CoverProblem& problem, const Entering& entering) {
  std::fill(direction_.begin(), direction_.end(), 0);
  const auto add = [&](int row, double sign) {
    const double* column = &inverse_[static_cast<size_t>(row) * m_];
    for (int i = 0; i < m_; ++i) direction_[i] += sign * column[i];
    work_ += m_ / 4;
  };
  if (entering.column < 0) {
    const int row = -2 - entering.column;
    return add(row, row < problem.covered ? -1 : 1);
  }
  const auto& column = problem.columns[entering.column];
  for (uint32_t k = 0; k < column.count; ++k) add(problem.rows[column.first + k], 1);
}

bool CoverLp::Pivot(const CoverProblem& problem, const Entering& entering) {
  Direction(problem, entering);
  int leaving = -1;
  double step = 0;
  for (int i = 0; i < m_; ++i) {
    if (direction_[i] < 1e-7) continue;
    const double ratio = std::max(0.0, values_[i]) / direction_[i];
    if (leaving >= 0 && (ratio > step || (ratio == step && direction_[i] <= direction_[leaving])))
      continue;
    leaving = i;
    step = ratio;
  }
  if (leaving < 0) return false;  // cannot be: prices are bounded
  for (int i = 0; i < m_; ++i) values_[i] -= step * direction_[i];
  values_[leaving] = step;
  basis_[leaving] = entering.column;
  const double pivot = direction_[leaving];
  direction_[leaving] = 0;
  for (int c = 0; c < m_; ++c) {
    double* column = &inverse_[static_cast<size_t>(c) * m_];
    if (column[leaving] == 0) continue;
    const double entry = column[leaving] / pivot;
    for (int i = 0; i < m_; ++i) column[i] -= entry * direction_[i];
    column[leaving] = entry;
    prices_[c] += entering.reduced * entry;
    work_ += m_ / 2;
  }
  return true;
}

}  // namespace stadtmesh::dispatch::internal

// A relaxation that has been solved is a good beginning for the next one: since then routes were added, or became cheaper.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "dispatch/internal/cover_lp.h"

namespace stadtmesh::dispatch::internal {
namespace {

// How far rounding may have carried the plan away from covering everybody once.
constexpr double kDrift = 1e-3 * CoverLp::kPerturbation;

}  // namespace

void CoverLp::Remember(const CoverProblem& problem) {
  rows_key_ = problem.rows_key;
  limits_ = problem.limits;
  basis_keys_.assign(m_, 0);
  for (int row = 0; row < m_; ++row) {
    if (basis_[row] < 0) continue;
    basis_keys_[row] = problem.columns[basis_[row]].key;
    if (basis_keys_[row] == 0) rows_key_ = 0;
  }
}

// False: there is nothing to go on from.
bool CoverLp::GoOn(const CoverProblem& problem, double over_price) {
  if (problem.rows_key == 0 || problem.rows_key != rows_key_ || problem.size() != m_ || problem.limits != limits_) return false;
  if (!TakeBasis(problem) || !Holds(problem)) return false;
  unit_ = std::max(1e-6, over_price);
  pivots_ = 0;
  Price(problem, over_price);
  return true;
}

// Finds the columns of the basis again; false when one is gone.
bool CoverLp::TakeBasis(const CoverProblem& problem) {
  std::unordered_map<uint64_t, int> row_of;
  for (int row = 0; row < m_; ++row) {
    if (basis_[row] >= 0) row_of.emplace(basis_keys_[row], row);
  }
  size_t left = row_of.size();
  for (size_t k = 0; k < problem.columns.size() && left > 0; ++k) {
    const auto at = row_of.find(problem.columns[k].key);
    if (at == row_of.end()) continue;
    basis_[at->second] = static_cast<int>(k);
    --left;
  }
  work_ += static_cast<int64_t>(problem.columns.size());
  return left == 0;
}

// Prices that make the basic columns cost what they cost now.
void CoverLp::Price(const CoverProblem& problem, double over_price) {
  std::vector<double> costs(m_);
  for (int row = 0; row < m_; ++row) {
    if (basis_[row] >= 0) {
      costs[row] = problem.columns[basis_[row]].cost;
    } else {
      const int of = basis_[row] == -1 ? row : -2 - basis_[row];
      const double alone = basis_[row] == -1 ? problem.alone[std::min(of, problem.covered - 1)] : over_price;
      costs[row] = of < problem.covered ? alone : 0;
    }
  }
  for (int c = 0; c < m_; ++c) {
    const double* column = &inverse_[static_cast<size_t>(c) * m_];
    prices_[c] = 0;
    for (int i = 0; i < m_; ++i) prices_[c] += costs[i] * column[i];
  }
  work_ += static_cast<int64_t>(m_) * m_ / 2;
}

bool CoverLp::Holds(const CoverProblem& problem) const {
  std::vector<double> left(m_);
  for (int row = 0; row < m_; ++row) left[row] = Asked(problem, row);
  for (int row = 0; row < m_; ++row) {
    if (basis_[row] >= 0) {
      const auto& column = problem.columns[basis_[row]];
      for (uint32_t k = 0; k < column.count; ++k) left[problem.rows[column.first + k]] -= values_[row];
    } else {
      const int of = basis_[row] == -1 ? row : -2 - basis_[row];
      left[of] -= basis_[row] == -1 || of >= problem.covered ? values_[row] : -values_[row];
    }
  }
  return std::all_of(left.begin(), left.end(), [](double x) { return std::abs(x) < kDrift; });
}

}  // namespace stadtmesh::dispatch::internal

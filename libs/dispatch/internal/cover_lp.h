// The linear relaxation of set partitioning over a pool of routes: prices of requests and vehicles
// that prove how cheap any plan made of these routes can be at best. A primal simplex with an
// explicit inverse and partial pricing; enough for a few hundred rows.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace stadtmesh::dispatch::internal {

// minimise the sum of costs of chosen columns, so that each row below `covered` is in exactly one
// of them, and each further row (a kind of vehicle) in at most so many as it has.
struct CoverProblem {
  struct Column {
    double cost = 0;
    uint32_t first = 0, count = 0;  // its rows, in `rows`
    int32_t id = -1;                // the caller's
  };
  int covered = 0;
  // by covered row: the price of leaving it out; dear where that is not allowed
  std::vector<double> alone;
  std::vector<double> limits;  // by further row
  std::vector<Column> columns;
  std::vector<uint16_t> rows;
  int size() const { return covered + static_cast<int>(limits.size()); }
};

class CoverLp {
 public:
  // `over_price`: for every time too many that a row is covered. `stop` is asked now and then; true
  // gives up. Columns with a low `hint` (by column, or empty) are looked at first.
  bool Solve(const CoverProblem& problem, double over_price, const std::vector<double>& hints,
             const std::function<bool()>& stop);

  // After Solve returned true: no column's cost is below the sum of the prices of its rows (but for
  // rounding), prices of further rows are 0 or less. So bound() is a lower bound of any plan's
  // price.
  const std::vector<double>& prices() const { return prices_; }
  double bound() const { return bound_; }
  double Reduced(const CoverProblem& problem, const CoverProblem::Column& column) const {
    double reduced = column.cost;
    for (uint32_t k = 0; k < column.count; ++k) reduced -= prices_[problem.rows[column.first + k]];
    return reduced;
  }
  // Calls `use(column, value)` for each column that the relaxation's plan uses.
  template <typename Use>
  void ForUsed(const Use& use) const {
    for (int row = 0; row < m_; ++row) {
      if (basis_[row] >= 0 && values_[row] > 1e-4) use(basis_[row], values_[row]);
    }
  }
  // Elementary steps taken by all calls so far.
  int64_t work() const { return work_; }

 private:
  struct Entering {
    double reduced = 0;
    int column = -1;  // of the problem; or -2 - row: over-covering, or leaving a vehicle free
  };
  void Start(const CoverProblem& problem, double over_price);
  void Promise(const std::vector<double>& hints);
  bool Activate(const CoverProblem& problem);
  void Collect(const CoverProblem& problem, double over_price);
  bool UseUp(const CoverProblem& problem, double over_price, const std::function<bool()>& stop);
  bool Pivot(const CoverProblem& problem, const Entering& entering);
  void Direction(const CoverProblem& problem, const Entering& entering);

  int m_ = 0;
  std::vector<double> inverse_;  // column by column
  std::vector<double> values_, prices_, direction_;
  // by row: the column whose value it holds; below 0: none of the problem's
  std::vector<int> basis_;
  std::vector<int> active_;  // columns that are looked at; the others now and then
  std::vector<char> is_active_;
  std::vector<Entering> candidates_;
  int pivots_ = 0;
  double bound_ = 0, unit_ = 1;
  int64_t work_ = 0;
};

}  // namespace stadtmesh::dispatch::internal

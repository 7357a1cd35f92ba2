// Set partitioning against trying everything.
#include "dispatch/internal/cover.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace stadtmesh::dispatch::internal {
namespace {

struct Pool {
  CoverProblem problem;
  std::vector<uint32_t> sets;  // by column, of covered rows
  std::vector<int> kinds;
};

Pool RandomPool(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto number = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  Pool pool;
  CoverProblem& problem = pool.problem;
  problem.covered = number(3, 9);
  const int kinds = number(1, 2);
  for (int k = 0; k < kinds; ++k) problem.limits.push_back(number(1, 3));
  problem.alone.assign(problem.covered, 10'000);
  for (int k = number(5, 60); k > 0; --k) {
    const auto set = static_cast<uint32_t>(number(1, (1 << problem.covered) - 1));
    const int kind = number(0, kinds - 1);
    const auto first = static_cast<uint32_t>(problem.rows.size());
    for (int row = 0; row < problem.covered; ++row) {
      if ((set >> row & 1) != 0) problem.rows.push_back(static_cast<uint16_t>(row));
    }
    problem.rows.push_back(static_cast<uint16_t>(problem.covered + kind));
    const double cost = 10 * __builtin_popcount(set) + number(0, 30);
    problem.columns.push_back({cost, first, static_cast<uint32_t>(problem.rows.size()) - first, 0});
    pool.sets.push_back(set);
    pool.kinds.push_back(kind);
  }
  return pool;
}

double Cheapest(const Pool& pool, std::vector<double>& limits, uint32_t open) {
  if (open == 0) return 0;
  double best = 1e9;
  for (size_t k = 0; k < pool.sets.size(); ++k) {
    const bool takes_first = (pool.sets[k] & open & -open) != 0;
    if (!takes_first || (pool.sets[k] & ~open) != 0 || limits[pool.kinds[k]] < 1) continue;
    limits[pool.kinds[k]] -= 1;
    best =
        std::min(best, pool.problem.columns[k].cost + Cheapest(pool, limits, open ^ pool.sets[k]));
    limits[pool.kinds[k]] += 1;
  }
  return best;
}

RC_GTEST_PROP(Cover, FindsTheCheapestPartition, ()) {
  const Pool pool = RandomPool(*rc::gen::arbitrary<uint64_t>());
  std::vector<double> limits = pool.problem.limits;
  const double expected = Cheapest(pool, limits, (1u << pool.problem.covered) - 1);
  Cover cover;
  const std::vector<int> chosen = cover.Solve(pool.problem, 5000, {}, [] { return false; });
  RC_ASSERT(cover.priced());
  RC_CLASSIFY(expected < 5000, "there is one");
  RC_ASSERT(cover.lp().bound() <= expected + 1e-3);
  RC_ASSERT(chosen.empty() == (expected > 5000));
  double cost = 0;
  uint32_t covered = 0;
  for (int k : chosen) {
    cost += pool.problem.columns[k].cost;
    RC_ASSERT((covered & pool.sets[k]) == 0u);
    covered |= pool.sets[k];
  }
  if (!chosen.empty()) RC_ASSERT(cost == expected);
}

TEST(Cover, StopsWhenTold) {
  const Pool pool = RandomPool(1);
  EXPECT_TRUE(Cover().Solve(pool.problem, 5000, {}, [] { return true; }).empty());
}

}  // namespace
}  // namespace stadtmesh::dispatch::internal

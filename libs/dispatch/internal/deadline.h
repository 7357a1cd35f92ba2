// When to stop: a search asks often, so this is cheap.
#pragma once

#include <chrono>
#include <limits>

#include "dispatch/improve.h"

namespace stadtmesh::dispatch::internal {

class Deadline {
 public:
  explicit Deadline(const Budget& budget) : budget_(&budget), began_(Now()) {
    limit_ = budget.time == absl::InfiniteDuration() ? std::numeric_limits<double>::infinity()
                                                     : absl::ToDoubleSeconds(budget.time);
  }
  // Seconds since the construction.
  double Elapsed() const { return Now() - began_; }
  // Keeps `seconds` for what comes after the search.
  void Reserve(double seconds) { limit_ -= seconds; }
  double limit() const { return limit_; }
  bool Passed() const {
    return Elapsed() >= limit_ || (budget_->cancelled && budget_->cancelled());
  }

 private:
  double Now() const {
    if (budget_->elapsed) return absl::ToDoubleSeconds(budget_->elapsed());
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  }
  const Budget* budget_;
  double began_ = 0;
  double limit_ = 0;
};

}  // namespace stadtmesh::dispatch::internal

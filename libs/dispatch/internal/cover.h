// Set partitioning over a pool of routes: the cheapest plan that can be put together from them.
// Prices from the linear relaxation leave only the few routes that a better plan can hold; a
// depth-first search does the rest.
#pragma once

#include <functional>
#include <vector>

#include "dispatch/internal/cover_lp.h"

namespace stadtmesh::dispatch::internal {

class Cover {
 public:
  // Indices of columns of `problem` that make a plan cheaper than `upper`, the cheapest unless it
  // takes too long to find; empty where there is none, or none was found.
  std::vector<int> Solve(const CoverProblem& problem, double upper,
                         const std::vector<double>& hints, const std::function<bool()>& stop);

  const CoverLp& lp() const { return lp_; }
  bool priced() const { return priced_; }  // the last Solve found prices
  int64_t work() const { return lp_.work() + work_; }

 private:
  static constexpr int kWords = 8;
  struct Set {
    uint64_t words[kWords] = {};
    bool Within(const Set& other) const {
      uint64_t outside = 0;
      for (int k = 0; k < kWords; ++k) outside |= words[k] & ~other.words[k];
      return outside == 0;
    }
    bool Has(int row) const { return (words[row >> 6] >> (row & 63) & 1) != 0; }
    void Put(int row) { words[row >> 6] |= uint64_t{1} << (row & 63); }
    void Take(const Set& other) {
      for (int k = 0; k < kWords; ++k) words[k] &= ~other.words[k];
    }
    bool Empty() const {
      uint64_t any = 0;
      for (uint64_t word : words) any |= word;
      return any == 0;
    }
  };
  // A column that may be part of a better plan.
  struct Useful {
    double reduced = 0;
    Set set;                         // of covered rows
    int32_t column = -1, kind = -1;  // kind: further row, -1: none
  };

  bool Choose(const CoverProblem& problem, double upper);
  bool TooLong();
  void Descend(const CoverProblem& problem, const std::vector<int>& candidates, const Set& open,
               double bound, double cost);

  CoverLp lp_;
  bool priced_ = false;
  std::vector<Useful> useful_;
  std::vector<int> chosen_, best_;
  std::vector<double> free_;  // by further row
  double upper_ = 0;
  const std::function<bool()>* stop_ = nullptr;
  int64_t work_ = 0, most_work_ = 0, next_look_ = 0;  // at the clock
  int64_t patience_ = 8'000'000;  // elementary steps that the next depth-first search may take

 public:
  static constexpr int kMostRows = 64 * kWords;
};

}  // namespace stadtmesh::dispatch::internal

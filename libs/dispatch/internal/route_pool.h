// Good routes met during a search, and better plans put together from them: set partitioning over a few vehicles at a time. Gschwind and
// Drexl (Transportation Science 53, 2019) do so for all vehicles with an integer program; here a small depth-first search on the routes that
// fit together, for some vehicles of the best plan.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dispatch/internal/random.h"
#include "dispatch/internal/solution.h"

namespace stadtmesh::dispatch::internal {

class RoutePool {
 public:
  explicit RoutePool(const Compiled& problem);

  // Of routes with the same requests on the same kind of vehicle the cheapest is kept.
  void Add(const RouteState& route);

  // A plan like `solution`, but cheaper on some vehicles; nothing when none was found.
  std::optional<std::vector<std::vector<NodeId>>> Recombine(const Solution& solution, Random& random);

 private:
  static constexpr size_t kWords = 8;  // requests up to 512
  static constexpr size_t kMost = 8'000;
  struct Set {
    uint64_t words[kWords] = {};
    bool Within(const Set& other) const {
      uint64_t outside = 0;
      for (size_t k = 0; k < kWords; ++k) outside |= words[k] & ~other.words[k];
      return outside == 0;
    }
    bool Meets(const Set& other) const {
      uint64_t common = 0;
      for (size_t k = 0; k < kWords; ++k) common |= words[k] & other.words[k];
      return common != 0;
    }
    void Toggle(const Set& other) {
      for (size_t k = 0; k < kWords; ++k) words[k] ^= other.words[k];
    }
    bool Has(int r) const { return (words[r >> 6] >> (r & 63) & 1) != 0; }
    void Put(int r) { words[r >> 6] |= uint64_t{1} << (r & 63); }
  };
  struct Entry {
    Set set;
    int kind = 0;  // vehicle class
    double cost = 0;
    std::vector<NodeId> stops;
  };
  struct Cover;  // one search

  Set SetOf(const RouteState& route) const;
  double Gather(Cover& cover, const Set& open) const;  // returns the lower bound of a cover's price
  static uint64_t KeyOf(const Set& set, int kind);
  void Descend(Cover& cover, const Set& open, double cost, double least) const;

  const Compiled& problem_;
  bool enabled_;
  std::vector<Entry> entries_;
  std::unordered_map<uint64_t, size_t> known_;
};

}  // namespace stadtmesh::dispatch::internal

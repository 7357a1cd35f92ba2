// Good routes met during a search, and better plans put together from them by set partitioning
// (cover.h), as Gschwind and Drexl (Transportation Science 53, 2019) do with an integer program.
// Where there are too many requests it is done for some vehicles at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dispatch/internal/cover.h"
#include "dispatch/internal/random.h"
#include "dispatch/internal/solution.h"

namespace stadtmesh::dispatch::internal {

class RoutePool {
 public:
  explicit RoutePool(const Compiled& problem) : problem_(problem), prices_(problem.requests(), 0) {}

  // Of routes with the same requests on the same kind of vehicle the cheapest is kept.
  void Add(const RouteState& route);
  // Takes over what another search has found.
  void Merge(const RoutePool& other);

  // The stops of a plan like `solution`, but cheaper on these vehicles; nothing when none was
  // found. `dear`: it may not use more of them.
  using Plan = std::vector<std::vector<NodeId>>;
  std::optional<Plan> Recombine(const Solution& solution, const std::vector<int>& vehicles,
                                bool dear, const std::function<bool()>& stop);

  // A plan to go on from: of the routes that the last Recombine's relaxation used, those it used
  // most go together as far as they do, in random order where it was undecided. Who is on none of
  // them is left out. Nothing when the last Recombine got no prices.
  std::optional<Plan> Rounded(const Solution& solution, const std::vector<int>& vehicles,
                              Random& random) const;

  // The most requests that one recombination can take.
  static constexpr int kMostRequests = 250;
  bool full() const { return entries_.size() >= kMost; }
  int64_t work() const { return cover_.work() + work_; }

 private:
  static constexpr size_t kMost = 60'000;
  struct Entry {
    double cost = 0;
    uint64_t key = 0;
    int32_t kind = 0;  // vehicle class
    // first in the lists below; they end where the next entry's begin
    uint32_t requests = 0, stops = 0;
  };
  void Put(double cost, int32_t kind, const std::vector<NodeId>& stops);
  void Forget();
  double Reduced(size_t entry) const;
  uint32_t RequestsEnd(size_t entry) const {
    return entry + 1 < entries_.size() ? entries_[entry + 1].requests
                                       : static_cast<uint32_t>(requests_.size());
  }
  uint32_t StopsEnd(size_t entry) const {
    return entry + 1 < entries_.size() ? entries_[entry + 1].stops
                                       : static_cast<uint32_t>(stops_.size());
  }
  double AddRequests(const Solution& solution, const std::vector<int>& vehicles,
                     double vehicle_price);
  void AddKinds(const Solution& solution, const std::vector<int>& vehicles, bool dear);
  void AddColumns(double vehicle_price);
  double MakeProblem(const Solution& solution, const std::vector<int>& vehicles, bool dear);
  std::vector<NodeId> StopsOf(size_t entry) const {
    return {stops_.begin() + entries_[entry].stops, stops_.begin() + StopsEnd(entry)};
  }

  const Compiled& problem_;
  std::vector<Entry> entries_;
  std::vector<int32_t> requests_;  // of all entries, each once and in order
  std::vector<NodeId> stops_;
  std::unordered_map<uint64_t, size_t> known_;
  std::vector<double> prices_;  // by request, of the last relaxation it was in
  std::vector<int32_t> sorted_;

  Cover cover_;
  CoverProblem cover_problem_;
  std::vector<double> hints_;  // by column: reduced cost by the last prices
  int64_t work_ = 0;
  std::vector<int> row_of_, kinds_;
  struct Used {
    double share = 0;  // 0 .. 1
    size_t entry = 0;
  };
  std::vector<Used> used_;  // by the last relaxation
};

}  // namespace stadtmesh::dispatch::internal

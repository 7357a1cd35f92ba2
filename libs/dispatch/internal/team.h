// One or several searches on the same problem. They work alone for a while, then those that are
// behind go on from the best plan.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {

class Team {
 public:
  // `start` as many times as budget.threads says, with seeds that follow from budget.seed.
  Team(const Compiled& problem, const Solution& start, const Budget& budget);

  // The whole search; it starts to anneal at the share `from` of the cooling, 0 for a plan from
  // nothing. With a limit on iterations alone its course depends on the seed and the number of
  // threads only.
  void Run(const Deadline& deadline, double from);

  const Solution& best() const;
  int64_t iterations() const;
  // Called in the calling thread when a better plan is known: at once with one thread, else when
  // the searches meet.
  void OnBetter(std::function<void(const Solution&)> call);

 private:
  void Prepare(const Deadline& deadline);
  void BeginAnew(const Deadline& deadline, double cooled_from, double cooled_to);
  const Search& Leader() const;  // has the best plan
  void SharePools();
  void Anneal(const Deadline& deadline, double from);
  void Together(const std::function<void(Search&, size_t)>& work);
  void Tell();

  const Budget& budget_;
  std::vector<std::unique_ptr<Search>> searches_;
  std::function<void(const Solution&)> on_better_;
  Worth told_;
};

}  // namespace stadtmesh::dispatch::internal

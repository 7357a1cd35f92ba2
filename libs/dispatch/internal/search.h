// Adaptive large neighbourhood search with simulated annealing: take some requests out, put them
// back better, now and then accept a worse plan. Removal follows Christiaens and Vanden Berghe's
// string removals (Transportation Science 54, 2020) beside Shaw's related and Ropke and Pisinger's
// (Transportation Science 40, 2006) random, worst and whole-route removal; insertion is greedy in a
// random order with blinks. Weights of the operators adapt to what they achieved.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dispatch/internal/deadline.h"
#include "dispatch/internal/ejection.h"
#include "dispatch/internal/neighbours.h"
#include "dispatch/internal/random.h"
#include "dispatch/internal/route_pool.h"
#include "dispatch/internal/solution.h"

namespace stadtmesh::dispatch::internal {

class Search {
 public:
  Search(const Compiled& problem, Solution start, uint64_t seed);

  // Inserts what is unserved where it is cheapest; ends early at the deadline.
  void Construct(const Deadline& deadline);

  // Anneals from `from` to `to` (shares of the whole cooling, 0 .. 1): until `iterations` are done
  // (negative: no limit) or the deadline passes. With a limit on iterations the share follows their
  // number, else the time between `begin` and `end` seconds.
  struct Span {
    double from = 0, to = 1;
    int64_t iterations = -1;
    double begin = 0, end = 0;
  };
  void Run(const Span& span, const Deadline& deadline);

  bool VehiclesAreDear() const;

  // Serves mandatory requests that found no place, and where vehicles are dear does without as many
  // as it can; until `end` seconds of the deadline's clock or so many `steps` (negative: no limit).
  void ReduceFleet(const Deadline& deadline, double end, int64_t steps);

  // Where vehicles are dear: a plan from nothing with another beginning and no more vehicles than
  // the best one, to be cooled between the shares `cooled_from` and `cooled_to` of the whole
  // search. Goes on from the best plan where none is found until `end` seconds of the deadline's
  // clock or in so many `steps` (negative: no limit).
  void BeginAnew(const Deadline& deadline, double end, int64_t steps, double cooled_from,
                 double cooled_to);

  // Goes on from another plan.
  void Restart(const Solution& solution);

  const Solution& best() const { return best_; }
  Solution& current() { return current_; }
  int64_t iterations() const { return iterations_; }
  int requests() const { return problem_.requests(); }
  Workspace& work() { return work_; }
  InsertCache& cache() { return cache_; }
  Random& random() { return random_; }
  RoutePool& pool() { return pool_; }
  // Called when a better plan is found.
  void OnBetter(std::function<void(const Solution&)> call) { on_better_ = std::move(call); }

 private:
  // iterations between recombinations of good routes, at least
  static constexpr int64_t kRecombine = 3000;
  enum Ruin { kStrings, kRelated, kRandom, kWorst, kRoute, kRuins };

  void Iterate(double temperature);
  void Choose();
  void PickVictims();
  void RuinStrings();
  void RuinRelated(int count);
  void RuinRandom(int count);
  void RuinWorst(int count);
  void RuinRoute();
  void Take(int r);
  void FindAboard();
  void MoveAboard();
  void RecreateGreedy();
  void SortUnserved();
  void InsertWhateverItCosts(size_t refused);
  bool InsertBest(int r, double limit);
  double Limit(int r) const;
  bool Accept(double temperature);
  void PoolChanged();
  void Recombine();
  void StartCycle();
  bool GoOnFromRelaxation();
  double Cool(const Span& span, int64_t first, double cooled);
  int64_t CycleLength() const;
  std::vector<int> VehiclesTogether();
  void KeepBest();        // when all of the plan may have changed
  void KeepBestChange();  // when a step changed it
  void Differ();          // the step's vehicles differ from the best plan's now
  double Temperature(double share) const;
  double Price() const;  // of the present plan, as the search sees it
  double PricePerRequest() const;

  const Compiled& problem_;
  Neighbours neighbours_;
  const Deadline* deadline_ = nullptr;  // of the present Run
  Workspace work_;
  InsertCache cache_;
  Random random_;
  Solution current_, best_;
  RoutePool pool_;
  bool differs_anywhere_ = true;  // current_ from best_; else in these vehicles at most:
  std::vector<int> differing_;
  std::vector<char> is_differing_;
  double marked_cost_ = 0, marked_price_ = 0;
  int64_t iterations_ = 0, recombine_at_ = 0;
  int64_t cycle_from_ = 0, cycle_until_ = 0;  // iterations
  // shares of the search in which a second beginning is cooled
  double anew_from_ = 1, anew_to_ = 1;
  bool finished_ = false;  // recombined at the end of the cooling
  double unit_ = 1;        // price per request: the scale of temperatures
  // drop-offs that cannot leave their vehicle, only move within it
  std::vector<std::pair<int, NodeId>> aboard_;
  std::vector<int> victims_, order_;
  std::vector<char> is_victim_;
  std::vector<double> absences_;
  std::vector<int> seen_class_;
  int ruin_ = 0;
  double ruin_weight_[kRuins];
  double ruin_score_[kRuins] = {};
  int ruin_count_[kRuins] = {};
  std::function<void(const Solution&)> on_better_;
};

}  // namespace stadtmesh::dispatch::internal

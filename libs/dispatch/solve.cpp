#include "dispatch/improve.h"

#include <algorithm>

#include "dispatch/internal/convert.h"
#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch {
namespace {

using internal::Compiled;
using internal::Deadline;
using internal::Neighbours;
using internal::Search;
using internal::Solution;
using internal::Workspace;

// One call of Solve or Improve.
class Planner {
 public:
  Planner(const Problem& problem, const Plan& plan, const Budget& budget)
      : problem_(problem), plan_(plan), budget_(budget), deadline_(budget), compiled_(problem, &plan) {}

  SolveResult Run() {
    const double before = deadline_.Elapsed();
    const CheckReport given = Check(problem_, plan_);
    // What the answer takes after the search: a check like this one and the translation.
    deadline_.Reserve(2 * (deadline_.Elapsed() - before) + 0.001);
    const Neighbours neighbours(compiled_, 100);
    Workspace work(compiled_);
    std::vector<std::vector<internal::NodeId>> stops;
    for (int v = 0; v < compiled_.vehicles(); ++v) {
      stops.push_back(internal::NodesOf(compiled_, v, plan_.routes[v]));
    }
    Search search(compiled_, neighbours, Solution(compiled_, stops, work), budget_.seed);
    if (budget_.on_better) search.OnBetter([this](const Solution& better) { Tell(better); });
    search.Construct(deadline_);
    // A fifth of the search at most goes into the size of the fleet.
    const double now = deadline_.Elapsed();
    const bool counted = budget_.iterations >= 0;
    search.ReduceFleet(deadline_, counted ? deadline_.limit() : now + 0.2 * (deadline_.limit() - now),
                       counted ? budget_.iterations / 20 : -1);
    search.Run({0, 1, budget_.iterations, deadline_.Elapsed(), deadline_.limit()}, deadline_);
    return Result(search, given);
  }

 private:
  Plan ToPlan(const Solution& solution) const {
    Plan plan;
    const auto stops = solution.Stops();
    for (int v = 0; v < compiled_.vehicles(); ++v) {
      const auto& old = plan_.routes[v].stops;
      plan.routes.emplace_back();
      if (!solution.usable(v)) {
        plan.routes.back().stops = old;
        continue;
      }
      auto& route = plan.routes.back().stops;
      route.assign(old.begin(), old.begin() + compiled_.vehicle(v).driven);
      for (internal::NodeId id : stops[v]) route.push_back(internal::StopOf(compiled_, id));
    }
    return plan;
  }

  void Tell(const Solution& better) const { budget_.on_better(Check(problem_, ToPlan(better)).cost); }

  SolveResult Result(const Search& search, const CheckReport& given) const {
    SolveResult result;
    result.plan = ToPlan(search.best());
    const CheckReport report = Check(problem_, result.plan);
    result.cost = report.cost;
    result.feasible = report.feasible;
    const bool worse = given.feasible ? !report.feasible || given.cost.total < report.cost.total
                                      : !report.feasible && given.violations.size() <= report.violations.size();
    if (worse) {
      result.plan = plan_;
      result.cost = given.cost;
      result.feasible = given.feasible;
    }
    result.iterations = search.iterations();
    result.time = absl::Seconds(deadline_.Elapsed());
    return result;
  }

  const Problem& problem_;
  const Plan& plan_;
  const Budget& budget_;
  Deadline deadline_;
  Compiled compiled_;
};

}  // namespace

SolveResult Solve(const Problem& problem, const Budget& budget) {
  Plan empty;
  empty.routes.resize(problem.vehicles.size());
  return Planner(problem, empty, budget).Run();
}

SolveResult Improve(const Problem& problem, const Plan& plan, const Budget& budget) {
  return Planner(problem, plan, budget).Run();
}

}  // namespace stadtmesh::dispatch

#include <algorithm>

#include "dispatch/improve.h"
#include "dispatch/internal/convert.h"
#include "dispatch/internal/team.h"

namespace stadtmesh::dispatch {
namespace {

using internal::Compiled;
using internal::Deadline;
using internal::Solution;
using internal::Workspace;

// Seconds to translate and check a request's two stops (measured: 0.3 µs to 0.5 µs).
constexpr double kAnswer = 1e-6;
// A plan that is there is not heated up to where nothing of it would stay.
constexpr double kWarm = 0.5;

// One call of Solve or Improve.
class Planner {
 public:
  Planner(const Problem& problem, const Plan& plan, const Budget& budget)
      : problem_(problem),
        plan_(plan),
        budget_(budget),
        deadline_(budget),
        compiled_(problem, &plan, true) {}

  // `from`: the share of the cooling to start at.
  SolveResult Run(double from) {
    const double before = deadline_.Elapsed();
    const CheckReport given = Check(problem_, plan_);
    // What the answer takes after the search: a check like this one and the translation, of a plan
    // that may have everybody in it.
    deadline_.Reserve(2 * (deadline_.Elapsed() - before) + 0.001 +
                      kAnswer * problem_.requests.size());
    Workspace work(compiled_);
    std::vector<std::vector<internal::NodeId>> stops;
    for (int v = 0; v < compiled_.vehicles(); ++v) {
      stops.push_back(internal::NodesOf(compiled_, v, plan_.routes[v]));
    }
    const Solution start(compiled_, stops, work);
    internal::Team team(compiled_, start, budget_);
    if (budget_.on_better) team.OnBetter([this](const Solution& better) { Tell(better); });
    team.Run(deadline_, from);
    return Result(team, given);
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

  // Nothing broken comes first; what cannot be mended in any plan must not keep the search from
  // mending the rest.
  static bool Better(const CheckReport& a, const CheckReport& b) {
    if (a.violations.size() != b.violations.size())
      return a.violations.size() < b.violations.size();
    return a.cost.total < b.cost.total;
  }

  void Tell(const Solution& better) const {
    budget_.on_better(Check(problem_, ToPlan(better)).cost);
  }

  SolveResult Result(const internal::Team& team, const CheckReport& given) const {
    SolveResult result;
    result.plan = ToPlan(team.best());
    const CheckReport report = Check(problem_, result.plan);
    result.cost = report.cost;
    result.feasible = report.feasible;
    if (Better(given, report)) {
      result.plan = plan_;
      result.cost = given.cost;
      result.feasible = given.feasible;
    }
    result.iterations = team.iterations();
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
  return Planner(problem, empty, budget).Run(0);
}

SolveResult Improve(const Problem& problem, const Plan& plan, const Budget& budget) {
  return Planner(problem, plan, budget).Run(kWarm);
}

}  // namespace stadtmesh::dispatch

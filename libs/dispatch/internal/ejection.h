// Fewer vehicles, and places for those who found none: guided ejection search after Nagata and
// Kobayashi (PPSN 2010). A request without a place throws out those that were easiest to place so
// far, and these look for a place in turn; counters remember who is hard. Between ejections, random
// moves shake the plan.
#pragma once

#include <functional>
#include <vector>

#include "dispatch/internal/random.h"
#include "dispatch/internal/solution.h"

namespace stadtmesh::dispatch::internal {

class Ejection {
 public:
  Ejection(const Compiled& problem, Workspace& work, InsertCache& cache, Random& random)
      : problem_(problem),
        work_(work),
        cache_(cache),
        random_(random),
        hardness_(problem.requests(), 1) {}

  // Ends an attempt: asked before every step, with the number of steps done so far in this object's
  // life.
  using Stop = std::function<bool(int64_t)>;

  // Serves `solution`'s route of one vehicle by the others. False: gave up, nothing changed.
  bool EmptyOneRoute(Solution& solution, const Stop& stop);
  // Finds places for all mandatory requests that are not served. False: gave up, nothing changed.
  bool ServeMandatory(Solution& solution, const Stop& stop);
  int64_t steps() const { return steps_; }

 private:
  struct Choice {
    int vehicle = -1;
    Placement place;
    std::vector<int> out;
  };
  bool PlaceAll(Solution& solution, std::vector<int> waiting, int closed, const Stop& stop);
  bool PlaceDirectly(Solution& solution, int r, int closed);
  Choice FindEjection(const Solution& solution, int r, int closed);
  void TryWithout(const Solution& solution, int r, int v, const std::vector<int>& out,
                  double hardness, Choice& best);
  bool Takes(const Solution& solution, int v, int closed) const {
    return v != closed && solution.usable(v) && solution.route(v).used();
  }
  void Shake(Solution& solution, int closed);

  const Compiled& problem_;
  Workspace& work_;
  InsertCache& cache_;
  Random& random_;
  std::vector<double> hardness_;
  double least_hardness_ = 0;
  int ties_ = 0;
  int64_t steps_ = 0;
  RouteState without_;
  std::vector<NodeId> stops_;
};

}  // namespace stadtmesh::dispatch::internal

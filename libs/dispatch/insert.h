// The exact best place for one more request.
#pragma once

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "dispatch/check.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

struct InsertOption {
  int vehicle = 0;
  // the vehicle's whole new route; the request's index is the one passed to Insert
  Route route;
  RouteSchedule schedule;  // of that route, as `Check` would make it
  double cost = 0;         // by how much the plan's price grows (without what refusing would cost)
  Ticks pickup_begin = 0;  // planned; 0 without that visit
  Ticks dropoff_begin = 0;
  Ticks ride = 0;  // planned time on board
};

// Which single limit, loosened by `by`, would make room, and on which vehicle. For kWindow `by` is
// lateness at the pick-up or the drop-off, whichever is larger; for kCapacity units of load; for
// kShift, kDuration and kBreak how much longer that vehicle would have to drive, or how much later
// it would take its break. kTogether and kSkills know no amount (1). kUnreachable (no vehicle):
// nothing of that helps.
struct Refusal {
  Limit limit = Limit::kWindow;
  int vehicle = -1;
  Ticks by = 0;
};

struct InsertAnswer {
  std::vector<InsertOption> options;  // cheapest first, at most one per vehicle; empty: refused
  // why, nearest miss of each limit; only when refused and asked for; never empty then. Where no
  // single limit is to blame: all that have to give way together
  std::vector<Refusal> refusals;
};

struct InsertOptions {
  int alternatives = 1;            // how many vehicles to answer with
  bool explain = true;             // fill `refusals`
  std::vector<int> only_vehicles;  // empty: all
};

// A plan prepared for many insertions: building takes O(stops), each Find then looks only at
// positions whose time fits. Holds a copy of what it needs except problem.travel. Find is const and
// may run in several threads at once; Apply may not run beside it.
class InsertIndex {
 public:
  // `plan` must pass Check.
  InsertIndex(const Problem& problem, const Plan& plan);
  ~InsertIndex();
  InsertIndex(InsertIndex&&) noexcept;

  // The best places for `request`, which takes index `as` in the stops of the answer (usually the
  // next free one). Exact: over all vehicles, all positions and all placements of breaks; every
  // option passes Check, and no promise of others is touched.
  InsertAnswer Find(const Request& request, int as, const InsertOptions& options = {}) const;

  // Takes an option of Find over into the plan.
  void Apply(const Request& request, int as, const InsertOption& option);
  // Takes the request out of the plan.
  void Remove(int request);

  Plan plan() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The same for one call: the best places for problem.requests[request], which is in no route of
// `plan`.
InsertAnswer Insert(const Problem& problem, const Plan& plan, int request,
                    const InsertOptions& options = {});

}  // namespace stadtmesh::dispatch

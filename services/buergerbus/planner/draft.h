// A plan in the making: insertions, removals and a search on one day, then our plans of the tours
// they changed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/planner.h"
#include "dispatch/improve.h"

namespace stadtmesh::buergerbus {

// Not thread-safe. After Search only Finish may follow.
class Draft {
 public:
  explicit Draft(DayProblem problem);

  // Finds a place, all limits kept; false: there is none. `routes`: only these; empty: all.
  bool Place(const Assignment& ride, const std::vector<int>& routes);
  void Remove(const RideId& ride);
  void Touch(int route) { changed_.insert(route); }

  // Makes the plan cheaper, and finds places for as many `wishes` as it can, which come first.
  // Rides in `pinned` stay on their vehicle; where a promise is late already, the ride stays too,
  // because only its own tour may serve it late. Returns by how much less is driven, without the
  // wishes.
  absl::Duration Search(const std::vector<Assignment>& wishes, const std::set<RideId>& pinned,
                        const dispatch::Budget& budget);

  const DayProblem& problem() const { return problem_; }
  // The plans of every tour that was changed, all shifts of it timed anew, and the tour of every
  // ride that has another one now.
  Replanning Finish() const;

 private:
  DayProblem problem_;
  dispatch::InsertIndex index_;
  std::optional<dispatch::Plan> searched_;
  std::set<int> changed_;
  std::map<RideId, TourId> placed_;
};

}  // namespace stadtmesh::buergerbus

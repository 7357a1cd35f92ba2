// The planner's own timing of a whole route: the schedule that `Check` would make, and the price
// that follows from it. Used where the price depends on the schedule, and for travel times that
// depend on the time of day; labels (label.h) are faster elsewhere.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {

class RouteClock {
 public:
  explicit RouteClock(const Compiled& problem) : problem_(problem) {}

  // Times `sequence` (start node, stops not yet driven, end node) of vehicle `v`. False when it is
  // infeasible by the clock.
  bool Time(int v, absl::Span<const Node* const> sequence);

  // Of the last Time that returned true, by position in the sequence.
  Ticks begin(size_t i) const { return at_[i].begin; }
  // The price of the route after the last Time that returned true, without fixed terms of the
  // vehicle: driving, waiting, riders.
  double ScheduleCost() const;
  Ticks driven() const { return driven_; }
  RouteSchedule Schedule() const;  // of the stops not yet driven

 private:
  struct At {
    const Node* node;
    Place place;
    int32_t pickup;  // position of the pick-up at a drop-off; -1: none; -2: driven already
    Ticks boarded;   // for -2
    Ticks max_ride;
    Ticks arrival, begin, end, waiting;
  };
  void Load(int v, absl::Span<const Node* const> sequence);
  void Forward(size_t first);
  Ticks Slack(size_t j) const;
  void EightSteps();
  bool Least(int v);
  bool Feasible(int v) const;
  Ticks Ride(const At& at) const {
    return at.begin - (at.pickup >= 0 ? at_[at.pickup].end : at.boarded);
  }

  const Compiled& problem_;
  std::vector<At> at_;
  std::vector<Ticks> raised_;
  Ticks driven_ = 0;
  int vehicle_ = 0;
};

}  // namespace stadtmesh::dispatch::internal

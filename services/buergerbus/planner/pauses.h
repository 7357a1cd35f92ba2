// The breaks of a shift, in the order in which its driver takes them.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/tour.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::buergerbus {

struct Pause {
  int break_index = 0;   // in Shift::breaks
  bool planned = false;  // stands among the visits
  size_t before = 0;     // taken before this visit of the tour; its own index when planned
  absl::Time begin;
};

// Those taken or planned, and those that the plan lacks and has time for. `usable`: the part of the
// shift that is planned.
std::vector<Pause> PausesOf(const Tour& tour, int shift, const TimeWindow& usable, absl::Time now);

// Puts those that are not planned between the visits of a shift.
class PauseQueue {
 public:
  explicit PauseQueue(const std::vector<Pause>& pauses) : pauses_(pauses) {}

  // What is taken before a visit that is still to come, which may be a planned break; and that one.
  void TakeBefore(size_t visit, dispatch::Route& route);
  void TakeBreak(size_t visit, dispatch::Route& route);
  void TakeRest(dispatch::Route& route);

 private:
  void TakeNext(dispatch::Route& route);

  const std::vector<Pause>& pauses_;
  size_t next_ = 0;
};

}  // namespace stadtmesh::buergerbus

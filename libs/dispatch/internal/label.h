// Exact feasibility of a stop sequence with limited rides, one stop at a time.
//
// A label says, at one stop: the earliest instant at which service can begin, and for every rider
// on board with a limited ride (and for the tour itself, when its length is limited) until when
// that ride may end, as a function of when service begins here: it grows with slope one from
// `bound` (service as early as possible) up to `cap` (no earlier stop can be delayed further).
// Waiting moves the function along. A drop-off is feasible when its earliest begin is within the
// bound. Gschwind and Irnich (INFORMS Journal on Computing 27, 2015) use this as resource
// extension; for constant travel times it is exact, and takes one step per rider on board.
#pragma once

#include <algorithm>
#include <vector>

#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {

struct Label {
  Ticks begin = 0;
  Ticks end = 0;  // of service
  std::vector<Tracked> tracked;
};

// At the departure of vehicle `v`.
inline void StartLabel(const Compiled& problem, int v, Label& label) {
  const VehicleFacts& facts = problem.vehicle(v);
  const Node& start = problem.node(facts.start);
  label.begin = label.end = start.earliest;
  label.tracked.assign(facts.boarded.begin(), facts.boarded.end());
  if (facts.limited) {
    label.tracked.push_back(
        {-1, start.earliest + facts.max_duration, start.latest + facts.max_duration});
  }
}

// Ends the ride of `request` at the instant `label.begin`; false when it is too long. `latest`
// becomes the latest begin here.
inline bool EndRide(Label& label, int request, Ticks& latest) {
  for (size_t k = 0; k < label.tracked.size(); ++k) {
    if (label.tracked[k].request != request) continue;
    if (label.begin > label.tracked[k].bound) return false;
    latest = std::min(latest, label.tracked[k].cap);
    label.tracked[k] = label.tracked.back();
    label.tracked.pop_back();
    break;
  }
  return true;
}

// Drives `travel` ticks on and serves `node`. False when that is infeasible; the label is then
// spoilt.
inline bool Extend(const VisitFacts& node, Ticks travel, Label& label) {
  const Ticks arrival = label.end + travel;
  label.begin = std::max(arrival, node.earliest);
  if (label.begin > node.latest) return false;
  label.end = label.begin + node.service;
  if (label.tracked.empty()) {
    if (node.kind == NodeKind::kPickup && node.max_ride < kForever) {
      label.tracked.push_back(
          {node.owner, label.end + node.max_ride, node.latest + node.service + node.max_ride});
    }
    return true;
  }
  const Ticks waiting = label.begin - arrival;
  for (Tracked& t : label.tracked) t.bound = std::min(t.bound + waiting, t.cap);
  Ticks latest = node.latest;
  if (node.kind == NodeKind::kDropoff && node.max_ride < kForever) {
    if (!EndRide(label, node.owner, latest)) return false;
  } else if (node.kind == NodeKind::kEnd) {
    if (!EndRide(label, -1, latest)) return false;
  }
  const Ticks room = latest - label.begin;
  for (Tracked& t : label.tracked) t.cap = std::min(t.cap, t.bound + room);
  if (node.kind == NodeKind::kPickup && node.max_ride < kForever) {
    label.tracked.push_back(
        {node.owner, label.end + node.max_ride, latest + node.service + node.max_ride});
  }
  return true;
}

// True when everything that is feasible after `known` is feasible after `label` too. Both watch the
// same rides.
inline bool Dominates(const Label& label, Ticks known_begin, const Tracked* known, size_t count) {
  if (label.begin > known_begin || label.tracked.size() != count) return false;
  for (size_t k = 0; k < count; ++k) {
    const Tracked& t = label.tracked[k];
    size_t m = k;
    if (known[m].request != t.request) {
      for (m = 0; m < count && known[m].request != t.request;) ++m;
      if (m == count) return false;
    }
    if (t.bound < known[m].bound || t.cap < known[m].cap) return false;
  }
  return true;
}

}  // namespace stadtmesh::dispatch::internal

// The best place for a request in one route: every pair of positions, cheap necessary conditions
// first, then an exact check.
#pragma once

#include <cstdint>

#include "dispatch/internal/random.h"
#include "dispatch/internal/route_state.h"

namespace stadtmesh::dispatch::internal {

// A price that everything is below.
inline constexpr double kNoLimit = 1e300;

// The pick-up goes right after position `pickup_after`, the drop-off right after `dropoff_after`
// (of the route as it is; equal: right after the pick-up). -1 for the visit that a one-sided
// request lacks.
struct Placement {
  double cost = 0;  // growth of the route's price
  int32_t pickup_after = -1, dropoff_after = -1;
  bool found() const { return pickup_after >= 0 || dropoff_after >= 0; }
};

class PlaceFinder {
 public:
  // With `blink`, one candidate in ten is overlooked, at random: what is best for one request is
  // not always best for all.
  PlaceFinder(const Compiled& problem, Workspace& work, Random* blink = nullptr)
      : problem_(problem), work_(work), blink_(blink) {}

  // The cheapest feasible place with a price below `limit`; ties go to the earliest positions.
  // Breaks may move (breaks.h). None for a request that is on board already.
  Placement Find(const RouteState& route, const CompiledRequest& request, double limit);

  // The stops of `route` with `request` at `place`.
  static void Stops(const RouteState& route, int request, const Placement& place,
                    std::vector<NodeId>& stops);

 private:
  // From an inserted visit on to the next stop.
  struct Gap {
    Ticks on = 0;      // travel time
    Ticks latest = 0;  // departure from the visit
  };
  Gap After(const RouteState& route, int i, Place from) const;
  void Pairs(const RouteState& route);
  void Walk(const RouteState& route, int i);
  void Single(const RouteState& route, bool pickup);
  bool MayRide(const RouteState& route, int i) const;
  bool IsBreak(const RouteState& route, int i) const {
    return route.at(i).visit.kind == NodeKind::kBreak;
  }
  void Consider(const RouteState& route, Ticks more, int i, int j);
  void MakeSequence(const RouteState& route, int i, int j);
  void ConsiderByClock(const RouteState& route, int i, int j);
  bool Exact(const RouteState& route, int i, int j);
  bool Tail(const RouteState& route, int after, Place place);
  void SetLimit(const RouteState& route, double cost);

  const Compiled& problem_;
  Workspace& work_;
  Random* const blink_;
  const RequestFacts* facts_ = nullptr;
  const Node* pickup_ = nullptr;
  const Node* dropoff_ = nullptr;
  int vehicle_ = 0;
  bool watches_ = false;  // an exact check is needed
  bool clock_ = false;    // the price needs the clock
  Ticks more_ = 0;        // only placements that drive less than this in addition
  double limit_ = 0;
  Placement best_;
};

}  // namespace stadtmesh::dispatch::internal

// One vehicle's stops that are not yet driven, with all that makes insertion fast: earliest and
// latest begins, labels, loads.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "dispatch/internal/compiled.h"
#include "dispatch/internal/label.h"
#include "dispatch/internal/route_clock.h"

namespace stadtmesh::dispatch::internal {

// All in one place: a search reads positions in order, and nothing else.
struct Position {
  NodeId node = 0;
  Place place = 0;    // a break's is that of the stop before
  Ticks begin = 0;    // earliest, in this sequence
  Ticks end = 0;      // of service that begins then
  Ticks latest = 0;   // begin, by the windows behind it
  Ticks to_next = 0;  // lower bound of the travel time; 0 on a route that is not used
  VisitFacts visit;
  Load load{};                      // on board after it
  uint64_t traits = 0, repels = 0;  // of those on board after it
  uint32_t tracked = 0;  // first of its label's rides; they end where the next position's begin
};

// Scratch memory for builds and searches; one per thread.
struct Workspace {
  explicit Workspace(const Compiled& problem) : clock(problem) {}
  RouteClock clock;
  Label label, fork;
  std::vector<const Node*> sequence;
  std::vector<int32_t> riding;
};

class RouteState {
 public:
  // `stops` without start and end; free breaks among them are left out and arranged anew. False
  // when the sequence is infeasible; the state is then unusable.
  bool Build(const Compiled& problem, int vehicle, absl::Span<const NodeId> stops, Workspace& work);
  // The same, where the stops begin like those of `base`, another state of the same vehicle: what
  // is known of these is taken over.
  bool BuildFrom(const RouteState& base, const Compiled& problem, absl::Span<const NodeId> stops,
                 Workspace& work);

  // `base` on a shift that ends `by` later, without building it anew: of a vehicle whose tour may
  // last as long as its shift, that has no breaks to arrange, where the price needs no clock.
  void Stretch(const RouteState& base, Ticks by);

  int vehicle() const { return vehicle_; }
  // Position 0 is the departure, size() + 1 the end.
  int size() const { return static_cast<int>(at_.size()) - 2; }
  const Position& at(int i) const { return at_[i]; }
  bool open() const { return open_; }  // ends after the last stop
  absl::Span<const Tracked> tracked(int i) const {
    return {tracked_.data() + at_[i].tracked, at_[i + 1].tracked - at_[i].tracked};
  }
  bool watches() const { return !tracked_.empty(); }  // some ride, or the tour, is limited
  bool used() const { return used_; }
  Ticks driven() const { return driven_; }
  // by lower bounds; equal unless time-dependent
  Ticks least_driven() const { return least_driven_; }
  Ticks busy() const { return busy_; }   // driving and service
  double cost() const { return cost_; }  // weighted, of this route
  uint64_t hash() const { return hash_; }
  std::vector<NodeId> Stops() const;  // with the breaks as arranged

 private:
  size_t TakeOver(const RouteState& base, absl::Span<const NodeId> stops, Workspace& work);
  bool LoadsFrom(size_t known, const Compiled& problem);
  bool Loads(const Compiled& problem, Workspace& work);
  void Begin(const Compiled& problem, Workspace& work);
  bool Labels(size_t known, const Compiled& problem, Workspace& work);
  bool Latest();
  void Summarise(const Compiled& problem);
  bool Time(const Compiled& problem, Workspace& work);

  int vehicle_ = 0;
  bool used_ = false, open_ = false;
  Ticks driven_ = 0, least_driven_ = 0, busy_ = 0;
  double cost_ = 0;
  uint64_t hash_ = 0;
  std::vector<Position> at_;
  std::vector<Tracked> tracked_;
  // free ones, as arranged: position they follow, node
  std::vector<std::pair<int32_t, NodeId>> breaks_;
};

inline void ChangeLoad(Load& load, const Load& by, int sign) {
  for (int d = 0; d < kDimensions; ++d) load[d] += sign * by[d];
}

// The weighted price of driving `driven` ticks with vehicle `v`, without schedule terms.
inline double DrivingCost(const Compiled& problem, int v, Ticks driven, bool used) {
  const Weights& w = problem.weights();
  const double seconds = ToSeconds(driven);
  double cost = w.driven * seconds + (used ? w.vehicle : 0);
  if (w.fairness > 0) cost += w.fairness * seconds * seconds / problem.vehicle(v).shift_seconds;
  return cost;
}

// True when the price is not a function of the driven time alone.
inline bool NeedsClock(const Compiled& problem) {
  return problem.weights().ScheduleMatters() || problem.time_dependent();
}

}  // namespace stadtmesh::dispatch::internal

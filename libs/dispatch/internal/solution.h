// A plan while it is searched: route states, who is where, the price; with undo.
#pragma once

#include <vector>

#include "dispatch/internal/insert_cache.h"
#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch::internal {

// What a plan is judged by: first that nobody is missing who must be served, then by its price.
struct Worth {
  int missing = 0;
  double cost = 0;
  bool BetterThan(const Worth& other) const {
    return missing != other.missing ? missing < other.missing : cost < other.cost - 1e-9;
  }
};

class Solution {
 public:
  // Takes the stops of `routes` (one list per vehicle). A route that is infeasible loses requests
  // that may be moved until it is feasible; where that does not help it is left alone for good.
  Solution(const Compiled& problem, const std::vector<std::vector<NodeId>>& routes,
           Workspace& work);

  const RouteState& route(int v) const { return routes_[v]; }
  int vehicles() const { return static_cast<int>(routes_.size()); }
  // The vehicle of request `r`; -1: not served, -2: not this search's business (driven, or on a
  // route that is left alone).
  int where(int r) const { return where_[r]; }
  bool movable(int r) const { return movable_[r] != 0; }
  bool usable(int v) const { return usable_[v] != 0; }
  const std::vector<int>& unserved() const { return unserved_; }
  double cost() const { return cost_; }  // routes, and refusals by weight
  double refusal() const { return refusal_; }
  Worth worth() const { return {missing_, cost_}; }
  int missing() const { return missing_; }  // mandatory requests that are not served
  // what refusing these would cost, part of refusal()
  double missing_refusal() const { return missing_refusal_; }
  int used() const;  // vehicles that drive

  // The best place for `r` on vehicle `v` cheaper than `limit`.
  Placement Find(int r, int v, double limit, Workspace& work, InsertCache& cache) const;
  // Soon Find will be called.
  void Expect(int r, int v, const InsertCache& cache) const {
    cache.Expect(InsertCache::Key(routes_[v].hash(), r));
  }
  // False, and nothing changed, when the place turns out infeasible (travel times without the
  // triangle inequality).
  bool Insert(int r, int v, const Placement& place, Workspace& work);
  // Takes requests off their vehicles; all must be movable and served. False when what stays is
  // infeasible, as may happen with breaks or without the triangle inequality: call Undo.
  bool Remove(const std::vector<int>& requests, Workspace& work);

  // Puts the stops of vehicle `v` into another order. False, and nothing changed, when that is
  // infeasible.
  bool Reorder(int v, const std::vector<NodeId>& stops, Workspace& work);

  // From Mark on, changes can be taken back by Undo.
  void Mark();
  void Undo();
  // The vehicles changed since Mark.
  const std::vector<int>& touched() const { return touched_; }

  // Becomes `other`, a plan for the same problem from which it differs in these vehicles at most.
  void TakeOver(const Solution& other, const std::vector<int>& vehicles);

  std::vector<std::vector<NodeId>> Stops() const;

 private:
  void Touch(int v);
  void Place(int r, int v);      // books who is where
  void Refuse(int r, int sign);  // books what refusing costs, or does no longer
  void Admit(int v, std::vector<NodeId> stops, Workspace& work);

  const Compiled* problem_;
  std::vector<RouteState> routes_;
  std::vector<int> where_;
  std::vector<char> movable_, usable_;
  std::vector<int> unserved_;
  double cost_ = 0, refusal_ = 0, missing_refusal_ = 0;
  int missing_ = 0;

  std::vector<RouteState> backups_;  // by position in touched_; reused
  std::vector<int> touched_;
  std::vector<char> is_touched_;
  std::vector<std::pair<int, int>> moved_;  // request, where it was
  std::vector<int> marked_unserved_;
  double marked_cost_ = 0, marked_refusal_ = 0, marked_missing_refusal_ = 0;
  int marked_missing_ = 0;
  std::vector<NodeId> stops_;
  RouteState built_;
  std::vector<char> leaving_;
};

}  // namespace stadtmesh::dispatch::internal

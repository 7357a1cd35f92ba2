#include "dispatch/internal/solution.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {

Solution::Solution(const Compiled& problem, const std::vector<std::vector<NodeId>>& routes,
                   Workspace& work)
    : problem_(&problem),
      routes_(problem.vehicles()),
      where_(problem.requests(), -1),
      movable_(problem.requests(), 1),
      usable_(problem.vehicles(), 1),
      is_touched_(problem.vehicles(), 0),
      leaving_(problem.requests(), 0) {
  for (int v = 0; v < problem.vehicles(); ++v) {
    for (const auto& riding : problem.vehicle(v).riding) {
      where_[riding.request] = -2;
      movable_[riding.request] = 0;
    }
    for (int r : problem.vehicle(v).served) {
      where_[r] = -2;
      movable_[r] = 0;
    }
  }
  for (int v = 0; v < problem.vehicles(); ++v) Admit(v, routes[v], work);
  for (int r = 0; r < problem.requests(); ++r) {
    if (where_[r] != -1) continue;
    unserved_.push_back(r);
    Refuse(r, 1);
  }
  for (int v = 0; v < vehicles(); ++v) cost_ += usable(v) ? routes_[v].cost() : 0;
}

// Builds the route; requests that may be moved leave an infeasible one, the latest stop first.
void Solution::Admit(int v, std::vector<NodeId> stops, Workspace& work) {
  const VehicleFacts& facts = problem_->vehicle(v);
  const auto pinned = [&](int r) {
    if (problem_->request(r).aboard >= 0) return true;
    if (!problem_->request(r).has_pickup && facts.begun) return true;
    for (int k = 0; k < std::min<int>(facts.locked, static_cast<int>(stops.size())); ++k) {
      if (stops[k] >= 0 && (stops[k] >> 1) == r) return true;
    }
    return false;
  };
  const std::vector<NodeId> original = stops;
  while (!routes_[v].Build(*problem_, v, stops, work)) {
    int last = -1;
    for (NodeId id : stops) {
      if (id >= 0 && !pinned(id >> 1)) last = id >> 1;
    }
    if (last < 0) {
      usable_[v] = 0;
      break;
    }
    std::erase_if(stops, [last](NodeId id) { return id >= 0 && (id >> 1) == last; });
  }
  for (NodeId id : usable_[v] ? stops : original) {
    if (id < 0) continue;
    const int r = id >> 1;
    if (usable_[v] && !pinned(r)) {
      where_[r] = v;
    } else {
      where_[r] = -2;
      movable_[r] = 0;
    }
  }
}

int Solution::used() const {
  int used = 0;
  for (const RouteState& route : routes_) used += route.used() ? 1 : 0;
  return used;
}

Placement Solution::Find(int r, int v, double limit, Workspace& work, InsertCache& cache) const {
  const RouteState& route = routes_[v];
  const uint64_t key = InsertCache::Key(route.hash(), r);
  if (const auto known = cache.Get(key)) {
    // A miss is known up to the limit it was looked for with.
    if (known->found() || known->cost >= limit) return known->cost < limit ? *known : Placement();
  }
  Placement place = PlaceFinder(*problem_, work).Find(route, problem_->compiled(r), limit);
  if (place.found()) {
    cache.Put(key, place);
  } else {
    Placement miss;
    miss.cost = limit;
    cache.Put(key, miss);
  }
  return place;
}

void Solution::Touch(int v) {
  if (is_touched_[v]) return;
  is_touched_[v] = 1;
  touched_.push_back(v);
  if (backups_.size() < touched_.size()) backups_.emplace_back();
  backups_[touched_.size() - 1] = routes_[v];
}

void Solution::Place(int r, int v) {
  moved_.emplace_back(r, where_[r]);
  where_[r] = v;
}

void Solution::Refuse(int r, int sign) {
  const RequestFacts& request = problem_->request(r);
  refusal_ += sign * request.refusal;
  cost_ += sign * request.refusal;
  if (!request.mandatory) return;
  missing_ += sign;
  missing_refusal_ += sign * request.refusal;
}

bool Solution::Insert(int r, int v, const Placement& place, Workspace& work) {
  PlaceFinder::Stops(routes_[v], r, place, stops_);
  if (!built_.BuildFrom(routes_[v], *problem_, stops_, work)) return false;
  Touch(v);
  cost_ += built_.cost() - routes_[v].cost();
  std::swap(routes_[v], built_);
  Place(r, v);
  const auto at = std::find(unserved_.begin(), unserved_.end(), r);
  *at = unserved_.back();
  unserved_.pop_back();
  Refuse(r, -1);
  return true;
}

bool Solution::Reorder(int v, const std::vector<NodeId>& stops, Workspace& work) {
  if (!built_.Build(*problem_, v, stops, work)) return false;
  Touch(v);
  cost_ += built_.cost() - routes_[v].cost();
  std::swap(routes_[v], built_);
  return true;
}

bool Solution::Remove(const std::vector<int>& requests, Workspace& work) {
  bool feasible = true;
  std::vector<int> changed;
  for (int r : requests) {
    leaving_[r] = 1;
    const int v = where_[r];
    if (std::find(changed.begin(), changed.end(), v) == changed.end()) changed.push_back(v);
    Place(r, -1);
    unserved_.push_back(r);
    Refuse(r, 1);
  }
  for (int v : changed) {
    Touch(v);
    stops_.clear();
    for (int k = 1; k <= routes_[v].size(); ++k) {
      const NodeId id = routes_[v].at(k).node;
      if (id < 0 || !leaving_[id >> 1]) stops_.push_back(id);
    }
    cost_ -= routes_[v].cost();
    feasible &= built_.BuildFrom(routes_[v], *problem_, stops_, work);
    std::swap(routes_[v], built_);
    cost_ += routes_[v].cost();
  }
  for (int r : requests) leaving_[r] = 0;
  return feasible;
}

void Solution::Mark() {
  for (int v : touched_) is_touched_[v] = 0;
  touched_.clear();
  moved_.clear();
  marked_unserved_ = unserved_;
  marked_cost_ = cost_;
  marked_refusal_ = refusal_;
  marked_missing_ = missing_;
  marked_missing_refusal_ = missing_refusal_;
}

void Solution::Undo() {
  for (size_t k = 0; k < touched_.size(); ++k) {
    std::swap(routes_[touched_[k]], backups_[k]);
    is_touched_[touched_[k]] = 0;
  }
  touched_.clear();
  for (size_t k = moved_.size(); k-- > 0;) where_[moved_[k].first] = moved_[k].second;
  moved_.clear();
  unserved_ = marked_unserved_;
  cost_ = marked_cost_;
  refusal_ = marked_refusal_;
  missing_ = marked_missing_;
  missing_refusal_ = marked_missing_refusal_;
}

void Solution::TakeOver(const Solution& other, const std::vector<int>& vehicles) {
  for (int v : vehicles) routes_[v] = other.routes_[v];
  where_ = other.where_;
  unserved_ = other.unserved_;
  cost_ = other.cost_;
  refusal_ = other.refusal_;
  missing_ = other.missing_;
  missing_refusal_ = other.missing_refusal_;
  Mark();
}

std::vector<std::vector<NodeId>> Solution::Stops() const {
  std::vector<std::vector<NodeId>> stops;
  for (const RouteState& route : routes_) stops.push_back(route.Stops());
  return stops;
}

}  // namespace stadtmesh::dispatch::internal

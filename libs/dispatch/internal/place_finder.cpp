#include "dispatch/internal/place_finder.h"

#include <algorithm>
#include <cmath>

namespace stadtmesh::dispatch::internal {

Placement PlaceFinder::Find(const RouteState& route, const CompiledRequest& request, double limit) {
  best_ = Placement();
  vehicle_ = route.vehicle();
  facts_ = &request.facts;
  pickup_ = &request.pickup;
  dropoff_ = &request.dropoff;
  const VehicleFacts& vehicle = problem_.vehicle(vehicle_);
  if (facts_->aboard >= 0 || (facts_->skills & ~vehicle.skills) != 0) return best_;
  if (!problem_.Fits(vehicle_, Load{}, facts_->load)) return best_;  // not even alone
  // What is to be on board from the start cannot join a tour that has begun.
  if (!facts_->has_pickup && vehicle.begun) return best_;
  clock_ = NeedsClock(problem_);
  watches_ = route.watches() || facts_->watched;
  SetLimit(route, limit);
  if (facts_->has_pickup && facts_->has_dropoff) {
    Pairs(route);
  } else {
    Single(route, facts_->has_pickup);
  }
  return best_;
}

// Translates a price into the driving that may come on top. Driving alone bounds the price from
// below, so nothing better is lost.
void PlaceFinder::SetLimit(const RouteState& route, double cost) {
  limit_ = cost;
  const Weights& w = problem_.weights();
  const VehicleFacts& vehicle = problem_.vehicle(vehicle_);
  more_ = kForever;
  if (vehicle.limited) {
    more_ = vehicle.max_duration - route.busy() - pickup_->service - dropoff_->service + 1;
  }
  if (!(cost < 1e18) || w.driven <= 0) return;
  double room = cost - (route.used() ? 0 : w.vehicle);
  // What the route pays now for its schedule could vanish in the best case.
  if (clock_) {
    const double driving = DrivingCost(problem_, vehicle_, route.least_driven(), route.used());
    room += std::max(0.0, route.cost() - driving);
  }
  const double ticks = std::ceil(std::max(-1.0, room) / w.driven * static_cast<double>(kSecond));
  if (ticks < static_cast<double>(kForever)) more_ = std::min(more_, static_cast<Ticks>(ticks) + 1);
}

// May the request be on board from position i to the next?
bool PlaceFinder::MayRide(const RouteState& route, int i) const {
  const Position& at = route.at(i);
  if ((facts_->repels & at.traits) != 0 || (at.repels & facts_->traits) != 0) return false;
  return problem_.Fits(vehicle_, at.load, facts_->load);
}

PlaceFinder::Gap PlaceFinder::After(const RouteState& route, int i, Place from) const {
  const Position& next = route.at(i + 1);
  const bool open = i == route.size() && route.open();
  Gap gap;
  gap.on = open ? 0 : problem_.Travel(from, next.place);
  gap.latest = next.latest - gap.on;
  return gap;
}

void PlaceFinder::Pairs(const RouteState& route) {
  const int n = route.size();
  for (int i = problem_.vehicle(vehicle_).locked; i <= n; ++i) {
    const Position& at = route.at(i);
    if (at.end > pickup_->latest) break;
    if (route.at(i + 1).latest < pickup_->earliest + pickup_->service) continue;
    if (MayRide(route, i)) Walk(route, i);
  }
}

// Pick-up after i; the drop-off moves down the route as long as times (as early as possible) and
// room allow.
void PlaceFinder::Walk(const RouteState& route, int i) {
  const Position& at = route.at(i);
  const Ticks to_pickup = problem_.TravelTo(pickup_->place, at.place);
  const Ticks begin = std::max(at.end + to_pickup, pickup_->earliest);
  if (begin > pickup_->latest) return;
  Ticks leaves = begin + pickup_->service;
  const auto drop = [&](int j, Place place, Ticks detour) {
    const Ticks way = problem_.TravelTo(dropoff_->place, place);
    const Ticks ends = std::max(leaves + way, dropoff_->earliest);
    if (ends > dropoff_->latest) return;
    const Gap gap = After(route, j, dropoff_->place);
    const Ticks more = detour + way + gap.on - route.at(j).to_next;
    if (more < more_ && ends + dropoff_->service <= gap.latest) Consider(route, more, i, j);
  };
  drop(i, pickup_->place, to_pickup);
  if (i == route.size()) return;
  Ticks travel = problem_.Travel(pickup_->place, route.at(i + 1).place);
  const Ticks detour = to_pickup + travel - at.to_next;
  for (int j = i + 1; j <= route.size() && detour < more_; ++j) {
    const Position& stop = route.at(j);
    const Ticks begins = std::max(leaves + travel, stop.begin);
    if (begins > stop.latest) return;
    leaves = begins + stop.visit.service;
    if (leaves > dropoff_->latest || !MayRide(route, j)) return;
    drop(j, stop.place, detour);
    travel = stop.to_next;
  }
}

// Only one visit to place: a pick-up that stays on board to the end, or a drop-off on board from
// the start.
void PlaceFinder::Single(const RouteState& route, bool pickup) {
  const Node& node = pickup ? *pickup_ : *dropoff_;
  const int locked = problem_.vehicle(vehicle_).locked;
  int first = locked, last = route.size();
  if (pickup) {
    for (first = last + 1; first > locked && MayRide(route, first - 1);) --first;
  } else {
    int until = 0;
    while (until <= last && !IsBreak(route, until) && MayRide(route, until)) ++until;
    last = until - 1;
  }
  for (int i = first; i <= last; ++i) {
    const Position& at = route.at(i);
    const Ticks way = problem_.TravelTo(node.place, at.place);
    const Ticks begin = std::max(at.end + way, node.earliest);
    if (begin > node.latest) continue;
    const Gap gap = After(route, i, node.place);
    const Ticks more = way + gap.on - at.to_next;
    if (more >= more_ || begin + node.service > gap.latest) continue;
    Consider(route, more, pickup ? i : -1, pickup ? -1 : i);
  }
}

void PlaceFinder::Stops(const RouteState& route, int request, const Placement& place,
                        std::vector<NodeId>& stops) {
  stops.clear();
  for (int k = 0; k <= route.size(); ++k) {
    if (k > 0) stops.push_back(route.at(k).node);
    if (k == place.pickup_after) stops.push_back(2 * request);
    if (k == place.dropoff_after) stops.push_back(2 * request + 1);
  }
}

}  // namespace stadtmesh::dispatch::internal

// Whether a place is possible, and what it costs, exactly.
#include <algorithm>

#include "dispatch/internal/breaks.h"
#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch::internal {

void PlaceFinder::Consider(const RouteState& route, Ticks more, int i, int j) {
  if (blink_ != nullptr && blink_->Below(10) == 0) return;
  if (clock_) return ConsiderByClock(route, i, j);
  if (watches_ && !Exact(route, i, j)) return;
  if (problem_.vehicle(vehicle_).free_breaks) {
    MakeSequence(route, i, j);
    if (!Arrange(problem_, vehicle_, work_.sequence, nullptr).found) return;
  }
  const double cost = DrivingCost(problem_, vehicle_, route.driven() + more, true) - route.cost();
  if (cost >= limit_) return;
  best_ = {cost, i, j};
  limit_ = cost;
  // With prices that only count driving, less driving is the only way to be better.
  more_ = std::min(more_, more);
}

void PlaceFinder::MakeSequence(const RouteState& route, int i, int j) {
  auto& sequence = work_.sequence;
  sequence.clear();
  for (int k = 0; k <= route.size() + 1; ++k) {
    sequence.push_back(&problem_.node(route.at(k).node));
    if (k == i) sequence.push_back(pickup_);
    if (k == j) sequence.push_back(dropoff_);
  }
}

void PlaceFinder::ConsiderByClock(const RouteState& route, int i, int j) {
  MakeSequence(route, i, j);
  double price = 0;
  if (problem_.vehicle(vehicle_).free_breaks) {
    const Arrangement arranged = Arrange(problem_, vehicle_, work_.sequence, &work_.clock);
    if (!arranged.found) return;
    price = arranged.cost;
  } else {
    if (!work_.clock.Time(vehicle_, work_.sequence)) return;
    price = work_.clock.ScheduleCost();
  }
  const double cost = price + problem_.weights().vehicle - route.cost();
  if (cost >= limit_) return;
  best_ = {cost, i, j};
  SetLimit(route, cost);
}

bool PlaceFinder::Exact(const RouteState& route, int i, int j) {
  Label& label = work_.fork;
  const int first = i < 0 ? j : i;
  const auto known = route.tracked(first);
  label.begin = route.at(first).begin;
  label.end = route.at(first).end;
  label.tracked.assign(known.begin(), known.end());
  Place place = route.at(first).place;
  if (i >= 0) {
    if (!Extend(*pickup_, problem_.TravelTo(pickup_->place, place), label)) return false;
    place = pickup_->place;
  }
  if (j < 0) return Tail(route, first, place);
  for (int k = first + 1; k <= j; ++k) {
    const Position& next = route.at(k);
    const Ticks travel =
        k == first + 1 ? problem_.Travel(place, next.place) : route.at(k - 1).to_next;
    if (!Extend(next.visit, travel, label) || label.begin > next.latest) return false;
    place = next.place;
  }
  if (!Extend(*dropoff_, problem_.TravelTo(dropoff_->place, place), label)) return false;
  return Tail(route, j, dropoff_->place);
}

// What comes after position `after` when the vehicle is at `place`: until the end, or until nothing
// is worse than in the route as it was.
bool PlaceFinder::Tail(const RouteState& route, int after, Place place) {
  Label& label = work_.fork;
  int k = after + 1;
  const bool open = k > route.size() && route.open();
  const Ticks travel = open ? 0 : problem_.Travel(place, route.at(k).place);
  if (!Extend(route.at(k).visit, travel, label)) return false;
  for (; k <= route.size(); ++k) {
    if (label.begin > route.at(k).latest) return false;
    const auto known = route.tracked(k);
    if (Dominates(label, route.at(k).begin, known.data(), known.size())) return true;
    if (!Extend(route.at(k + 1).visit, route.at(k).to_next, label)) return false;
  }
  return true;
}

}  // namespace stadtmesh::dispatch::internal

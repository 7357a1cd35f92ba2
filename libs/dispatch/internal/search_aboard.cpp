// Who is on board stays on that vehicle, but the order of the drop-offs is free.
#include <algorithm>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

constexpr double kAnywhere = 0.2;  // moves to a random place instead of the best

}  // namespace

void Search::FindAboard() {
  for (int v = 0; v < current_.vehicles(); ++v) {
    const RouteState& route = current_.route(v);
    if (!current_.usable(v)) continue;
    for (int k = problem_.vehicle(v).locked + 1; k <= route.size(); ++k) {
      const NodeId id = route.at(k).node;
      if (id >= 0 && problem_.node(id).kind == NodeKind::kDropoff && !current_.movable(id >> 1) &&
          (problem_.request(id >> 1).aboard == v || !problem_.request(id >> 1).has_pickup)) {
        aboard_.emplace_back(v, id);
      }
    }
  }
}

// Takes one drop-off to the best place, or any, on its own vehicle.
void Search::MoveAboard() {
  const auto& chosen =
      aboard_[static_cast<size_t>(random_.Below(static_cast<int>(aboard_.size())))];
  const int v = chosen.first;
  const NodeId id = chosen.second;
  const RouteState& route = current_.route(v);
  std::vector<NodeId> others;
  for (int k = 1; k <= route.size(); ++k) {
    if (route.at(k).node != id) others.push_back(route.at(k).node);
  }
  const int locked = problem_.vehicle(v).locked,
            places = static_cast<int>(others.size()) - locked + 1;
  RouteState moved;
  std::vector<NodeId> stops, best;
  double least = kNoLimit;
  const auto consider = [&](int place) {
    stops = others;
    stops.insert(stops.begin() + locked + place, id);
    if (!moved.Build(problem_, v, stops, work_) || moved.cost() >= least) return;
    least = moved.cost();
    best = stops;
  };
  if (random_.Unit() < kAnywhere) {
    consider(random_.Below(places));
  } else {
    for (int place = 0; place < places; ++place) consider(place);
  }
  if (!best.empty()) current_.Reorder(v, best, work_);
}

}  // namespace stadtmesh::dispatch::internal

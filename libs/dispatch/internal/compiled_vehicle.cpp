// What the planner needs to know of a vehicle and of what it has driven already.
#include <algorithm>

#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {

void Compiled::AddVehicle(const Problem& problem, int v, const Plan* plan) {
  const Vehicle& vehicle = problem.vehicles[v];
  VehicleFacts& facts = vehicles_[v];
  facts.rooms = vehicle.configurations;
  facts.skills = vehicle.skills;
  facts.max_duration = vehicle.LongestTour();
  facts.limited = facts.max_duration < kForever;
  facts.shift_seconds = ToSeconds(std::max(kSecond, vehicle.shift.latest - vehicle.shift.earliest));
  Node start;
  start.kind = NodeKind::kStart;
  start.owner = v;
  start.place = vehicle.start;
  start.earliest = vehicle.shift.earliest;
  start.latest = vehicle.ShiftLimits().latest;
  if (vehicle.progress) {
    start.place = vehicle.progress->place;
    start.earliest = std::max(start.earliest, vehicle.progress->ready);
  }
  facts.start = AddOther(start);
  Node end = start;
  end.kind = NodeKind::kEnd;
  end.place = vehicle.end.value_or(-1);
  end.earliest = vehicle.shift.earliest;
  facts.end = AddOther(end);
  for (size_t b = 0; b < vehicle.breaks.size(); ++b) {
    Node pause;
    pause.kind = NodeKind::kBreak;
    pause.owner = static_cast<int32_t>(b);
    pause.place = -1;
    pause.earliest = vehicle.breaks[b].window.earliest;
    pause.latest = vehicle.breaks[b].Limits().latest;
    pause.service = vehicle.breaks[b].duration;
    facts.breaks.push_back(AddOther(pause));
  }
  if (vehicle.progress) AddDriven(problem, v, plan ? plan->routes[v] : Route());
  int placed = facts.driven_breaks;
  for (int k = 0; k < facts.locked && plan != nullptr; ++k) {
    const auto& stops = plan->routes[v].stops;
    const size_t at = static_cast<size_t>(facts.driven + k);
    if (at < stops.size() && stops[at].kind == StopKind::kBreak) ++placed;
  }
  facts.free_breaks = placed < static_cast<int>(facts.breaks.size());
}

void Compiled::AddDriven(const Problem& problem, int v, const Route& route) {
  const Progress& progress = *problem.vehicles[v].progress;
  VehicleFacts& facts = vehicles_[v];
  facts.begun = progress.started.has_value() || !progress.begun.empty();
  facts.driven = static_cast<int>(std::min(progress.begun.size(), route.stops.size()));
  facts.locked = std::max(0, progress.locked - facts.driven);
  if (progress.started && facts.limited) {
    const Ticks bound = *progress.started + facts.max_duration;
    facts.boarded.push_back({-1, bound, bound});
    facts.limited = false;
  }
  for (int k = 0; k < facts.driven; ++k) {
    const Stop& stop = route.stops[k];
    facts.begun_at.push_back({progress.begun[k], progress.begun[k], progress.begun[k]});
    if (stop.kind == StopKind::kBreak) {
      facts.driven_breaks += 1;
      continue;
    }
    if (stop.kind == StopKind::kDropoff) {
      facts.served.push_back(stop.index);
      std::erase_if(facts.riding, [&](const auto& riding) { return riding.request == stop.index; });
      std::erase_if(facts.boarded, [&](const Tracked& t) { return t.request == stop.index; });
      continue;
    }
    const Node& pickup = requests_[stop.index].pickup;
    facts.riding.push_back({stop.index, progress.begun[k] + pickup.service});
    if (!requests_[stop.index].facts.watched) continue;
    const Ticks bound = progress.begun[k] + pickup.service + pickup.max_ride;
    facts.boarded.push_back({stop.index, bound, bound});
  }
  for (const auto& [r, boarded] : facts.riding) {
    for (int d = 0; d < kDimensions; ++d) facts.on_board[d] += requests_[r].facts.load[d];
    requests_[r].facts.aboard = v;
    // The pick-up is history: only the drop-off's own limits count.
    Node& dropoff = requests_[r].dropoff;
    dropoff.earliest = dropoff.window.earliest;
    dropoff.latest = dropoff.window.latest;
  }
}

}  // namespace stadtmesh::dispatch::internal

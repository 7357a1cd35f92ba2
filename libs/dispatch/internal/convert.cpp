#include "dispatch/internal/convert.h"

#include "dispatch/internal/breaks.h"

namespace stadtmesh::dispatch::internal {

std::vector<NodeId> NodesOf(const Compiled& problem, int vehicle, const Route& route) {
  const VehicleFacts& facts = problem.vehicle(vehicle);
  std::vector<NodeId> nodes;
  for (size_t i = facts.driven; i < route.stops.size(); ++i) {
    const Stop& stop = route.stops[i];
    switch (stop.kind) {
      case StopKind::kPickup:
        nodes.push_back(problem.PickupNode(stop.index));
        break;
      case StopKind::kDropoff:
        nodes.push_back(problem.DropoffNode(stop.index));
        break;
      case StopKind::kBreak:
        nodes.push_back(facts.breaks[stop.index]);
        break;
    }
  }
  return nodes;
}

Stop StopOf(const Compiled& problem, NodeId id) {
  if (id >= 0) return {(id & 1) != 0 ? StopKind::kDropoff : StopKind::kPickup, id >> 1};
  return {StopKind::kBreak, problem.node(id).owner};
}

namespace {

// Also for a request that is not in the problem yet.
const Node& NodeOf(const Compiled& problem, NodeId id, const CompiledRequest& wanted) {
  if (id < 0 || (id >> 1) != wanted.pickup.owner) return problem.node(id);
  return (id & 1) != 0 ? wanted.dropoff : wanted.pickup;
}

}  // namespace

std::vector<NodeId> StopsWith(const Compiled& problem, const RouteState& route,
                              const CompiledRequest& wanted, const Placement& place,
                              Workspace& work) {
  std::vector<NodeId> plain, stops;
  PlaceFinder::Stops(route, wanted.pickup.owner, place, plain);
  const VehicleFacts& facts = problem.vehicle(route.vehicle());
  if (!facts.free_breaks) return plain;
  auto& sequence = work.sequence;
  sequence.assign(1, &problem.node(facts.start));
  for (NodeId id : plain) sequence.push_back(&NodeOf(problem, id, wanted));
  sequence.push_back(&problem.node(facts.end));
  const Arrangement arranged =
      Arrange(problem, route.vehicle(), sequence, NeedsClock(problem) ? &work.clock : nullptr);
  size_t b = 0;
  for (size_t k = 0; k <= plain.size(); ++k) {
    if (k > 0) stops.push_back(plain[k - 1]);
    for (; b < arranged.after.size() && arranged.after[b] == static_cast<int32_t>(k); ++b) {
      stops.push_back(facts.breaks[arranged.first + b]);
    }
  }
  return stops;
}

RouteSchedule ScheduleOf(const Compiled& problem, int vehicle, absl::Span<const NodeId> stops,
                         const CompiledRequest& wanted, Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(vehicle);
  auto& sequence = work.sequence;
  sequence.assign(1, &problem.node(facts.start));
  for (NodeId id : stops) sequence.push_back(&NodeOf(problem, id, wanted));
  sequence.push_back(&problem.node(facts.end));
  RouteSchedule schedule;
  if (work.clock.Time(vehicle, sequence)) schedule = work.clock.Schedule();
  schedule.stops.insert(schedule.stops.begin(), facts.begun_at.begin(), facts.begun_at.end());
  return schedule;
}

}  // namespace stadtmesh::dispatch::internal

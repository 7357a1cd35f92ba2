#include "dispatch/eight_steps.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

using TimedNode = TimedRoute::Node;

TimedNode VisitNode(const Problem& problem, const Stop& stop, int position) {
  const Request& request = problem.requests[stop.index];
  TimedNode node;
  node.is_pickup = stop.kind == StopKind::kPickup;
  const Visit& visit = node.is_pickup ? *request.pickup : *request.dropoff;
  node.place = visit.place;
  node.window = visit.Limits();
  node.due = (visit.promise ? *visit.promise : visit.window).latest;
  node.service = visit.service;
  node.stop = position;
  node.request = stop.index;
  node.max_ride = request.LongestRide();
  return node;
}

// Links a drop-off to its pick-up, among the nodes or among the driven stops.
void LinkPickup(const Problem& problem, const Vehicle& vehicle, const Route& route, int driven,
                std::vector<TimedNode>& nodes, TimedNode& node) {
  for (size_t k = 1; k < nodes.size(); ++k) {
    if (nodes[k].is_pickup && nodes[k].request == node.request) node.pickup = static_cast<int>(k);
  }
  for (int k = 0; k < driven; ++k) {
    const Stop& stop = route.stops[k];
    if (stop.kind == StopKind::kPickup && stop.index == node.request) {
      node.boarded = vehicle.progress->begun[k] + problem.requests[stop.index].pickup->service;
    }
  }
}

// Steps 2 and 5, and the forward part of 7c: arrival, waiting, begin, departure from node `first`
// on.
void Forward(const TravelTimes& travel, std::vector<TimedNode>& nodes, size_t first) {
  for (size_t i = std::max<size_t>(first, 1); i < nodes.size(); ++i) {
    const TimedNode& before = nodes[i - 1];
    TimedNode& node = nodes[i];
    node.arrival = before.departure + travel.Between(before.place, node.place, before.departure);
    node.begin = std::max(node.arrival, node.window.earliest);
    node.waiting = node.begin - node.arrival;
    node.departure = node.begin + node.service;
  }
}

Ticks NodeRide(const std::vector<TimedNode>& nodes, const TimedNode& node) {
  if (node.pickup >= 0) return node.begin - nodes[node.pickup].departure;
  return node.boarded >= 0 ? node.begin - node.boarded : -1;
}

// F_j: how far the beginning at j can move back without a window or a ride of somebody who boarded
// before j being broken (further).
Ticks Slack(const std::vector<TimedNode>& nodes, int j) {
  Ticks slack = kForever;
  Ticks waiting = 0;
  for (size_t i = j; i < nodes.size(); ++i) {
    const TimedNode& node = nodes[i];
    if (static_cast<int>(i) > j) waiting += node.waiting;
    Ticks room = node.window.latest - node.begin;
    const bool boarded_before = node.boarded >= 0 || (node.pickup >= 0 && node.pickup < j);
    if (boarded_before && node.max_ride < kForever) {
      room = std::min(room, node.max_ride - NodeRide(nodes, node));
    }
    slack = std::min(slack, waiting + std::max<Ticks>(room, 0));
  }
  return slack;
}

Ticks WaitingAfter(const std::vector<TimedNode>& nodes, size_t j) {
  Ticks waiting = 0;
  for (size_t p = j + 1; p < nodes.size(); ++p) waiting += nodes[p].waiting;
  return waiting;
}

void EightSteps(const TravelTimes& travel, std::vector<TimedNode>& nodes) {
  nodes[0].begin = nodes[0].departure = nodes[0].window.earliest;          // 1
  Forward(travel, nodes, 1);                                               // 2
  const Ticks later = std::min(Slack(nodes, 0), WaitingAfter(nodes, 0));   // 3
  nodes[0].begin = nodes[0].departure = nodes[0].window.earliest + later;  // 4
  Forward(travel, nodes, 1);                                               // 5, 6
  for (size_t j = 1; j < nodes.size(); ++j) {                              // 7
    if (!nodes[j].is_pickup) continue;
    const Ticks delay = std::min(Slack(nodes, static_cast<int>(j)), WaitingAfter(nodes, j));
    if (delay <= 0) continue;
    nodes[j].waiting += delay;
    nodes[j].begin += delay;
    nodes[j].departure += delay;
    Forward(travel, nodes, j + 1);
  }
}

// The least solution of begin >= earliest, begin >= arrival, begin(pick-up) >= begin(drop-off) -
// ride - service, by repetition. Each round only raises, so it ends at the least solution or beyond
// a window. Where a way gets shorter by the hour so slowly that a ride is only just possible, that
// takes many rounds, each a little shorter than the one before; their number is bounded for routes
// without windows.
void LeastSchedule(const TravelTimes& travel, const Vehicle& vehicle,
                   std::vector<TimedNode>& nodes) {
  std::vector<Ticks> least(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) least[i] = nodes[i].window.earliest;
  const bool begun = vehicle.progress && vehicle.progress->started;
  for (int round = 0; round < 20'000; ++round) {
    bool raised = false;
    for (size_t i = 0; i < nodes.size(); ++i) {
      TimedNode& node = nodes[i];
      if (i > 0) {
        const TimedNode& before = nodes[i - 1];
        node.arrival =
            before.departure + travel.Between(before.place, node.place, before.departure);
      } else {
        node.arrival = least[0];
      }
      node.begin = std::max(node.arrival, least[i]);
      if (node.begin > node.window.latest)
        node.begin = std::max(node.arrival, node.window.earliest);
      node.waiting = node.begin - node.arrival;
      node.departure = node.begin + node.service;
    }
    const auto raise = [&](size_t i, Ticks to) {
      if (to <= nodes[i].begin || to > nodes[i].window.latest) return;
      least[i] = to;
      raised = true;
    };
    for (size_t i = 1; i < nodes.size(); ++i) {
      if (nodes[i].pickup < 0 || nodes[i].max_ride >= kForever) continue;
      raise(nodes[i].pickup, nodes[i].begin - nodes[i].max_ride - nodes[nodes[i].pickup].service);
    }
    if (!begun && vehicle.LongestTour() < kForever)
      raise(0, nodes.back().begin - vehicle.LongestTour());
    if (!raised) return;
  }
}

}  // namespace

TimedRoute MakeTimedRoute(const Problem& problem, int vehicle_index, const Route& route) {
  const Vehicle& vehicle = problem.vehicles[vehicle_index];
  TimedRoute timed;
  const Progress* progress = vehicle.progress ? &*vehicle.progress : nullptr;
  timed.driven = progress ? static_cast<int>(progress->begun.size()) : 0;
  timed.used = !route.stops.empty() || (progress && progress->started);
  TimedNode departure;
  departure.place = progress ? progress->place : vehicle.start;
  departure.window = vehicle.ShiftLimits();
  departure.due = vehicle.shift.latest;
  if (progress) departure.window.earliest = std::max(progress->ready, vehicle.shift.earliest);
  timed.nodes.push_back(departure);
  for (size_t i = timed.driven; i < route.stops.size(); ++i) {
    const Stop& stop = route.stops[i];
    TimedNode node;
    if (stop.kind == StopKind::kBreak) {
      node.place = timed.nodes.back().place;
      node.window = vehicle.breaks[stop.index].Limits();
      node.due = vehicle.breaks[stop.index].window.latest;
      node.service = vehicle.breaks[stop.index].duration;
      node.stop = static_cast<int>(i);
    } else {
      node = VisitNode(problem, stop, static_cast<int>(i));
      if (!node.is_pickup) LinkPickup(problem, vehicle, route, timed.driven, timed.nodes, node);
    }
    timed.nodes.push_back(node);
  }
  TimedNode end;
  end.place = vehicle.end && timed.used ? *vehicle.end : timed.nodes.back().place;
  end.window = vehicle.ShiftLimits();
  end.due = vehicle.shift.latest;
  timed.nodes.push_back(end);
  return timed;
}

void Schedule(const TravelTimes& travel, const Vehicle& vehicle, TimedRoute& route) {
  if (travel.time_dependent()) {
    LeastSchedule(travel, vehicle, route.nodes);
  } else {
    EightSteps(travel, route.nodes);
  }
}

void ScheduleEarly(const TravelTimes& travel, TimedRoute& route) {
  route.nodes[0].begin = route.nodes[0].departure = route.nodes[0].window.earliest;
  Forward(travel, route.nodes, 1);
}

Ticks TourStart(const Vehicle& vehicle, const TimedRoute& route) {
  const bool begun = vehicle.progress && vehicle.progress->started;
  return begun ? *vehicle.progress->started : route.nodes.front().departure;
}

Ticks RideTime(const TimedRoute& route, int i) { return NodeRide(route.nodes, route.nodes[i]); }

RouteSchedule ToSchedule(const Vehicle& vehicle, const TimedRoute& route) {
  RouteSchedule schedule;
  schedule.start = route.nodes.front().departure;
  schedule.end = route.nodes.back().begin;
  for (int i = 0; i < route.driven; ++i) {
    const Ticks begun = vehicle.progress->begun[i];
    schedule.stops.push_back({begun, begun, begun});
  }
  for (size_t i = 1; i + 1 < route.nodes.size(); ++i) {
    const TimedNode& node = route.nodes[i];
    schedule.stops.push_back({node.arrival, node.begin, node.departure});
  }
  return schedule;
}

}  // namespace stadtmesh::dispatch::internal

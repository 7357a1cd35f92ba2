#include "dispatch/tests/spoil.h"

#include <algorithm>

#include "dispatch/check.h"
#include "dispatch/insert.h"

namespace stadtmesh::dispatch {
namespace {

Features RandomFeatures(const Choice& next) {
  Features features;
  features.requests = 1 + static_cast<int>(next(6));
  features.vehicles = 1 + static_cast<int>(next(3));
  features.breaks = next(2) != 0;
  features.one_sided = next(2) != 0;
  features.company = next(3) == 0;
  features.duration = next(2) != 0;
  features.configurations = next(2) != 0;
  features.schedule_price = next(2) != 0;
  features.time_dependent = next(4) == 0;
  return features;
}

// Somewhere in the middle of its tour, a little late.
void SetOut(const Choice& next, size_t v, Case& made) {
  const CheckReport report = Check(made.town.problem, made.plan);
  if (!report.feasible) return;
  Vehicle& vehicle = made.town.problem.vehicles[v];
  const auto& stops = made.plan.routes[v].stops;
  const auto driven = next(static_cast<uint32_t>(stops.size()) + 1);
  Progress progress;
  progress.place = vehicle.start;
  progress.ready = report.schedules[v].start;
  if (next(2) != 0) progress.started = report.schedules[v].start;
  for (uint32_t k = 0; k < driven; ++k) {
    const StopTimes& times = report.schedules[v].stops[k];
    progress.begun.push_back(times.begin);
    progress.ready = times.end;
    if (stops[k].kind == StopKind::kBreak) continue;
    const Request& request = made.town.problem.requests[stops[k].index];
    progress.place = (stops[k].kind == StopKind::kPickup ? request.pickup : request.dropoff)->place;
  }
  progress.ready += static_cast<Ticks>(next(20)) * kMinute;
  progress.locked = static_cast<int>(next(static_cast<uint32_t>(stops.size()) + 2));
  vehicle.progress = progress;
}

void Tolerate(const Choice& next, Problem& problem) {
  const Ticks tolerance = static_cast<Ticks>(next(300)) * kMinute;
  Request& request = problem.requests[next(static_cast<uint32_t>(problem.requests.size()))];
  switch (next(4)) {
    case 0:
      request.tolerated_ride = tolerance;
      break;
    case 1:
      if (request.pickup) request.pickup->tolerated_latest = tolerance;
      break;
    case 2:
      problem.vehicles[0].tolerated_end = tolerance;
      break;
    default:
      problem.vehicles[0].tolerated_duration = tolerance;
  }
}

void Change(const Choice& next, Case& made) {
  Plan& plan = made.plan;
  if (plan.routes.empty()) return;
  auto& stops = plan.routes[next(static_cast<uint32_t>(plan.routes.size()))].stops;
  auto& others = plan.routes[next(static_cast<uint32_t>(plan.routes.size()))].stops;
  const auto at = [&](const std::vector<Stop>& list) {
    return list.begin() + next(static_cast<uint32_t>(list.size()) + 1);
  };
  const auto some = stops.empty() ? 0 : next(static_cast<uint32_t>(stops.size()));
  const Stop any{static_cast<StopKind>(next(3)), static_cast<int32_t>(next(9)) - 1};
  switch (next(9)) {
    case 0:
      if (!stops.empty()) std::swap(stops[some], stops[next(static_cast<uint32_t>(stops.size()))]);
      break;
    case 1:
      if (some + 1 < stops.size()) std::swap(stops[some], stops[some + 1]);
      break;
    case 2:
      if (!stops.empty()) stops.erase(stops.begin() + some);
      break;
    case 3:
      stops.insert(at(stops), any);
      break;
    case 4:
      if (!stops.empty()) stops[some] = any;
      break;
    case 5:
      std::swap(stops, others);
      break;
    case 6:
      if (next(4) == 0) plan.routes.resize(next(4));
      break;
    case 7: {
      const Stop moved = stops.empty() ? any : stops[some];
      if (!stops.empty()) stops.erase(stops.begin() + some);
      others.insert(at(others), moved);
      break;
    }
    default:
      Tolerate(next, made.town.problem);
  }
}

}  // namespace

Case SpoiltCase(const Choice& next) {
  Case made;
  made.town = RandomTown(next(1u << 30), RandomFeatures(next));
  Problem& problem = made.town.problem;
  made.plan.routes.resize(problem.vehicles.size());
  for (size_t r = 0; r < problem.requests.size(); ++r) {
    const InsertAnswer answer = Insert(problem, made.plan, static_cast<int>(r), {.explain = false});
    if (!answer.options.empty())
      made.plan.routes[answer.options[0].vehicle] = answer.options[0].route;
    problem.requests[r].mandatory = next(8) == 0;
  }
  for (size_t v = 0; v < problem.vehicles.size(); ++v) {
    if (next(2) != 0) SetOut(next, v, made);
  }
  for (uint32_t changes = next(4); changes > 0; --changes) Change(next, made);
  return made;
}

}  // namespace stadtmesh::dispatch

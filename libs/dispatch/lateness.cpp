#include "dispatch/lateness.h"

#include <algorithm>

#include "dispatch/eight_steps.h"

namespace stadtmesh::dispatch {
namespace {

// False for what more time does not mend.
bool Tolerate(Problem& problem, const Plan& plan, const CheckReport& report, const Violation& late) {
  if (late.by <= 0 || late.vehicle < 0) return false;
  const RouteSchedule& schedule = report.schedules[late.vehicle];
  Vehicle& vehicle = problem.vehicles[late.vehicle];
  const auto visit = [&]() -> Visit& {
    const Stop& stop = plan.routes[late.vehicle].stops[late.stop];
    Request& request = problem.requests[stop.index];
    return stop.kind == StopKind::kPickup ? *request.pickup : *request.dropoff;
  };
  switch (late.limit) {
    case Limit::kWindow:
    case Limit::kPromise:
      visit().tolerated_latest = visit().Limits().latest + late.by;
      return true;
    case Limit::kRideTime:
      problem.requests[late.request].tolerated_ride = problem.requests[late.request].LongestRide() + late.by;
      return true;
    case Limit::kShift:
      vehicle.tolerated_end = std::max(schedule.start, schedule.end);
      return true;
    case Limit::kDuration:
      vehicle.tolerated_duration = vehicle.LongestTour() + late.by;
      return true;
    case Limit::kBreak: {
      Break& pause = vehicle.breaks[plan.routes[late.vehicle].stops[late.stop].index];
      pause.tolerated_latest = pause.Limits().latest + late.by;
      return true;
    }
    default:
      return false;
  }
}

// Puts up with whatever route `v` breaks when everything begins as early as it can.
void TolerateEarly(Problem& problem, const Plan& plan, int v) {
  internal::TimedRoute route = internal::MakeTimedRoute(problem, v, plan.routes[v]);
  internal::ScheduleEarly(*problem.travel, route);
  Vehicle& vehicle = problem.vehicles[v];
  const auto later = [](Ticks& tolerated, Ticks limit, Ticks value) {
    if (value > limit) tolerated = std::max(tolerated, value);
  };
  for (size_t i = 0; i < route.nodes.size(); ++i) {
    const auto& node = route.nodes[i];
    if (node.stop < 0) {
      later(vehicle.tolerated_end, vehicle.shift.latest, node.begin);
    } else if (node.request < 0) {
      Break& pause = vehicle.breaks[plan.routes[v].stops[node.stop].index];
      later(pause.tolerated_latest, pause.window.latest, node.begin);
    } else {
      Request& request = problem.requests[node.request];
      later((node.is_pickup ? request.pickup : request.dropoff)->tolerated_latest, node.due, node.begin);
      later(request.tolerated_ride, request.max_ride, internal::RideTime(route, static_cast<int>(i)));
    }
  }
  later(vehicle.tolerated_duration, vehicle.max_duration, route.nodes.back().begin - internal::TourStart(vehicle, route));
}

}  // namespace

std::vector<Violation> TolerateLateness(Problem& problem, const Plan& plan) {
  // What is loosened for one limit can move the schedule, which then needs another.
  constexpr int kRounds = 4;
  CheckReport report = Check(problem, plan);
  for (int round = 0; round < kRounds; ++round) {
    bool loosened = false;
    for (const Violation& violation : report.violations) loosened |= Tolerate(problem, plan, report, violation);
    if (!loosened) return report.tolerated;
    report = Check(problem, plan);
  }
  // Where travel times depend on the hour that need not end: a later start meets more traffic.
  for (const Violation& violation : report.violations) {
    if (violation.by > 0 && violation.limit != Limit::kCapacity) TolerateEarly(problem, plan, violation.vehicle);
  }
  report = Check(problem, plan);
  return report.tolerated;
}

}  // namespace stadtmesh::dispatch

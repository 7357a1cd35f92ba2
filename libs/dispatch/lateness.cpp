#include "dispatch/lateness.h"

#include <algorithm>

#include "dispatch/eight_steps.h"

namespace stadtmesh::dispatch {
namespace {

// False for what more time does not mend.
bool Tolerate(Problem& problem, const Plan& plan, const CheckReport& report,
              const Violation& late) {
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
      problem.requests[late.request].tolerated_ride =
          problem.requests[late.request].LongestRide() + late.by;
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
      later((node.is_pickup ? request.pickup : request.dropoff)->tolerated_latest, node.due,
            node.begin);
      later(request.tolerated_ride, request.max_ride,
            internal::RideTime(route, static_cast<int>(i)));
    }
  }
  later(vehicle.tolerated_duration, vehicle.max_duration,
        route.nodes.back().begin - internal::TourStart(vehicle, route));
}

// When to leave `from` at the latest to be at `to` by `arrival`. Who leaves later never arrives
// earlier, so halving finds it.
Ticks LatestLeave(const TravelTimes& travel, Place from, Place to, Ticks arrival) {
  const Ticks least = travel.AtLeast(from, to);
  if (least >= kUnreachable) return kNever;
  const auto in_time = [&](Ticks leave) {
    return leave + travel.Between(from, to, leave) <= arrival;
  };
  Ticks late = arrival - least;
  if (arrival >= kForever || !travel.time_dependent() || in_time(late)) return late;
  Ticks step = kSecond;
  while (!in_time(late - step)) step *= 2;
  Ticks early = late - step;
  while (late - early > 1) {
    const Ticks middle = early + (late - early) / 2;
    (in_time(middle) ? early : late) = middle;
  }
  return early;
}

// What follows a stop, each beginning as late as the true limits allow.
class LatestSchedule {
 public:
  LatestSchedule(const Problem& problem, int vehicle, const Route& route,
                 const RouteSchedule& schedule, int stop)
      : problem_(problem),
        nodes_(internal::MakeTimedRoute(problem, vehicle, route).nodes),
        latest_(nodes_.size()),
        planned_(schedule.stops[stop].end) {
    while (nodes_[here_].stop != stop) ++here_;
    for (size_t i = here_ + 1; i < nodes_.size(); ++i) latest_[i] = LimitOf(i, schedule);
    const Vehicle& bus = problem.vehicles[vehicle];
    const Ticks start =
        bus.progress && bus.progress->started ? *bus.progress->started : schedule.start;
    if (bus.max_duration < kForever)
      latest_.back() = std::min(latest_.back(), start + bus.max_duration);
  }

  // Until nothing pulls any more. Each round only lowers, so it ends there or before a window; what
  // does not settle in many rounds stays as planned.
  Ticks Leave() {
    for (int round = 0; round < 20'000; ++round) {
      bool pulled = false;
      Ticks leave = kForever;
      for (size_t i = nodes_.size() - 1; i > here_; --i) {
        pulled |= Pull(i, leave - nodes_[i].service);
        if (latest_[i] < nodes_[i].window.earliest) return kNever;
        leave = LatestLeave(*problem_.travel, nodes_[i - 1].place, nodes_[i].place, latest_[i]);
      }
      for (size_t i = here_ + 1; i < nodes_.size(); ++i) {
        if (const auto pickup = static_cast<size_t>(nodes_[i].pickup);
            nodes_[i].pickup > 0 && pickup > here_)
          pulled |= Pull(i, latest_[pickup] + nodes_[pickup].service + LongestRide(i));
      }
      if (!pulled) return leave;
    }
    return planned_;
  }

 private:
  Ticks LongestRide(size_t i) const { return problem_.requests[nodes_[i].request].max_ride; }

  // Of the visit alone, and of a ride that has begun by then.
  Ticks LimitOf(size_t i, const RouteSchedule& schedule) const {
    const auto& node = nodes_[i];
    if (node.request >= 0 && node.request == nodes_[here_].request) return kForever;
    Ticks limit = node.due;
    if (node.boarded >= 0) limit = std::min(limit, node.boarded + LongestRide(i));
    if (node.pickup >= 0 && static_cast<size_t>(node.pickup) < here_)
      limit = std::min(limit, schedule.stops[nodes_[node.pickup].stop].end + LongestRide(i));
    return limit;
  }

  bool Pull(size_t i, Ticks to) {
    if (to >= latest_[i]) return false;
    latest_[i] = to;
    return true;
  }

  const Problem& problem_;
  const std::vector<internal::TimedRoute::Node> nodes_;
  std::vector<Ticks> latest_;  // by node, behind here_
  const Ticks planned_;
  size_t here_ = 1;
};

}  // namespace

Ticks LeaveBy(const Problem& problem, int vehicle, const Route& route,
              const RouteSchedule& schedule, int stop) {
  return LatestSchedule(problem, vehicle, route, schedule, stop).Leave();
}

std::vector<Violation> TolerateLateness(Problem& problem, const Plan& plan) {
  // What is loosened for one limit can move the schedule, which then needs another.
  constexpr int kRounds = 4;
  CheckReport report = Check(problem, plan);
  for (int round = 0; round < kRounds; ++round) {
    bool loosened = false;
    for (const Violation& violation : report.violations)
      loosened |= Tolerate(problem, plan, report, violation);
    if (!loosened) return report.tolerated;
    report = Check(problem, plan);
  }
  // Where travel times depend on the hour that need not end: a later start meets more traffic.
  for (const Violation& violation : report.violations) {
    if (violation.by > 0 && violation.limit != Limit::kCapacity)
      TolerateEarly(problem, plan, violation.vehicle);
  }
  report = Check(problem, plan);
  return report.tolerated;
}

}  // namespace stadtmesh::dispatch

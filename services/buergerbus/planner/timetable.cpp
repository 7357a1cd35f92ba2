#include "buergerbus/planner/timetable.h"

#include <algorithm>
#include <map>

namespace stadtmesh::buergerbus {
namespace {

using dispatch::StopKind;
using dispatch::Ticks;

class Timetable {
 public:
  Timetable(const dispatch::Problem& problem, int vehicle, const dispatch::Route& route)
      : problem_(problem),
        vehicle_(problem.vehicles[vehicle]),
        route_(route),
        driven_(vehicle_.progress->begun.size()),
        times_(route.stops.size()),
        not_before_(route.stops.size(), 0) {
    for (size_t i = 0; i < driven_; ++i) {
      times_[i].begin = times_[i].arrival = vehicle_.progress->begun[i];
      times_[i].end = times_[i].begin + Standing(i);
    }
  }

  // Everything at its earliest, given the delays so far.
  void Forward() {
    dispatch::Place place = vehicle_.progress->place;
    Ticks ready = vehicle_.progress->ready;
    for (size_t i = driven_; i < route_.stops.size(); ++i) {
      const dispatch::Place next =
          route_.stops[i].kind == StopKind::kBreak ? place : VisitOf(i).place;
      times_[i].arrival = ready + problem_.travel->Between(place, next, ready);
      times_[i].begin = std::max({times_[i].arrival, Window(i).earliest, not_before_[i]});
      ready = times_[i].end = times_[i].begin + Standing(i);
      place = next;
    }
  }

  // Delays the pick-ups of rides that are too long; false when none is.
  bool Delay() {
    bool any = false;
    std::map<int, size_t> pickups;
    for (size_t i = 0; i < route_.stops.size(); ++i) {
      const dispatch::Stop& stop = route_.stops[i];
      if (stop.kind == StopKind::kPickup) pickups[stop.index] = i;
      if (stop.kind != StopKind::kDropoff) continue;
      const auto pickup = pickups.find(stop.index);
      if (pickup == pickups.end() || pickup->second < driven_) continue;
      const Ticks excess = times_[i].begin - times_[pickup->second].end -
                           problem_.requests[stop.index].LongestRide();
      if (excess <= 0) continue;
      not_before_[pickup->second] = times_[pickup->second].begin + excess;
      any = true;
    }
    return any;
  }

  bool InTime() const {
    for (size_t i = driven_; i < route_.stops.size(); ++i) {
      if (times_[i].begin > Window(i).latest) return false;
    }
    return true;
  }

  const std::vector<dispatch::StopTimes>& times() const { return times_; }

 private:
  const dispatch::Visit& VisitOf(size_t i) const {
    const dispatch::Request& request = problem_.requests[route_.stops[i].index];
    return route_.stops[i].kind == StopKind::kPickup ? *request.pickup : *request.dropoff;
  }
  dispatch::TimeWindow Window(size_t i) const {
    return route_.stops[i].kind == StopKind::kBreak
               ? vehicle_.breaks[route_.stops[i].index].Limits()
               : VisitOf(i).Limits();
  }
  Ticks Standing(size_t i) const {
    return route_.stops[i].kind == StopKind::kBreak
               ? vehicle_.breaks[route_.stops[i].index].duration
               : VisitOf(i).service;
  }

  const dispatch::Problem& problem_;
  const dispatch::Vehicle& vehicle_;
  const dispatch::Route& route_;
  size_t driven_;
  std::vector<dispatch::StopTimes> times_;
  std::vector<Ticks> not_before_;
};

}  // namespace

std::vector<dispatch::StopTimes> EarlyTimes(const dispatch::Problem& problem, int vehicle,
                                            const dispatch::Route& route,
                                            const std::vector<dispatch::StopTimes>& as_of_check) {
  constexpr int kMostRounds = 100;
  Timetable table(problem, vehicle, route);
  table.Forward();
  for (int round = 0; round < kMostRounds && table.InTime(); ++round) {
    if (!table.Delay()) return table.times();
    table.Forward();
  }
  return as_of_check;
}

}  // namespace stadtmesh::buergerbus

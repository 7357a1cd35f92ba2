#include "dispatch/tests/judge.h"

#include <algorithm>
#include <map>
#include <set>

namespace stadtmesh::dispatch {
namespace {

using Where = std::pair<size_t, size_t>;  // vehicle, position

const Visit& VisitOf(const Problem& problem, const Stop& stop) {
  const Request& request = problem.requests[stop.index];
  return stop.kind == StopKind::kPickup ? *request.pickup : *request.dropoff;
}

bool RequestIsWhole(const Request& request, const std::vector<Where>& pickups,
                    const std::vector<Where>& dropoffs) {
  if (pickups.empty() && dropoffs.empty()) return !request.Mandatory();
  if (pickups.size() != (request.pickup ? 1u : 0u) ||
      dropoffs.size() != (request.dropoff ? 1u : 0u))
    return false;
  if (!request.pickup || !request.dropoff) return true;
  return pickups[0].first == dropoffs[0].first && pickups[0].second < dropoffs[0].second;
}

bool IsWellFormed(const Problem& problem, const Plan& plan) {
  if (plan.routes.size() != problem.vehicles.size()) return false;
  std::map<int, std::vector<Where>> pickups, dropoffs;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    const auto& stops = plan.routes[v].stops;
    const Vehicle& vehicle = problem.vehicles[v];
    int breaks = 0;
    for (size_t k = 0; k < stops.size(); ++k) {
      const Stop& stop = stops[k];
      if (stop.kind == StopKind::kBreak) {
        if (stop.index != breaks++ || breaks > static_cast<int>(vehicle.breaks.size()))
          return false;
        continue;
      }
      if (stop.index < 0 || stop.index >= static_cast<int>(problem.requests.size())) return false;
      (stop.kind == StopKind::kPickup ? pickups : dropoffs)[stop.index].push_back({v, k});
    }
    if (!stops.empty() && breaks < static_cast<int>(vehicle.breaks.size())) return false;
    if (!vehicle.progress) continue;
    if (stops.size() < vehicle.progress->begun.size()) return false;
    if (static_cast<int>(stops.size()) < vehicle.progress->locked) return false;
  }
  for (size_t r = 0; r < problem.requests.size(); ++r) {
    const int index = static_cast<int>(r);
    if (!RequestIsWhole(problem.requests[r], pickups[index], dropoffs[index])) return false;
  }
  return true;
}

bool HaveRoom(const Problem& problem, const Vehicle& vehicle, const std::set<int>& riders) {
  Load load{};
  for (int r : riders) {
    for (int d = 0; d < kDimensions; ++d) load[d] += problem.requests[r].load[d];
  }
  return std::any_of(vehicle.configurations.begin(), vehicle.configurations.end(),
                     [&](const Load& room) {
                       return std::equal(load.begin(), load.end(), room.begin(),
                                         [](int32_t a, int32_t b) { return a <= b; });
                     });
}

bool GetAlong(const Problem& problem, int a, int b) {
  const Request& one = problem.requests[a];
  const Request& other = problem.requests[b];
  return (one.repels & other.traits) == 0 && (other.repels & one.traits) == 0;
}

// Who is on board, stop by stop. What is driven already is not judged.
bool RidersAreFine(const Problem& problem, const Vehicle& vehicle, const Route& route) {
  const size_t driven = vehicle.progress ? vehicle.progress->begun.size() : 0;
  std::set<int> riders;
  const auto joins = [&](int r, bool judged) {
    const bool together = std::all_of(riders.begin(), riders.end(),
                                      [&](int other) { return GetAlong(problem, r, other); });
    riders.insert(r);
    return !judged || together;
  };
  for (const Stop& stop : route.stops) {
    const bool from_start = stop.kind == StopKind::kDropoff && !problem.requests[stop.index].pickup;
    if (from_start && !joins(stop.index, driven == 0)) return false;
  }
  if (driven == 0 && !HaveRoom(problem, vehicle, riders)) return false;
  for (size_t k = 0; k < route.stops.size(); ++k) {
    const Stop& stop = route.stops[k];
    const bool judged = k >= driven;
    if (stop.kind == StopKind::kBreak) {
      if (judged && !riders.empty()) return false;
      continue;
    }
    if (judged && (problem.requests[stop.index].skills & ~vehicle.skills) != 0) return false;
    if (stop.kind == StopKind::kDropoff) {
      riders.erase(stop.index);
      continue;
    }
    if (!joins(stop.index, judged)) return false;
    if (judged && !HaveRoom(problem, vehicle, riders)) return false;
  }
  return true;
}

// Departure, stops that are not driven, end: the least begins that keep all lower limits, or a
// window that is passed.
class Clock {
 public:
  Clock(const Problem& problem, const Vehicle& vehicle, const Route& route)
      : problem_(problem),
        vehicle_(vehicle),
        driven_(vehicle.progress ? vehicle.progress->begun.size() : 0) {
    Place place = vehicle.progress ? vehicle.progress->place : vehicle.start;
    TimeWindow departure = vehicle.ShiftLimits();
    if (vehicle.progress)
      departure.earliest = std::max(departure.earliest, vehicle.progress->ready);
    Add(place, departure, 0);
    for (size_t k = driven_; k < route.stops.size(); ++k) {
      const Stop& stop = route.stops[k];
      if (stop.kind == StopKind::kBreak) {
        Add(place, vehicle.breaks[stop.index].Limits(), vehicle.breaks[stop.index].duration);
        continue;
      }
      const Visit& visit = VisitOf(problem, stop);
      place = visit.place;
      Add(place, visit.Limits(), visit.service);
    }
    Add(vehicle.end.value_or(place), vehicle.ShiftLimits(), 0);
    Rides(route);
    const bool started = vehicle.progress && vehicle.progress->started;
    if (started) Latest(nodes_.size() - 1, *vehicle.progress->started + vehicle.LongestTour());
    if (!started && vehicle.LongestTour() < kForever)
      within_.push_back({0, nodes_.size() - 1, vehicle.LongestTour()});
  }

  bool HasSchedule() {
    for (bool raised = true; raised;) {
      raised = false;
      const auto raise = [&](size_t k, Ticks to) {
        if (to > nodes_[k].begin) nodes_[k].begin = to, raised = true;
      };
      for (size_t k = 0; k + 1 < nodes_.size(); ++k) {
        const Ticks leave = nodes_[k].begin + nodes_[k].service;
        raise(k + 1, leave + problem_.travel->Between(nodes_[k].place, nodes_[k + 1].place, leave));
      }
      for (const Within& w : within_)
        raise(w.first, nodes_[w.last].begin - w.longest - nodes_[w.first].service);
      for (const Node& node : nodes_) {
        if (node.begin > node.latest) return false;
      }
    }
    return true;
  }

 private:
  struct Node {
    Place place;
    Ticks begin, latest, service;
  };
  struct Within {
    size_t first, last;
    Ticks longest;  // from the end of service at `first` to the beginning at `last`
  };
  void Add(Place place, const TimeWindow& window, Ticks service) {
    nodes_.push_back({place, window.earliest, window.latest, service});
  }
  void Latest(size_t k, Ticks latest) { nodes_[k].latest = std::min(nodes_[k].latest, latest); }
  void Rides(const Route& route) {
    for (size_t d = driven_; d < route.stops.size(); ++d) {
      for (size_t p = 0; p < d; ++p) {
        const bool ride = route.stops[d].kind == StopKind::kDropoff &&
                          route.stops[p] == Stop{StopKind::kPickup, route.stops[d].index};
        if (!ride) continue;
        const Request& request = problem_.requests[route.stops[d].index];
        if (request.LongestRide() >= kForever) continue;
        const size_t last = d - driven_ + 1;
        if (p >= driven_) {
          within_.push_back({p - driven_ + 1, last, request.LongestRide()});
        } else {
          Latest(last,
                 vehicle_.progress->begun[p] + request.pickup->service + request.LongestRide());
        }
      }
    }
  }

  const Problem& problem_;
  const Vehicle& vehicle_;
  const size_t driven_;
  std::vector<Node> nodes_;
  std::vector<Within> within_;
};

}  // namespace

bool IsFeasible(const Problem& problem, const Plan& plan) {
  if (!IsWellFormed(problem, plan)) return false;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    const Vehicle& vehicle = problem.vehicles[v];
    if (!RidersAreFine(problem, vehicle, plan.routes[v])) return false;
    const bool drives =
        !plan.routes[v].stops.empty() || (vehicle.progress && vehicle.progress->started);
    if (drives && !Clock(problem, vehicle, plan.routes[v]).HasSchedule()) return false;
  }
  return true;
}

}  // namespace stadtmesh::dispatch

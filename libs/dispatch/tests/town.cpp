#include "dispatch/tests/town.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "dispatch/check.h"

namespace stadtmesh::dispatch {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Builder {
 public:
  Builder(uint64_t seed, const Features& features) : random_(seed), features_(features) {}

  Town Build() {
    Town town;
    const int places = 2 * features_.requests + (features_.elsewhere ? 3 : 1) * features_.vehicles;
    town.travel = Travel(places);
    town.problem.travel = town.travel.get();
    for (int v = 0; v < features_.vehicles; ++v) {
      town.problem.vehicles.push_back(MakeVehicle(2 * features_.requests + v));
    }
    for (int r = 0; r < features_.requests; ++r) {
      town.problem.requests.push_back(MakeRequest(r, *town.travel));
    }
    Weights& w = town.problem.weights;
    w.refused = 100'000;
    if (Chance(30)) w.vehicle = 500;
    if (features_.schedule_price) {
      w.waiting = Number(0, 2) * 0.5;
      w.excess_ride = Number(0, 2) * 0.25;
      w.rider_wait = Number(0, 2) * 0.25;
      w.fairness = Number(0, 1);
    }
    return town;
  }

 private:
  int Number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  bool Chance(int percent) { return Number(1, 100) <= percent; }

  std::unique_ptr<TravelTimes> Travel(int places) {
    std::vector<std::pair<double, double>> at;
    for (int p = 0; p < places; ++p) at.emplace_back(Number(0, 1200), Number(0, 1200));
    std::vector<Ticks> ticks;
    for (const auto& a : at) {
      for (const auto& b : at) {
        const double seconds = std::hypot(a.first - b.first, a.second - b.second);
        ticks.push_back(static_cast<Ticks>(std::ceil(seconds * kSecond)));
      }
    }
    if (!features_.time_dependent) return std::make_unique<MatrixTravelTimes>(places, ticks);
    std::vector<std::vector<Ticks>> slices;
    for (int s = 0; s < 6; ++s) {
      const int percent = Number(100, 180);
      slices.push_back(ticks);
      for (Ticks& t : slices.back()) t = t * percent / 100;
    }
    return std::make_unique<SlicedTravelTimes>(places, kHour, slices);
  }

  Vehicle MakeVehicle(Place depot) {
    Vehicle vehicle;
    vehicle.start = depot;
    if (Chance(80)) vehicle.end = depot;
    vehicle.shift = {Number(0, 30) * kMinute, Number(240, 330) * kMinute};
    vehicle.configurations = {{Number(1, 4), 1, 0, 0}};
    if (features_.configurations)
      vehicle.configurations = {{4, 0, 0, 0}, {2, 1, 0, 0}, {1, 2, 0, 0}};
    vehicle.skills = Chance(50) ? 3 : 1;
    if (features_.duration) vehicle.max_duration = Number(60, 240) * kMinute;
    if (features_.breaks && Chance(80)) {
      const Ticks from = Number(30, 150) * kMinute;
      vehicle.breaks.push_back({{from, from + Number(20, 90) * kMinute}, 30 * kMinute});
    }
    if (features_.elsewhere) {
      if (vehicle.end && Chance(70)) vehicle.end = depot + features_.vehicles;
      if (Chance(50)) {
        vehicle.progress =
            Progress{.place = depot + 2 * features_.vehicles, .ready = Number(0, 40) * kMinute};
      }
      // Often there is time for one ride only.
      if (Chance(50)) vehicle.shift.latest = vehicle.shift.earliest + Number(10, 90) * kMinute;
    }
    return vehicle;
  }

  Request MakeRequest(int r, const TravelTimes& travel) {
    Request request;
    const Place from = 2 * r, to = 2 * r + 1;
    const Ticks direct = travel.Between(from, to, 0);
    const Ticks earliest = Number(0, 200) * kMinute;
    request.pickup =
        Visit{from, {earliest, earliest + Number(5, 90) * kMinute}, {}, Number(0, 3) * kMinute};
    request.dropoff = Visit{to, {0, kForever}, {}, Number(0, 3) * kMinute};
    if (Chance(50)) std::swap(request.pickup->window, request.dropoff->window);
    if (features_.ride_limits && Chance(80))
      request.max_ride = direct + direct * Number(0, 60) / 100 + kMinute;
    request.load = {Number(0, 2), Chance(20) ? 1 : 0, 0, 0};
    if (features_.one_sided && Chance(25)) request.pickup.reset();
    if (features_.one_sided && request.pickup && Chance(25)) request.dropoff.reset();
    if (features_.company) {
      request.traits = Number(0, 3);
      request.repels = Chance(20) ? Number(0, 3) : 0;
      request.skills = Chance(30) ? 2 : 0;
    }
    return request;
  }

  std::mt19937_64 random_;
  const Features& features_;
};

// Every way to put breaks into a route.
void WithBreaks(const Vehicle& vehicle, Route route, size_t next, size_t from,
                const std::function<void(const Route&)>& use) {
  if (route.stops.empty() || next == vehicle.breaks.size()) return use(route);
  for (size_t k = from; k <= route.stops.size(); ++k) {
    Route with = route;
    with.stops.insert(with.stops.begin() + static_cast<int64_t>(k),
                      {StopKind::kBreak, static_cast<int>(next)});
    WithBreaks(vehicle, with, next + 1, k + 1, use);
  }
}

// Every way to put a request into a route without breaks.
void WithRequest(const Problem& problem, const Route& route, int r,
                 const std::function<void(const Route&)>& use) {
  const Request& request = problem.requests[r];
  const int n = static_cast<int>(route.stops.size());
  const auto put = [](Route base, int at, Stop stop) {
    base.stops.insert(base.stops.begin() + at, stop);
    return base;
  };
  for (int i = 0; i <= n; ++i) {
    if (!request.pickup) {
      use(put(route, i, {StopKind::kDropoff, r}));
      continue;
    }
    const Route picked = put(route, i, {StopKind::kPickup, r});
    if (!request.dropoff) use(picked);
    for (int j = i + 1; request.dropoff && j <= n + 1; ++j)
      use(put(picked, j, {StopKind::kDropoff, r}));
  }
}

Route WithoutBreaks(Route route) {
  std::erase_if(route.stops, [](const Stop& stop) { return stop.kind == StopKind::kBreak; });
  return route;
}

// The cheapest route of one vehicle for every set of requests (a bit mask), by trying all of them.
class EveryRoute {
 public:
  explicit EveryRoute(const Problem& problem)
      : problem_(problem),
        relaxed_(problem),
        cost_(size_t{1} << problem.requests.size(), kInfinity),
        route_(cost_.size()) {
    relaxed_.vehicles[0].breaks.clear();
    Grow(Route(), 0, 0);
  }
  double cost(uint32_t mask) const { return cost_[mask]; }
  const Route& route(uint32_t mask) const { return route_[mask]; }

 private:
  void Grow(const Route& route, size_t r, uint32_t mask) {
    if (r == problem_.requests.size()) {
      return WithBreaks(problem_.vehicles[0], route, 0, 0,
                        [&](const Route& with) { Judge(with, mask); });
    }
    // What is infeasible without breaks stays so when stops join, as long as no detour is a short
    // cut.
    if (!problem_.travel->time_dependent() && !Check(relaxed_, Plan{{route}}).feasible) return;
    Grow(route, r + 1, mask);
    WithRequest(problem_, route, static_cast<int>(r),
                [&](const Route& with) { Grow(with, r + 1, mask | (1u << r)); });
  }

  void Judge(const Route& route, uint32_t mask) {
    const CheckReport report = Check(problem_, Plan{{route}});
    const double cost = report.cost.total - problem_.weights.refused * report.cost.refused;
    if (!report.feasible || cost >= cost_[mask]) return;
    cost_[mask] = cost;
    route_[mask] = route;
  }

  const Problem problem_;  // with one vehicle, and nobody mandatory
  Problem relaxed_;        // without breaks
  std::vector<double> cost_;
  std::vector<Route> route_;
};

}  // namespace

Town RandomTown(uint64_t seed, const Features& features) { return Builder(seed, features).Build(); }

BruteForceAnswer BruteForceSolve(const Problem& problem) {
  const uint32_t all = (1u << problem.requests.size()) - 1;
  // best[mask]: the first vehicles serve exactly these.
  std::vector<BruteForceAnswer> best(all + 1, {kInfinity, {}});
  best[0].cost = 0;
  for (const Vehicle& vehicle : problem.vehicles) {
    Problem alone = problem;
    alone.vehicles = {vehicle};
    for (Request& request : alone.requests) request.mandatory = false;
    const EveryRoute routes(alone);
    std::vector<BruteForceAnswer> next(all + 1, {kInfinity, {}});
    for (uint32_t mask = 0; mask <= all; ++mask) {
      for (uint32_t part = mask;; part = (part - 1) & mask) {
        const double cost = best[mask ^ part].cost + routes.cost(part);
        if (cost < next[mask].cost) {
          next[mask] = best[mask ^ part];
          next[mask].cost = cost;
          next[mask].plan.routes.push_back(routes.route(part));
        }
        if (part == 0) break;
      }
    }
    best = next;
  }
  BruteForceAnswer answer{kInfinity, {}};
  for (uint32_t mask = 0; mask <= all; ++mask) {
    double refused = 0;
    bool allowed = best[mask].cost < kInfinity;
    for (size_t r = 0; r < problem.requests.size(); ++r) {
      if ((mask >> r & 1) != 0) continue;
      refused += problem.requests[r].priority * problem.weights.refused;
      allowed &= !problem.requests[r].Mandatory();
    }
    if (!allowed || best[mask].cost + refused >= answer.cost) continue;
    answer = best[mask];
    answer.cost += refused;
  }
  return answer;
}

double BruteForceInsert(const Problem& problem, const Plan& plan, int request) {
  const double before = Check(problem, plan).cost.total -
                        problem.weights.refused * problem.requests[request].priority;
  double best = kInfinity;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    WithRequest(problem, WithoutBreaks(plan.routes[v]), request, [&](const Route& with) {
      WithBreaks(problem.vehicles[v], with, 0, 0, [&](const Route& route) {
        Plan changed = plan;
        changed.routes[v] = route;
        const CheckReport report = Check(problem, changed);
        if (report.feasible) best = std::min(best, report.cost.total - before);
      });
    });
  }
  return best;
}

}  // namespace stadtmesh::dispatch

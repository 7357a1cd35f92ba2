#include "day.h"

#include <algorithm>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "dispatch/check.h"
#include "dispatch/insert.h"

namespace stadtmesh::dispatch::bench {
namespace {

double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Ride {
  Wish wish;
  Request request;  // with its promise
  Ticks direct = 0;
  Ticks boarded = -1, alighted = -1;  // begin of service
};

// Stops name rides by their index in the day.
struct Bus {
  Place start = 0;
  Place place = 0;            // of the last stop that is done
  Ticks ready = 0;            // and when it was
  std::optional<Ticks> left;  // for the first stop of `ahead`: too late to send it elsewhere
  std::vector<int> aboard;
  std::vector<Stop> ahead;
  std::vector<StopTimes> times;  // of `ahead`
  std::vector<Stop> done;
};

class Day {
 public:
  Day(const Town& town, const Rules& rules, int fleet, const Policy& policy)
      : town_(town), rules_(rules), policy_(policy) {
    for (const Place start : StartPlaces(town, fleet))
      buses_.push_back({.start = start, .place = start});
  }

  Outcome Run() {
    for (const Wish& wish : town_.wishes) {
      DriveUntil(wish.asked);
      const double begin = ProcessorSeconds();
      Ask(wish);
      outcome_.seconds += ProcessorSeconds() - begin;
    }
    DriveUntil(kForever);
    Judge();
    return std::move(outcome_);
  }

 private:
  // The rides that are not over, and the routes ahead, as they stand at `now_`.
  struct Snapshot {
    Problem problem;
    Plan plan;
    std::vector<int> rides;  // by request
  };

  Place PlaceOf(const Stop& stop) const {
    const Request& request = rides_[stop.index].request;
    return (stop.kind == StopKind::kPickup ? request.pickup : request.dropoff)->place;
  }

  Request RequestOf(const Wish& wish, Ticks direct) const {
    Request request;
    request.pickup = Visit{.place = wish.from,
                           .window = {wish.earliest, wish.earliest + rules_.longest_wait},
                           .service = rules_.boarding};
    request.dropoff = Visit{.place = wish.to, .service = rules_.alighting};
    request.max_ride =
        static_cast<Ticks>(rules_.ride_factor * static_cast<double>(direct)) + rules_.ride_extra;
    request.load = {1};
    return request;
  }

  Vehicle VehicleOf(Place start) const {
    Vehicle vehicle;
    vehicle.start = start;
    vehicle.configurations = {{rules_.seats}};
    return vehicle;
  }

  Snapshot Now() const {
    Snapshot now;
    now.problem.travel = town_.travel.get();
    now.problem.weights = policy_.weights;
    for (const Bus& bus : buses_) AddBus(bus, now);
    return now;
  }

  void AddBus(const Bus& bus, Snapshot& now) const {
    Vehicle vehicle = VehicleOf(bus.start);
    Progress progress{.place = bus.place, .ready = bus.left.value_or(std::max(bus.ready, now_))};
    Route route;
    std::vector<int> index_of(rides_.size(), -1);
    const auto add = [&](StopKind kind, int ride) {
      if (index_of[ride] < 0) {
        index_of[ride] = static_cast<int>(now.problem.requests.size());
        now.problem.requests.push_back(rides_[ride].request);
        now.rides.push_back(ride);
      }
      route.stops.push_back({kind, index_of[ride]});
    };
    for (const int ride : bus.aboard) {
      add(StopKind::kPickup, ride);
      progress.begun.push_back(rides_[ride].boarded);
    }
    for (const Stop& stop : bus.ahead) add(stop.kind, stop.index);
    progress.locked = static_cast<int>(progress.begun.size()) + (bus.left ? 1 : 0);
    vehicle.progress = std::move(progress);
    now.problem.vehicles.push_back(std::move(vehicle));
    now.plan.routes.push_back(std::move(route));
  }

  void Ask(const Wish& wish) {
    ++outcome_.wishes;
    Snapshot now = Now();
    const Ticks direct = town_.travel->Between(wish.from, wish.to, 0);
    const Request request = RequestOf(wish, direct);
    now.problem.requests.push_back(request);
    const int as = static_cast<int>(now.problem.requests.size()) - 1;
    const InsertAnswer answer = Insert(now.problem, now.plan, as, {.explain = false});
    bool served = !answer.options.empty();
    if (served) {
      now.plan.routes[answer.options[0].vehicle] = answer.options[0].route;
    } else if (policy_.attempts > 0 && MakeRoom(now, as)) {
      served = true;
      ++outcome_.served_by_improvement;
    }
    if (served) {
      Promise(now, wish, direct);
    } else {
      now.problem.requests.pop_back();
    }
    if (policy_.improves())
      now.plan = Improve(now.problem, now.plan, BudgetOf(policy_.iterations)).plan;
    Adopt(now);
  }

  // Searches for a plan that serves request `as` too; ends as soon as there is one.
  bool MakeRoom(Snapshot& now, int as) {
    Budget budget = BudgetOf(policy_.attempts);
    bool found = false;
    budget.on_better = [&](const CostTerms& cost) { found = found || cost.refused < 0.5; };
    budget.cancelled = [&] { return found; };
    const SolveResult result = Improve(now.problem, now.plan, budget);
    const bool serves =
        std::any_of(result.plan.routes.begin(), result.plan.routes.end(), [&](const Route& route) {
          return std::any_of(route.stops.begin(), route.stops.end(),
                             [&](const Stop& stop) { return stop.index == as; });
        });
    if (!serves || !result.feasible) return false;
    now.plan = result.plan;
    return true;
  }

  Budget BudgetOf(int64_t iterations) {
    Budget budget{.seed = policy_.seed + 7919 * ++searches_};
    if (policy_.time > absl::ZeroDuration()) {
      budget.time = policy_.time;
    } else {
      budget.iterations = iterations;
    }
    return budget;
  }

  void Promise(Snapshot& now, const Wish& wish, Ticks direct) {
    Request& request = now.problem.requests.back();
    request.pickup->promise = request.pickup->window;
    now.rides.push_back(static_cast<int>(rides_.size()));
    rides_.push_back({wish, request, direct});
    ++outcome_.served;
  }

  void Adopt(const Snapshot& now) {
    const CheckReport report = Check(now.problem, now.plan);
    if (!report.feasible)
      outcome_.faults.push_back(absl::StrCat("a plan: ", Describe(report.violations.front())));
    for (size_t v = 0; v < buses_.size(); ++v) {
      Bus& bus = buses_[v];
      bus.ahead.clear();
      bus.times.clear();
      for (size_t i = bus.aboard.size(); i < now.plan.routes[v].stops.size(); ++i) {
        const Stop& stop = now.plan.routes[v].stops[i];
        bus.ahead.push_back({stop.kind, now.rides[stop.index]});
        bus.times.push_back(report.schedules[v].stops[i]);
      }
    }
  }

  void DriveUntil(Ticks time) {
    now_ = time;
    for (Bus& bus : buses_) {
      while (!bus.ahead.empty() && bus.times.front().begin <= time) Serve(bus);
      if (bus.ahead.empty() || bus.left) continue;
      // It leaves as late as the plan allows: who still stands can be sent elsewhere.
      const Ticks leave =
          bus.times.front().begin - town_.travel->Between(bus.place, PlaceOf(bus.ahead.front()), 0);
      if (leave < time) bus.left = leave;
    }
  }

  void Serve(Bus& bus) {
    const Stop stop = bus.ahead.front();
    Ride& ride = rides_[stop.index];
    if (stop.kind == StopKind::kPickup) {
      ride.boarded = bus.times.front().begin;
      bus.aboard.push_back(stop.index);
    } else {
      ride.alighted = bus.times.front().begin;
      bus.aboard.erase(std::find(bus.aboard.begin(), bus.aboard.end(), stop.index));
    }
    const Ticks drive = town_.travel->Between(bus.place, PlaceOf(stop), 0);
    if (bus.times.front().begin < bus.ready + drive)
      outcome_.faults.push_back(absl::StrCat("ride ", stop.index, ": reached too soon"));
    outcome_.driven += drive;
    bus.place = PlaceOf(stop);
    bus.ready = bus.times.front().end;
    bus.left.reset();
    bus.done.push_back(stop);
    bus.ahead.erase(bus.ahead.begin());
    bus.times.erase(bus.times.begin());
  }

  // The whole day once more, as one static plan, by Check; and what the clock showed, ride by ride.
  void Judge() {
    Problem problem;
    problem.travel = town_.travel.get();
    Plan plan;
    for (const Ride& ride : rides_) problem.requests.push_back(ride.request);
    for (const Bus& bus : buses_) {
      problem.vehicles.push_back(VehicleOf(bus.start));
      plan.routes.push_back({bus.done});
    }
    const CheckReport report = Check(problem, plan);
    for (const Violation& violation : report.violations)
      outcome_.faults.push_back(absl::StrCat("the day: ", Describe(violation)));
    if (outcome_.driven != report.cost.driven)
      outcome_.faults.push_back("the day: not driven by its plan");
    for (size_t i = 0; i < rides_.size(); ++i) JudgeRide(i);
  }

  void JudgeRide(size_t i) {
    const Ride& ride = rides_[i];
    const Ticks aboard = ride.alighted - ride.boarded - ride.request.pickup->service;
    const bool kept = ride.boarded >= ride.request.pickup->promise->earliest &&
                      ride.boarded <= ride.request.pickup->promise->latest && ride.alighted >= 0 &&
                      aboard <= ride.request.max_ride;
    if (!kept) outcome_.faults.push_back(absl::StrCat("ride ", i, " broke its promise"));
    outcome_.waits.push_back(ride.boarded - ride.wish.earliest);
    outcome_.rides.push_back(static_cast<double>(aboard) /
                             static_cast<double>(std::max<Ticks>(1, ride.direct)));
  }

  const Town& town_;
  const Rules rules_;
  const Policy policy_;
  Ticks now_ = 0;
  std::vector<Bus> buses_;
  std::vector<Ride> rides_;
  uint64_t searches_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome Realise(const Town& town, const Rules& rules, int fleet, const Policy& policy) {
  return Day(town, rules, fleet, policy).Run();
}

}  // namespace stadtmesh::dispatch::bench

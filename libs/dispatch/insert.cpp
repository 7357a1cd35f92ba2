#include "dispatch/insert.h"

#include <algorithm>

#include "dispatch/internal/convert.h"
#include "dispatch/internal/explain.h"
#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch {
namespace {

using internal::CompiledRequest;
using internal::kNoLimit;
using internal::PlaceFinder;
using internal::Placement;
using internal::RouteState;
using internal::Workspace;

struct Candidate {
  int vehicle = 0;
  Placement place;
};

}  // namespace

class InsertIndex::Impl {
 public:
  Impl(const Problem& problem, const Plan& plan)
      : compiled_(problem, &plan, false),
        routes_(problem.vehicles.size()),
        driven_(problem.vehicles.size()) {
    Workspace work(compiled_);
    for (size_t v = 0; v < routes_.size(); ++v) {
      const int vehicle = static_cast<int>(v);
      const auto& stops = plan.routes[v].stops;
      driven_[v].assign(stops.begin(), stops.begin() + compiled_.vehicle(vehicle).driven);
      SetRoute(vehicle, plan.routes[v], work);
    }
  }

  InsertAnswer Find(const Request& request, int as, const InsertOptions& options) const {
    Workspace work(compiled_);
    const CompiledRequest wanted = compiled_.Compile(as, request);
    InsertAnswer answer;
    for (Candidate& candidate : Search(wanted, options, work)) {
      InsertOption option = Option(wanted, as, candidate, work);
      // Places are found by bounds that hold where travel times keep the triangle inequality. Where
      // they do not, a place that has no schedule is none.
      if (option.schedule.stops.size() == option.route.stops.size())
        answer.options.push_back(std::move(option));
    }
    if (answer.options.empty() && options.explain) {
      answer.refusals = internal::Explain(compiled_, routes_, wanted, Vehicles(options), work);
    }
    return answer;
  }

  void Apply(const Request& request, int as, const InsertOption& option) {
    compiled_.SetRequest(as, compiled_.Compile(as, request));
    Workspace work(compiled_);
    SetRoute(option.vehicle, option.route, work);
  }

  void Remove(int request) {
    Workspace work(compiled_);
    for (size_t v = 0; v < routes_.size(); ++v) {
      Route route = MakeRoute(static_cast<int>(v));
      const auto is_it = [&](const Stop& stop) {
        return stop.kind != StopKind::kBreak && stop.index == request;
      };
      const auto first = route.stops.begin() + static_cast<int64_t>(driven_[v].size());
      const auto rest = std::remove_if(first, route.stops.end(), is_it);
      if (rest == route.stops.end()) continue;
      route.stops.erase(rest, route.stops.end());
      SetRoute(static_cast<int>(v), route, work);
    }
  }

  Plan MakePlan() const {
    Plan plan;
    for (size_t v = 0; v < routes_.size(); ++v)
      plan.routes.push_back(MakeRoute(static_cast<int>(v)));
    return plan;
  }

 private:
  void SetRoute(int v, const Route& route, Workspace& work) {
    const auto nodes = internal::NodesOf(compiled_, v, route);
    usable_.resize(routes_.size());
    unusable_.resize(routes_.size());
    usable_[v] = routes_[v].Build(compiled_, v, nodes, work);
    unusable_[v] = usable_[v] ? Route() : route;
  }

  Route MakeRoute(int v) const {
    if (!usable_[v]) return unusable_[v];
    Route route;
    route.stops = driven_[v];
    for (internal::NodeId id : routes_[v].Stops()) {
      route.stops.push_back(internal::StopOf(compiled_, id));
    }
    return route;
  }

  // The best place on each of the best vehicles, cheapest first.
  std::vector<Candidate> Search(const CompiledRequest& wanted, const InsertOptions& options,
                                Workspace& work) const {
    std::vector<Candidate> found;
    const size_t wanted_count = std::max(1, options.alternatives);
    for (int v : Vehicles(options)) {
      const double limit = found.size() < wanted_count ? kNoLimit : found.back().place.cost;
      const Placement place = PlaceFinder(compiled_, work).Find(routes_[v], wanted, limit);
      if (!place.found()) continue;
      const auto later = std::find_if(found.begin(), found.end(), [&](const Candidate& c) {
        return place.cost < c.place.cost;
      });
      found.insert(later, {v, place});
      if (found.size() > wanted_count) found.pop_back();
    }
    return found;
  }

  // Those that may take it. A route that is late already takes nobody.
  std::vector<int> Vehicles(const InsertOptions& options) const {
    std::vector<int> vehicles;
    const auto add = [&](int v) {
      if (v >= 0 && v < static_cast<int>(routes_.size()) && usable_[v]) vehicles.push_back(v);
    };
    for (int v : options.only_vehicles) add(v);
    for (size_t v = 0; v < routes_.size() && options.only_vehicles.empty(); ++v) {
      add(static_cast<int>(v));
    }
    return vehicles;
  }

  InsertOption Option(const CompiledRequest& wanted, int as, const Candidate& candidate,
                      Workspace& work) const {
    InsertOption option;
    option.vehicle = candidate.vehicle;
    option.cost = candidate.place.cost;
    option.route.stops = driven_[candidate.vehicle];
    const auto stops =
        internal::StopsWith(compiled_, routes_[candidate.vehicle], wanted, candidate.place, work);
    for (internal::NodeId id : stops) option.route.stops.push_back(internal::StopOf(compiled_, id));
    option.schedule = internal::ScheduleOf(compiled_, candidate.vehicle, stops, wanted, work);
    if (option.schedule.stops.size() != option.route.stops.size()) return option;
    Ticks boarded = 0;
    for (size_t i = driven_[candidate.vehicle].size(); i < option.route.stops.size(); ++i) {
      const Stop& stop = option.route.stops[i];
      if (stop.index != as || stop.kind == StopKind::kBreak) continue;
      const StopTimes& times = option.schedule.stops[i];
      if (stop.kind == StopKind::kPickup) {
        option.pickup_begin = times.begin;
        boarded = times.end;
      } else {
        option.dropoff_begin = times.begin;
        option.ride = wanted.facts.has_pickup ? times.begin - boarded : 0;
      }
    }
    return option;
  }

  internal::Compiled compiled_;
  std::vector<RouteState> routes_;
  std::vector<char> usable_;     // by vehicle: the route is feasible
  std::vector<Route> unusable_;  // those that are not, as they were given
  std::vector<std::vector<Stop>> driven_;
};

InsertIndex::InsertIndex(const Problem& problem, const Plan& plan)
    : impl_(std::make_unique<Impl>(problem, plan)) {}
InsertIndex::~InsertIndex() = default;
InsertIndex::InsertIndex(InsertIndex&&) noexcept = default;

InsertAnswer InsertIndex::Find(const Request& request, int as, const InsertOptions& options) const {
  return impl_->Find(request, as, options);
}

void InsertIndex::Apply(const Request& request, int as, const InsertOption& option) {
  impl_->Apply(request, as, option);
}

void InsertIndex::Remove(int request) { impl_->Remove(request); }

Plan InsertIndex::plan() const { return impl_->MakePlan(); }

InsertAnswer Insert(const Problem& problem, const Plan& plan, int request,
                    const InsertOptions& options) {
  return InsertIndex(problem, plan).Find(problem.requests[request], request, options);
}

}  // namespace stadtmesh::dispatch

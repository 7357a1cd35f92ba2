#include "dispatch/check_form.h"

#include <algorithm>

namespace stadtmesh::dispatch {
namespace internal {
namespace {

struct Seen {
  int vehicle = -1;
  int pickup = -1;  // position
  int dropoff = -1;
};

class FormChecker {
 public:
  FormChecker(const Problem& problem, const Plan& plan)
      : problem_(problem), plan_(plan), seen_(problem.requests.size()) {}

  std::vector<Violation> Run() {
    if (plan_.routes.size() != problem_.vehicles.size()) {
      Report(Limit::kForm, -1, -1, -1);
      return violations_;
    }
    for (size_t v = 0; v < plan_.routes.size(); ++v) CheckRoute(static_cast<int>(v));
    for (size_t r = 0; r < seen_.size(); ++r) CheckComplete(static_cast<int>(r));
    return violations_;
  }

 private:
  void Report(Limit limit, int vehicle, int stop, int request) {
    violations_.push_back({limit, vehicle, stop, request, 0});
  }

  void CheckRoute(int v) {
    const Vehicle& vehicle = problem_.vehicles[v];
    const auto& stops = plan_.routes[v].stops;
    int next_break = 0;
    for (size_t i = 0; i < stops.size(); ++i) {
      const int stop = static_cast<int>(i);
      if (stops[i].kind != StopKind::kBreak) {
        CheckVisit(v, stop, stops[i]);
      } else if (stops[i].index != next_break++ ||
                 next_break > static_cast<int>(vehicle.breaks.size())) {
        Report(Limit::kForm, v, stop, -1);
      }
    }
    const bool driven = !stops.empty();
    if (driven && next_break < static_cast<int>(vehicle.breaks.size())) {
      Report(Limit::kBreak, v, -1, -1);
    }
    if (!vehicle.progress) return;
    const size_t kept = std::max<size_t>(vehicle.progress->begun.size(), vehicle.progress->locked);
    if (stops.size() < kept) Report(Limit::kFrozen, v, -1, -1);
    if (stops.size() < vehicle.progress->begun.size()) Report(Limit::kForm, v, -1, -1);
  }

  void CheckVisit(int v, int position, const Stop& stop) {
    if (stop.index < 0 || stop.index >= static_cast<int>(problem_.requests.size())) {
      return Report(Limit::kForm, v, position, -1);
    }
    const Request& request = problem_.requests[stop.index];
    Seen& seen = seen_[stop.index];
    const bool pickup = stop.kind == StopKind::kPickup;
    int& where = pickup ? seen.pickup : seen.dropoff;
    const bool wrong = where >= 0 || (seen.vehicle >= 0 && seen.vehicle != v) ||
                       !(pickup ? request.pickup : request.dropoff).has_value() ||
                       (!pickup && request.pickup && seen.pickup < 0);
    if (wrong) return Report(Limit::kForm, v, position, stop.index);
    where = position;
    seen.vehicle = v;
  }

  void CheckComplete(int r) {
    const Request& request = problem_.requests[r];
    const Seen& seen = seen_[r];
    if (seen.vehicle < 0) {
      if (request.Mandatory()) Report(Limit::kUnserved, -1, -1, r);
      return;
    }
    if ((request.pickup && seen.pickup < 0) || (request.dropoff && seen.dropoff < 0)) {
      Report(Limit::kForm, seen.vehicle, -1, r);
    }
  }

  const Problem& problem_;
  const Plan& plan_;
  std::vector<Seen> seen_;
  std::vector<Violation> violations_;
};

int RequestOf(const Stop& stop) { return stop.kind == StopKind::kBreak ? -1 : stop.index; }

}  // namespace

std::vector<Violation> CheckForm(const Problem& problem, const Plan& plan) {
  return FormChecker(problem, plan).Run();
}

}  // namespace internal

std::vector<Violation> CheckFrozen(const Problem& problem, const Plan& before, const Plan& plan) {
  std::vector<Violation> moved;
  for (size_t v = 0; v < problem.vehicles.size(); ++v) {
    const std::optional<Progress>& progress = problem.vehicles[v].progress;
    if (!progress) continue;
    const auto &was = before.routes[v].stops, &is = plan.routes[v].stops;
    const size_t kept = std::max<size_t>(progress->begun.size(), progress->locked);
    for (size_t i = 0; i < std::min(kept, was.size()); ++i) {
      if (i < is.size() && is[i] == was[i]) continue;
      moved.push_back({Limit::kFrozen, static_cast<int>(v), static_cast<int>(i),
                       internal::RequestOf(was[i]), 0});
    }
  }
  return moved;
}

}  // namespace stadtmesh::dispatch

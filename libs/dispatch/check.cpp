#include "dispatch/check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dispatch/check_form.h"
#include "dispatch/eight_steps.h"

namespace stadtmesh::dispatch {
namespace {

using internal::TimedRoute;

// Judges one well-formed route: what is on board, then the clock, then the price.
class RouteChecker {
 public:
  RouteChecker(const Problem& problem, int vehicle, const Route& route, CheckReport& report)
      : problem_(problem),
        vehicle_(problem.vehicles[vehicle]),
        index_(vehicle),
        route_(route),
        report_(report),
        timed_(internal::MakeTimedRoute(problem, vehicle, route)) {}

  void Run() {
    CheckOnBoard();
    if (timed_.used) internal::Schedule(*problem_.travel, vehicle_, timed_);
    if (timed_.used) CheckClock();
    report_.schedules.push_back(internal::ToSchedule(vehicle_, timed_));
    if (timed_.used) AddCost();
  }

 private:
  void Report(Limit limit, int stop, int request, Ticks by) {
    report_.violations.push_back({limit, index_, stop, request, by});
  }

  // Load that fits no configuration, in units beyond the one that comes nearest.
  int64_t Excess(const Load& load) const {
    int64_t least = kForever;
    for (const Load& room : vehicle_.configurations) {
      int64_t beyond = 0;
      for (int d = 0; d < kDimensions; ++d) beyond += std::max(0, load[d] - room[d]);
      least = std::min(least, beyond);
    }
    return least;
  }

  void CheckOnBoard() {
    std::vector<int> on_board;
    Load load{};
    const auto change = [&](const Request& request, int sign) {
      for (int d = 0; d < kDimensions; ++d) load[d] += sign * request.load[d];
    };
    for (const Stop& stop : route_.stops) {
      if (stop.kind != StopKind::kDropoff || problem_.requests[stop.index].pickup) continue;
      on_board.push_back(stop.index);
      change(problem_.requests[stop.index], 1);
    }
    if (timed_.driven == 0) {
      CheckRoom(-1, -1, load);
      for (int i : on_board) CheckCompany(on_board, i, -1);
    }
    for (size_t k = 0; k < route_.stops.size(); ++k) {
      const Stop& stop = route_.stops[k];
      const int position = static_cast<int>(k);
      if (stop.kind == StopKind::kBreak) {
        if (!on_board.empty() && position >= timed_.driven) Report(Limit::kBreak, position, -1, 0);
        continue;
      }
      const Request& request = problem_.requests[stop.index];
      if (stop.kind == StopKind::kDropoff) {
        std::erase(on_board, stop.index);
        change(request, -1);
      } else {
        on_board.push_back(stop.index);
        change(request, 1);
        CheckRoom(position, stop.index, load);
        CheckCompany(on_board, stop.index, position);
      }
      if ((request.skills & ~vehicle_.skills) != 0 && position >= timed_.driven) {
        Report(Limit::kSkills, position, stop.index, 0);
      }
    }
  }

  void CheckRoom(int position, int request, const Load& load) {
    if (position >= 0 && position < timed_.driven) return;
    if (const int64_t excess = Excess(load); excess > 0) {
      Report(Limit::kCapacity, position, request, excess);
    }
  }

  void CheckCompany(const std::vector<int>& on_board, int request, int position) {
    if (position >= 0 && position < timed_.driven) return;
    const Request& a = problem_.requests[request];
    for (int other : on_board) {
      if (other == request) continue;
      const Request& b = problem_.requests[other];
      if ((a.repels & b.traits) != 0 || (b.repels & a.traits) != 0) {
        return Report(Limit::kTogether, position, request, 0);
      }
    }
  }

  bool IsPromise(const TimedRoute::Node& node) const {
    const Request& request = problem_.requests[node.request];
    return (node.is_pickup ? request.pickup : request.dropoff)->promise.has_value();
  }

  void CheckClock() {
    const auto& nodes = timed_.nodes;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const auto& node = nodes[i];
      if (i > 0 && node.arrival - nodes[i - 1].departure >= kUnreachable) {
        return Report(Limit::kUnreachable, node.stop, node.request, 0);
      }
      const bool visit = node.request >= 0;
      const Limit limit = !visit ? (node.stop >= 0 ? Limit::kBreak : Limit::kShift)
                                 : (IsPromise(node) ? Limit::kPromise : Limit::kWindow);
      Judge({limit, index_, node.stop, node.request}, node.begin, node.due, node.window.latest);
      if (!visit) continue;
      Judge({Limit::kRideTime, index_, node.stop, node.request},
            internal::RideTime(timed_, static_cast<int>(i)),
            problem_.requests[node.request].max_ride, node.max_ride);
    }
    const Ticks duration = nodes.back().begin - internal::TourStart(vehicle_, timed_);
    Judge({Limit::kDuration, index_, -1, -1}, duration, vehicle_.max_duration,
          vehicle_.LongestTour());
  }

  // `value` may be as large as `limit`, and up to `tolerated` is put up with.
  void Judge(Violation violation, Ticks value, Ticks limit, Ticks tolerated) {
    if (value > tolerated) {
      violation.by = value - tolerated;
      report_.violations.push_back(violation);
    } else if (value > limit) {
      violation.by = value - limit;
      report_.tolerated.push_back(violation);
    }
  }

  void AddCost() {
    CostTerms& cost = report_.cost;
    Ticks driven = 0;
    const auto& nodes = timed_.nodes;
    for (size_t i = 1; i < nodes.size(); ++i) {
      const auto& node = nodes[i];
      driven += node.arrival - nodes[i - 1].departure;
      cost.waiting += node.waiting;
      if (node.request < 0) continue;
      if (node.is_pickup) cost.rider_wait += node.begin - node.window.earliest;
      const Ticks ride = internal::RideTime(timed_, static_cast<int>(i));
      if (ride < 0) continue;
      const Request& request = problem_.requests[node.request];
      cost.excess_ride +=
          ride - problem_.travel->AtLeast(request.pickup->place, request.dropoff->place);
    }
    cost.driven += driven;
    cost.vehicles += 1;
    const double shift =
        ToSeconds(std::max(kSecond, vehicle_.shift.latest - vehicle_.shift.earliest));
    cost.fairness += ToSeconds(driven) * ToSeconds(driven) / shift;
  }

  const Problem& problem_;
  const Vehicle& vehicle_;
  const int index_;
  const Route& route_;
  CheckReport& report_;
  TimedRoute timed_;
};

void AddRefused(const Problem& problem, const Plan& plan, CostTerms& cost) {
  std::vector<bool> served(problem.requests.size());
  for (const Route& route : plan.routes) {
    for (const Stop& stop : route.stops) {
      if (stop.kind != StopKind::kBreak) served[stop.index] = true;
    }
  }
  for (size_t r = 0; r < served.size(); ++r) {
    if (!served[r]) cost.refused += problem.requests[r].priority;
  }
}

double Total(const Weights& weights, const CostTerms& cost) {
  return weights.driven * ToSeconds(cost.driven) + weights.waiting * ToSeconds(cost.waiting) +
         weights.excess_ride * ToSeconds(cost.excess_ride) +
         weights.rider_wait * ToSeconds(cost.rider_wait) + weights.fairness * cost.fairness +
         weights.vehicle * cost.vehicles + weights.refused * cost.refused;
}

}  // namespace

absl::string_view LimitName(Limit limit) {
  switch (limit) {
    case Limit::kForm:
      return "FORM";
    case Limit::kFrozen:
      return "FROZEN";
    case Limit::kUnserved:
      return "UNSERVED";
    case Limit::kWindow:
      return "WINDOW";
    case Limit::kPromise:
      return "PROMISE";
    case Limit::kRideTime:
      return "RIDE_TIME";
    case Limit::kCapacity:
      return "CAPACITY";
    case Limit::kTogether:
      return "TOGETHER";
    case Limit::kSkills:
      return "SKILLS";
    case Limit::kShift:
      return "SHIFT";
    case Limit::kDuration:
      return "DURATION";
    case Limit::kBreak:
      return "BREAK";
    case Limit::kUnreachable:
      return "UNREACHABLE";
  }
  return "FORM";
}

std::string Describe(const Violation& violation) {
  std::string text;
  const auto add = [&text](absl::string_view what, int index) {
    if (index >= 0) absl::StrAppend(&text, text.empty() ? "" : ", ", what, " ", index);
  };
  add("vehicle", violation.vehicle);
  add("stop", violation.stop);
  add("request", violation.request);
  absl::StrAppend(&text, text.empty() ? "" : ": ", LimitName(violation.limit));
  if (violation.by <= 0) return text;
  if (violation.limit == Limit::kCapacity) return absl::StrCat(text, " by ", violation.by);
  return absl::StrCat(text, " by ", ToSeconds(violation.by), " s");
}

CheckReport Check(const Problem& problem, const Plan& plan) {
  CheckReport report;
  report.violations = internal::CheckForm(problem, plan);
  const bool untimed = std::any_of(report.violations.begin(), report.violations.end(),
                                   [](const Violation& v) { return v.limit == Limit::kForm; });
  if (untimed) return report;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    RouteChecker(problem, static_cast<int>(v), plan.routes[v], report).Run();
  }
  AddRefused(problem, plan, report.cost);
  report.cost.total = Total(problem.weights, report.cost);
  report.feasible = report.violations.empty();
  return report;
}

}  // namespace stadtmesh::dispatch

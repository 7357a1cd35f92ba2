#include "dispatch/internal/explain.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch::internal {
namespace {

// How far limits are loosened at most, and how exactly the amount is found.
constexpr Ticks kFarthest = 4 * kHour;
constexpr Ticks kStep = kSecond;
constexpr Ticks kNear = 5 * kMinute;
constexpr int64_t kGallop = 8;
constexpr int kMostTogether = 20;  // vehicles that are looked at where it takes several limits

// By how much each limit is loosened.
struct Slack {
  Ticks window = 0, ride = 0;
  Load room{};
  Ticks together = 0, skills = 0;  // 0 or 1
  Ticks shift = 0, duration = 0, breaks = 0;
  bool OfVehicle() const { return shift > 0 || duration > 0 || breaks > 0; }
};

// One limit: how to loosen it, by how much at most, and what is tried first.
struct Knob {
  Limit limit;
  int64_t most, step, first;
  std::function<void(Slack&, int64_t)> turn;
};

class Explainer {
 public:
  Explainer(const Compiled& problem, const std::vector<RouteState>& routes,
            const CompiledRequest& wanted, const std::vector<int>& vehicles, Workspace& work)
      : problem_(problem), routes_(routes), wanted_(wanted), vehicles_(vehicles), work_(work) {
    AddKnobs();
  }

  std::vector<Refusal> Run() {
    if (vehicles_.empty()) return {{Limit::kShift, -1, 0}};
    for (const Knob& knob : knobs_) Bisect(knob, Slack(), 0);
    if (refusals_.empty()) {
      Slack all;
      for (const Knob& knob : knobs_) knob.turn(all, knob.most);
      std::erase_if(vehicles_, [&, taking = 0](int v) mutable {
        return taking >= kMostTogether || !Takes(v, all) || ++taking == 0;
      });
      if (vehicles_.empty()) return {{Limit::kUnreachable, -1, 0}};
      // Each in turn is tightened as far as the others, as they are by then, allow.
      for (const Knob& knob : knobs_) knob.turn(all, Bisect(knob, all, -1));
    }
    return KeepLeastRoom();
  }

 private:
  void AddKnobs() {
    const RequestFacts& facts = wanted_.facts;
    const auto time = [&](Limit limit, Ticks Slack::*what, Ticks first) {
      knobs_.push_back(
          {limit, kFarthest, kStep, first, [what](Slack& slack, int64_t by) { slack.*what = by; }});
    };
    const auto yes_or_no = [&](Limit limit, Ticks Slack::*what) {
      knobs_.push_back({limit, 1, 1, 1, [what](Slack& slack, int64_t by) { slack.*what = by; }});
    };
    time(Limit::kWindow, &Slack::window, kNear);
    if (facts.watched) time(Limit::kRideTime, &Slack::ride, kNear);
    for (int d = 0; d < kDimensions; ++d) {
      if (facts.load[d] == 0) continue;
      knobs_.push_back(
          {Limit::kCapacity, facts.load[d], 1, facts.load[d],
           [d](Slack& slack, int64_t by) { slack.room[d] = static_cast<int32_t>(by); }});
    }
    if ((facts.traits | facts.repels) != 0) yes_or_no(Limit::kTogether, &Slack::together);
    if (facts.skills != 0) yes_or_no(Limit::kSkills, &Slack::skills);
    // Of a vehicle: its route is built anew for every amount, so there is no small one first.
    time(Limit::kShift, &Slack::shift, kFarthest);
    const auto any = [&](auto&& holds) {
      return std::any_of(vehicles_.begin(), vehicles_.end(),
                         [&](int v) { return holds(problem_.vehicle(v)); });
    };
    if (any([](const VehicleFacts& v) { return v.max_duration < kForever; }))
      time(Limit::kDuration, &Slack::duration, kFarthest);
    if (any([](const VehicleFacts& v) { return v.free_breaks; }))
      time(Limit::kBreak, &Slack::breaks, kFarthest);
  }

  CompiledRequest Loosened(const Slack& slack) const {
    CompiledRequest easier = wanted_;
    if (slack.window > 0 || slack.ride > 0) {
      for (Node* node : {&easier.pickup, &easier.dropoff}) {
        node->earliest = node->window.earliest;
        node->latest = node->window.latest + slack.window;
        if (easier.facts.watched) node->max_ride += slack.ride;
      }
      problem_.Tighten(easier);
    }
    for (int d = 0; d < kDimensions; ++d) easier.facts.load[d] -= slack.room[d];
    if (slack.together > 0) easier.facts.traits = easier.facts.repels = 0;
    if (slack.skills > 0) easier.facts.skills = 0;
    return easier;
  }

  bool Takes(int v, const Slack& slack) {
    const CompiledRequest request = Loosened(slack);
    if (!slack.OfVehicle())
      return PlaceFinder(problem_, work_).Find(routes_[v], request, kNoLimit).found();
    // before its route is built anew
    if (!problem_.Fits(v, Load{}, request.facts.load)) return false;
    if (!easier_) {
      easier_.emplace(problem_);
      easier_work_.emplace(*easier_);
    }
    easier_->Loosen(problem_, v, slack.shift, slack.duration, slack.breaks);
    const VehicleFacts& vehicle = problem_.vehicle(v);
    if (!vehicle.limited && !vehicle.free_breaks && !NeedsClock(problem_)) {
      route_.Stretch(routes_[v], slack.shift);
    } else if (!route_.Build(*easier_, v, routes_[v].Stops(), *easier_work_)) {
      return false;
    }
    return PlaceFinder(*easier_, *easier_work_).Find(route_, request, kNoLimit).found();
  }

  // False where a longer shift cannot help: neither the last stop nor the request behind it would
  // ever be served too late for it.
  bool ShiftMatters(int v) const {
    const RouteState& route = routes_[v];
    const Position& last = route.at(route.size());
    const Position& end = route.at(route.size() + 1);
    if (problem_.vehicle(v).free_breaks || problem_.time_dependent()) return true;
    if (route.size() > 0 && last.latest < last.visit.latest) return true;
    const Node& node = wanted_.facts.has_dropoff ? wanted_.dropoff : wanted_.pickup;
    const Ticks way = route.open() ? 0 : problem_.Travel(node.place, end.place);
    return std::max(node.latest, wanted_.pickup.latest) + node.service + way > end.visit.latest;
  }

  // Adds the smallest amount beyond `none` that makes room, the other limits as in `base`, and
  // returns it. The nearest miss is near as a rule, and a search with a limit far away is long:
  // amounts are tried from the small ones on.
  int64_t Bisect(const Knob& knob, const Slack& base, int64_t none) {
    const int64_t most = knob.most / knob.step;
    int64_t low = none, reach = std::min(most, knob.first / knob.step);
    for (;;) {
      const std::optional<Refusal> found = Nearest(knob, base, low, reach);
      if (found) {
        if (found->by > 0) refusals_.push_back(*found);
        return found->by;
      }
      if (reach == most) return (most + 1) * knob.step;
      low = reach;
      reach = std::min(most, reach * kGallop);
    }
  }

  // The smallest of the amounts beyond `low` up to `reach` that makes room. A vehicle is searched
  // only when it beats the best so far.
  std::optional<Refusal> Nearest(const Knob& knob, const Slack& base, int64_t low, int64_t reach) {
    const auto takes = [&](int v, int64_t steps) {
      Slack slack = base;
      knob.turn(slack, steps * knob.step);
      return Takes(v, slack);
    };
    std::optional<Refusal> nearest;
    int64_t least = reach + 1;
    for (int v : vehicles_) {
      if (least - 1 <= low) break;
      if (low >= 0 && knob.limit == Limit::kShift && !ShiftMatters(v)) continue;
      if (!takes(v, least - 1)) continue;
      int64_t below = low, high = least - 1;  // `below` does not help, `high` does
      while (high - below > 1) {
        const int64_t middle = below + (high - below) / 2;
        (takes(v, middle) ? high : below) = middle;
      }
      least = high;
      nearest = Refusal{knob.limit, v, least * knob.step};
    }
    return nearest;
  }

  // Of several dimensions of load the one that lacks least.
  std::vector<Refusal> KeepLeastRoom() {
    const Refusal* least = nullptr;
    for (const Refusal& refusal : refusals_) {
      if (refusal.limit == Limit::kCapacity && (least == nullptr || refusal.by < least->by))
        least = &refusal;
    }
    std::vector<Refusal> kept;
    for (const Refusal& refusal : refusals_) {
      if (refusal.limit != Limit::kCapacity || &refusal == least) kept.push_back(refusal);
    }
    return kept;
  }

  const Compiled& problem_;
  const std::vector<RouteState>& routes_;
  const CompiledRequest& wanted_;
  std::vector<int> vehicles_;
  Workspace& work_;
  // with the limits of one vehicle loosened; made when it is first needed
  std::optional<Compiled> easier_;
  std::optional<Workspace> easier_work_;
  RouteState route_;
  std::vector<Knob> knobs_;
  std::vector<Refusal> refusals_;
};

}  // namespace

std::vector<Refusal> Explain(const Compiled& problem, const std::vector<RouteState>& routes,
                             const CompiledRequest& wanted, const std::vector<int>& vehicles,
                             Workspace& work) {
  return Explainer(problem, routes, wanted, vehicles, work).Run();
}

}  // namespace stadtmesh::dispatch::internal

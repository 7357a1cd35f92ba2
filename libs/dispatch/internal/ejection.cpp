#include "dispatch/internal/ejection.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr int kShakes = 20;

// Movable requests of a route, each once.
std::vector<int> Movable(const Solution& solution, int v) {
  std::vector<int> requests;
  const RouteState& route = solution.route(v);
  for (int k = 1; k <= route.size(); ++k) {
    const NodeId id = route.at(k).node;
    if (id < 0 || !solution.movable(id >> 1)) continue;
    if (std::find(requests.begin(), requests.end(), id >> 1) == requests.end())
      requests.push_back(id >> 1);
  }
  return requests;
}

}  // namespace

bool Ejection::EmptyOneRoute(Solution& solution, const Stop& stop) {
  ++steps_;  // so that attempts end even where nothing can be tried
  std::vector<int> candidates;
  for (int v = 0; v < solution.vehicles(); ++v) {
    const RouteState& route = solution.route(v);
    if (!solution.usable(v) || !route.used() || problem_.vehicle(v).begun) continue;
    // some must stay
    if (static_cast<int>(Movable(solution, v).size()) * 2 < route.size()) continue;
    candidates.push_back(v);
  }
  if (candidates.size() < 2) return false;
  // Short routes are easier; now and then any.
  int v = candidates[random_.Below(static_cast<int>(candidates.size()))];
  for (int k = 0; k < 2; ++k) {
    const int other = candidates[random_.Below(static_cast<int>(candidates.size()))];
    if (solution.route(other).size() < solution.route(v).size()) v = other;
  }
  const Solution before = solution;
  std::vector<int> waiting = Movable(solution, v);
  solution.Mark();
  if (solution.Remove(waiting, work_) && PlaceAll(solution, waiting, v, stop)) return true;
  solution = before;
  return false;
}

bool Ejection::ServeMandatory(Solution& solution, const Stop& stop) {
  std::vector<int> waiting;
  for (int r : solution.unserved()) {
    if (problem_.request(r).mandatory) waiting.push_back(r);
  }
  if (waiting.empty()) return true;
  const Solution before = solution;
  if (PlaceAll(solution, waiting, -1, stop)) return true;
  solution = before;
  return false;
}

bool Ejection::PlaceAll(Solution& solution, std::vector<int> waiting, int closed,
                        const Stop& stop) {
  std::fill(hardness_.begin(), hardness_.end(), 1);
  random_.Shuffle(waiting);
  while (!waiting.empty()) {
    if (stop(++steps_)) return false;
    const int r = waiting.back();
    waiting.pop_back();
    if (PlaceDirectly(solution, r, closed)) continue;
    hardness_[r] += 1;
    const Choice choice = FindEjection(solution, r, closed);
    if (choice.vehicle < 0) return false;
    solution.Mark();
    if (!solution.Remove(choice.out, work_) ||
        !solution.Insert(r, choice.vehicle, choice.place, work_)) {
      solution.Undo();
      waiting.push_back(r);
      random_.Shuffle(waiting);
      continue;
    }
    for (int out : choice.out) {
      if (problem_.request(out).mandatory || closed >= 0) waiting.push_back(out);
    }
    Shake(solution, closed);
  }
  return true;
}

// A random one of the feasible vehicles' best places, cheap ones preferred.
bool Ejection::PlaceDirectly(Solution& solution, int r, int closed) {
  Placement best;
  best.cost = kNoLimit;
  int vehicle = -1;
  for (int v = 0; v < solution.vehicles(); ++v) {
    if (!Takes(solution, v, closed)) continue;
    Placement place = solution.Find(r, v, kNoLimit, work_, cache_);
    if (!place.found()) continue;
    const double noisy = place.cost * (0.8 + 0.4 * random_.Unit());
    if (vehicle >= 0 && noisy >= best.cost) continue;
    best = place;
    best.cost = noisy;
    vehicle = v;
  }
  return vehicle >= 0 && solution.Insert(r, vehicle, best, work_);
}

Ejection::Choice Ejection::FindEjection(const Solution& solution, int r, int closed) {
  Choice best;
  least_hardness_ = kNoLimit;
  ties_ = 0;
  for (int v = 0; v < solution.vehicles(); ++v) {
    if (!Takes(solution, v, closed)) continue;
    std::vector<int> out = Movable(solution, v);
    std::sort(out.begin(), out.end(), [&](int a, int b) {
      return hardness_[a] < hardness_[b] || (hardness_[a] == hardness_[b] && a < b);
    });
    for (size_t a = 0; a < out.size(); ++a) {
      if (hardness_[out[a]] > least_hardness_) break;
      TryWithout(solution, r, v, {out[a]}, hardness_[out[a]], best);
    }
    for (size_t a = 0; a < out.size(); ++a) {
      for (size_t b = a + 1; b < out.size(); ++b) {
        const double hardness = hardness_[out[a]] + hardness_[out[b]];
        if (hardness >= least_hardness_) break;
        TryWithout(solution, r, v, {out[a], out[b]}, hardness, best);
      }
    }
  }
  return best;
}

void Ejection::TryWithout(const Solution& solution, int r, int v, const std::vector<int>& out,
                          double hardness, Choice& best) {
  // Of equals each is taken with the same chance.
  if (hardness == least_hardness_ && random_.Below(ties_ + 1) != 0) {
    ++ties_;
    return;
  }
  const RouteState& route = solution.route(v);
  stops_.clear();
  for (int k = 1; k <= route.size(); ++k) {
    const NodeId id = route.at(k).node;
    if (id < 0 || std::find(out.begin(), out.end(), id >> 1) == out.end()) stops_.push_back(id);
  }
  if (!without_.Build(problem_, v, stops_, work_)) return;
  const Placement place =
      PlaceFinder(problem_, work_).Find(without_, problem_.compiled(r), kNoLimit);
  if (!place.found()) return;
  ties_ = hardness == least_hardness_ ? ties_ + 1 : 1;
  least_hardness_ = hardness;
  best.vehicle = v;
  best.place = place;
  best.out = out;
}

// Random moves of single requests to other vehicles, and back in elsewhere.
void Ejection::Shake(Solution& solution, int closed) {
  for (int k = 0; k < kShakes; ++k) {
    const int r = random_.Below(problem_.requests());
    const int from = solution.where(r);
    if (from < 0 || !solution.movable(r)) continue;
    const int to = random_.Below(solution.vehicles());
    if (!Takes(solution, to, closed) || to == from) continue;
    const Placement place = solution.Find(r, to, kNoLimit, work_, cache_);
    if (!place.found()) continue;
    solution.Mark();
    if (!solution.Remove({r}, work_) || !solution.Insert(r, to, place, work_)) solution.Undo();
  }
}

}  // namespace stadtmesh::dispatch::internal

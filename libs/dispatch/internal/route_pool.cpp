#include "dispatch/internal/route_pool.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr int kVehicles = 6;        // recombined at a time
constexpr int64_t kLooks = 50'000;  // at candidates, in one search: about a millisecond

}  // namespace

// Exact cover of `open` by candidates, with no more vehicles of each kind than there are.
struct RoutePool::Cover {
  std::vector<std::vector<const Entry*>> with;  // by request
  std::vector<double> share;                    // by request: the least part of a route's price that it takes
  std::vector<std::pair<int, int>> free;        // kind, vehicles left
  std::vector<const Entry*> chosen, best;
  double best_cost = 0;
  int64_t looks = 0;
};

RoutePool::RoutePool(const Compiled& problem)
    : problem_(problem), enabled_(problem.requests() <= static_cast<int>(64 * kWords) && !problem.has_one_sided()) {}

RoutePool::Set RoutePool::SetOf(const RouteState& route) const {
  Set set;
  for (int k = 1; k <= route.size(); ++k) {
    const NodeId id = route.at(k).node;
    if (id >= 0) set.Put(id >> 1);
  }
  return set;
}

uint64_t RoutePool::KeyOf(const Set& set, int kind) {
  uint64_t key = static_cast<uint64_t>(kind) + 1;
  for (uint64_t word : set.words) {
    key = (key ^ word) * 0x9e3779b97f4a7c15u;
    key ^= key >> 29;
  }
  return key;
}

void RoutePool::Add(const RouteState& route) {
  if (!enabled_ || !route.used()) return;
  if (entries_.size() >= kMost) {
    entries_.clear();
    known_.clear();
  }
  const Set set = SetOf(route);
  const int kind = problem_.vehicle_class(route.vehicle());
  const auto [at, fresh] = known_.emplace(KeyOf(set, kind), entries_.size());
  if (fresh) {
    entries_.push_back({set, kind, route.cost(), route.Stops()});
  } else if (route.cost() < entries_[at->second].cost - 1e-9) {
    entries_[at->second].cost = route.cost();
    entries_[at->second].stops = route.Stops();
  }
}

std::optional<std::vector<std::vector<NodeId>>> RoutePool::Recombine(const Solution& solution, Random& random) {
  std::vector<int> vehicles;
  for (int v = 0; v < solution.vehicles(); ++v) {
    if (solution.usable(v) && solution.route(v).used()) vehicles.push_back(v);
  }
  if (!enabled_ || vehicles.size() < 2) return std::nullopt;
  random.Shuffle(vehicles);
  vehicles.resize(std::min<size_t>(vehicles.size(), kVehicles));
  Cover cover;
  Set open;
  for (int v : vehicles) {
    Add(solution.route(v));
    open.Toggle(SetOf(solution.route(v)));
    cover.best_cost += solution.route(v).cost();
    const int kind = problem_.vehicle_class(v);
    const auto at = std::find_if(cover.free.begin(), cover.free.end(), [&](const auto& f) { return f.first == kind; });
    if (at == cover.free.end()) {
      cover.free.emplace_back(kind, 1);
    } else {
      ++at->second;
    }
  }
  cover.best_cost -= 1e-7;
  const double least = Gather(cover, open);
  Descend(cover, open, 0, least);
  if (cover.best.empty()) return std::nullopt;
  auto stops = solution.Stops();
  for (int v : vehicles) {
    stops[v].clear();
    const auto fits = std::find_if(cover.best.begin(), cover.best.end(),
                                   [&](const Entry* e) { return e->kind == problem_.vehicle_class(v); });
    if (fits == cover.best.end()) continue;
    stops[v] = (*fits)->stops;
    cover.best.erase(fits);
  }
  return stops;
}

// Fills in who can take part: those whose price beyond the shares of their requests leaves room for a cheaper cover, cheapest first.
double RoutePool::Gather(Cover& cover, const Set& open) const {
  std::vector<std::pair<double, const Entry*>> within;
  cover.share.assign(problem_.requests(), 1e300);
  for (const Entry& entry : entries_) {
    if (!entry.set.Within(open)) continue;
    int size = 0;
    for (uint64_t word : entry.set.words) size += __builtin_popcountll(word);
    if (size == 0) continue;
    within.emplace_back(entry.cost, &entry);
    for (NodeId id : entry.stops) {
      if (id >= 0) cover.share[id >> 1] = std::min(cover.share[id >> 1], entry.cost / size);
    }
  }
  double least = 0;
  for (int r = 0; r < problem_.requests(); ++r) least += open.Has(r) ? cover.share[r] : 0;
  for (auto& [beyond, entry] : within) {
    for (NodeId id : entry->stops) beyond -= id >= 0 ? cover.share[id >> 1] / 2 : 0;  // both stops count
  }
  std::sort(within.begin(), within.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  cover.with.resize(problem_.requests());
  for (const auto& [beyond, entry] : within) {
    if (least + beyond >= cover.best_cost) break;
    for (NodeId id : entry->stops) {
      if (id >= 0 && (id & 1) == 0) cover.with[id >> 1].push_back(entry);
    }
  }
  return least;
}

void RoutePool::Descend(Cover& cover, const Set& open, double cost, double least) const {
  if (cover.looks > kLooks || cost + least >= cover.best_cost) return;
  // The request with the fewest routes.
  int who = -1;
  for (int r = 0; r < problem_.requests(); ++r) {
    if (open.Has(r) && (who < 0 || cover.with[r].size() < cover.with[who].size())) who = r;
  }
  if (who < 0) {
    cover.best_cost = cost - 1e-7;
    cover.best = cover.chosen;
    return;
  }
  for (const Entry* entry : cover.with[who]) {
    if (++cover.looks > kLooks) return;
    if (!entry->set.Within(open)) continue;
    const auto free = std::find_if(cover.free.begin(), cover.free.end(), [&](const auto& f) { return f.first == entry->kind; });
    if (free == cover.free.end() || free->second == 0) continue;
    Set rest = open;
    rest.Toggle(entry->set);
    double left = least;
    for (int r = 0; r < problem_.requests(); ++r) left -= entry->set.Has(r) ? cover.share[r] : 0;
    --free->second;
    cover.chosen.push_back(entry);
    Descend(cover, rest, cost + entry->cost, left);
    cover.chosen.pop_back();
    ++free->second;
  }
}

}  // namespace stadtmesh::dispatch::internal

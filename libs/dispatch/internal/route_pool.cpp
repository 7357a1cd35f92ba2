#include "dispatch/internal/route_pool.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr double kLeastLuck = 0.3;  // the less, the less a relaxation's shares decide

}  // namespace

void RoutePool::Add(const RouteState& route) {
  if (!route.used()) return;
  Put(route.cost(), problem_.vehicle_class(route.vehicle()), route.Stops());
}

void RoutePool::Put(double cost, int32_t kind, const std::vector<NodeId>& stops) {
  sorted_.clear();
  for (NodeId id : stops) {
    if (id >= 0 && ((id & 1) == 0 || !problem_.request(id >> 1).has_pickup ||
                    problem_.request(id >> 1).aboard >= 0)) {
      sorted_.push_back(id >> 1);
    }
  }
  if (sorted_.empty()) return;
  std::sort(sorted_.begin(), sorted_.end());
  uint64_t key = static_cast<uint64_t>(kind) + 1;
  for (int32_t r : sorted_) {
    key = (key ^ static_cast<uint64_t>(r)) * 0x9e3779b97f4a7c15u;
    key ^= key >> 29;
  }
  const auto at = known_.find(key);
  if (at != known_.end()) {
    Entry& entry = entries_[at->second];
    if (cost >= entry.cost - 1e-9 || StopsEnd(at->second) - entry.stops != stops.size()) return;
    entry.cost = cost;
    std::copy(stops.begin(), stops.end(), stops_.begin() + entry.stops);
    return;
  }
  if (full()) Forget();
  known_.emplace(key, entries_.size());
  entries_.push_back({cost, key, kind, static_cast<uint32_t>(requests_.size()),
                      static_cast<uint32_t>(stops_.size())});
  requests_.insert(requests_.end(), sorted_.begin(), sorted_.end());
  stops_.insert(stops_.end(), stops.begin(), stops.end());
}

void RoutePool::Merge(const RoutePool& other) {
  for (size_t k = 0; k < other.entries_.size(); ++k)
    Put(other.entries_[k].cost, other.entries_[k].kind, other.StopsOf(k));
}

double RoutePool::Reduced(size_t entry) const {
  double reduced = entries_[entry].cost;
  for (uint32_t k = entries_[entry].requests; k < RequestsEnd(entry); ++k)
    reduced -= prices_[requests_[k]];
  return reduced;
}

// Keeps the half that promises most by the prices of requests.
void RoutePool::Forget() {
  used_.clear();
  std::vector<std::pair<double, size_t>> order;
  for (size_t k = 0; k < entries_.size(); ++k) order.emplace_back(Reduced(k), k);
  std::nth_element(order.begin(), order.begin() + kMost / 2, order.end());
  order.resize(kMost / 2);
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<Entry> entries;
  std::vector<int32_t> requests;
  std::vector<NodeId> stops;
  known_.clear();
  for (const auto& [reduced, k] : order) {
    Entry entry = entries_[k];
    const auto requests_begin = requests_.begin() + entry.requests;
    const auto stops_begin = stops_.begin() + entry.stops;
    entry.requests = static_cast<uint32_t>(requests.size());
    entry.stops = static_cast<uint32_t>(stops.size());
    requests.insert(requests.end(), requests_begin, requests_.begin() + RequestsEnd(k));
    stops.insert(stops.end(), stops_begin, stops_.begin() + StopsEnd(k));
    known_.emplace(entry.key, entries.size());
    entries.push_back(entry);
  }
  entries_ = std::move(entries);
  requests_ = std::move(requests);
  stops_ = std::move(stops);
}

std::optional<RoutePool::Plan> RoutePool::Recombine(const Solution& solution,
                                                    const std::vector<int>& vehicles, bool dear,
                                                    const std::function<bool()>& stop) {
  for (int v : vehicles) Add(solution.route(v));
  used_.clear();
  const double price = MakeProblem(solution, vehicles, dear);
  work_ += static_cast<int64_t>(4 * requests_.size());
  if (cover_problem_.covered == 0 || cover_problem_.size() > Cover::kMostRows) return std::nullopt;
  const std::vector<int> chosen = cover_.Solve(cover_problem_, price - 1e-6, hints_, stop);
  if (cover_.priced()) {
    for (int r = 0; r < problem_.requests(); ++r) {
      if (row_of_[r] >= 0) prices_[r] = cover_.lp().prices()[row_of_[r]];
    }
    cover_.lp().ForUsed([this](int column, double share) {
      const int32_t id = cover_problem_.columns[column].id;
      if (id >= 0) used_.push_back({share, static_cast<size_t>(id)});
    });
  }
  if (chosen.empty()) return std::nullopt;
  Plan plan = solution.Stops();
  std::vector<size_t> left;
  for (int column : chosen) {
    if (cover_problem_.columns[column].id >= 0)
      left.push_back(static_cast<size_t>(cover_problem_.columns[column].id));
  }
  for (int v : vehicles) {
    plan[v].clear();
    const auto fits = std::find_if(left.begin(), left.end(), [&](size_t entry) {
      return entries_[entry].kind == problem_.vehicle_class(v);
    });
    if (fits == left.end()) continue;
    plan[v] = StopsOf(*fits);
    left.erase(fits);
  }
  return plan;
}

std::optional<RoutePool::Plan> RoutePool::Rounded(const Solution& solution,
                                                  const std::vector<int>& vehicles,
                                                  Random& random) const {
  if (used_.empty()) return std::nullopt;
  std::vector<std::pair<double, size_t>> order;
  for (const Used& used : used_)
    order.emplace_back(-used.share * (kLeastLuck + random.Unit()), used.entry);
  std::sort(order.begin(), order.end());
  Plan plan = solution.Stops();
  for (int v : vehicles) {
    std::erase_if(plan[v], [&](NodeId id) { return id >= 0 && solution.movable(id >> 1); });
  }
  std::vector<char> taken(problem_.requests(), 0), filled(problem_.vehicles(), 0);
  for (const auto& next : order) {
    const size_t entry = next.second;
    bool apart = true;
    for (uint32_t k = entries_[entry].requests; k < RequestsEnd(entry); ++k)
      apart &= taken[requests_[k]] == 0;
    if (!apart) continue;
    const auto free = std::find_if(vehicles.begin(), vehicles.end(), [&](int v) {
      return filled[v] == 0 && problem_.vehicle_class(v) == entries_[entry].kind;
    });
    if (free == vehicles.end()) continue;
    filled[*free] = 1;
    plan[*free] = StopsOf(entry);
    for (uint32_t k = entries_[entry].requests; k < RequestsEnd(entry); ++k)
      taken[requests_[k]] = 1;
  }
  return plan;
}

}  // namespace stadtmesh::dispatch::internal

// The set partitioning problem that a pool of routes is for some vehicles.
#include <algorithm>

#include "dispatch/internal/route_pool.h"

namespace stadtmesh::dispatch::internal {

// Everybody these vehicles serve, and who may be refused; returns what all that costs now.
double RoutePool::AddRequests(const Solution& solution, const std::vector<int>& vehicles,
                              double vehicle_price) {
  CoverProblem& cover = cover_problem_;
  row_of_.assign(problem_.requests(), -1);
  double price = 0;
  const auto add_request = [&](int r) {
    if (row_of_[r] < 0) row_of_[r] = cover.covered++;
  };
  for (int v : vehicles) {
    const RouteState& route = solution.route(v);
    for (int k = 1; k <= route.size(); ++k) {
      if (route.at(k).node >= 0) add_request(route.at(k).node >> 1);
    }
    if (route.used()) price += route.cost() - vehicle_price;
  }
  for (int r : solution.unserved()) {
    if (problem_.request(r).mandatory || cover.covered >= kMostRequests) continue;
    add_request(r);
    price += problem_.request(r).refusal;
  }
  cover.alone.assign(cover.covered, 10 * price + 1);
  return price;
}

// How many vehicles of each kind there are; where they are dear, no more than drive now.
void RoutePool::AddKinds(const Solution& solution, const std::vector<int>& vehicles, bool dear) {
  CoverProblem& cover = cover_problem_;
  kinds_.clear();
  int used = 0;
  for (int v : vehicles) {
    used += solution.route(v).used() ? 1 : 0;
    const int kind = problem_.vehicle_class(v);
    const auto at = std::find(kinds_.begin(), kinds_.end(), kind);
    if (at == kinds_.end()) {
      kinds_.push_back(kind);
      cover.limits.push_back(1);
    } else {
      cover.limits[at - kinds_.begin()] += 1;
    }
  }
  if (dear && kinds_.size() == 1) cover.limits[0] = used;
  if (dear && kinds_.size() > 1) cover.limits.push_back(used);
}

// The routes within these requests, and refusals.
void RoutePool::AddColumns(double vehicle_price) {
  CoverProblem& cover = cover_problem_;
  const auto rows = static_cast<uint16_t>(cover.covered);
  const bool total = cover.limits.size() > kinds_.size();
  const auto add = [&](double cost, uint32_t first, int32_t id, double hint) {
    cover.columns.push_back({cost, first, static_cast<uint32_t>(cover.rows.size()) - first, id});
    hints_.push_back(hint);
  };
  for (size_t k = 0; k < entries_.size(); ++k) {
    const auto first = static_cast<uint32_t>(cover.rows.size());
    const auto kind = std::find(kinds_.begin(), kinds_.end(), entries_[k].kind);
    bool within = kind != kinds_.end();
    for (uint32_t i = entries_[k].requests; i < RequestsEnd(k) && within; ++i) {
      within = row_of_[requests_[i]] >= 0;
      cover.rows.push_back(static_cast<uint16_t>(std::max(0, row_of_[requests_[i]])));
    }
    if (!within) {
      cover.rows.resize(first);
      continue;
    }
    cover.rows.push_back(static_cast<uint16_t>(rows + (kind - kinds_.begin())));
    if (total) cover.rows.push_back(static_cast<uint16_t>(rows + kinds_.size()));
    add(entries_[k].cost - vehicle_price, first, static_cast<int32_t>(k), Reduced(k));
  }
  for (int r = 0; r < problem_.requests(); ++r) {
    if (row_of_[r] < 0 || problem_.request(r).mandatory) continue;
    cover.rows.push_back(static_cast<uint16_t>(row_of_[r]));
    add(problem_.request(r).refusal, static_cast<uint32_t>(cover.rows.size()) - 1, -1, -1);
  }
}

// Fills in the problem; returns what the vehicles and refusals cost now.
double RoutePool::MakeProblem(const Solution& solution, const std::vector<int>& vehicles,
                              bool dear) {
  cover_problem_ = CoverProblem();
  hints_.clear();
  const double vehicle_price = dear ? problem_.weights().vehicle : 0;
  const double price = AddRequests(solution, vehicles, vehicle_price);
  AddKinds(solution, vehicles, dear);
  AddColumns(vehicle_price);
  return price;
}

}  // namespace stadtmesh::dispatch::internal

// Insertion by regret: first who would lose most by waiting.
#include <algorithm>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

constexpr double kNone = 1e15;

}  // namespace

// Regret of degree k (Potvin and Rousseau 1993): the k-th best vehicle's price less the best one's, summed over 2 .. k.
void Search::RecreateRegret(int k) {
  const int vehicles = current_.vehicles();
  const auto n = order_.size();
  std::vector<Placement> places(n * vehicles);
  std::vector<char> inserted(n, 0);
  const auto look = [&](size_t i, int v) {
    Placement& place = places[i * vehicles + v];
    place = Placement();
    if (current_.usable(v)) place = current_.Find(order_[i], v, Limit(order_[i]), work_, cache_);
    if (!place.found()) place.cost = kNone;
  };
  for (size_t i = 0; i < n; ++i) {
    for (int v = 0; v < vehicles; ++v) look(i, v);
  }
  for (size_t left = n; left > 0; --left) {
    double most = -1;
    size_t who = n;
    int where = -1;
    for (size_t i = 0; i < n; ++i) {
      if (inserted[i]) continue;
      double best[4] = {kNone, kNone, kNone, kNone};
      int vehicle = -1;
      for (int v = 0; v < vehicles; ++v) {
        const double cost = places[i * vehicles + v].cost;
        if (cost < best[0]) vehicle = v;
        for (int d = 0; d < k; ++d) {
          if (cost >= best[d]) continue;
          for (int e = k - 1; e > d; --e) best[e] = best[e - 1];
          best[d] = cost;
          break;
        }
      }
      if (vehicle < 0) continue;
      double regret = 0;
      for (int d = 1; d < k; ++d) regret += best[d] - best[0];
      regret += 1e-3 * random_.Unit();
      if (regret > most) {
        most = regret;
        who = i;
        where = vehicle;
      }
    }
    if (who == n) return;
    inserted[who] = 1;
    if (!current_.Insert(order_[who], where, places[who * vehicles + where], work_)) return;
    for (size_t i = 0; i < n; ++i) {
      if (!inserted[i]) look(i, where);
    }
  }
}

}  // namespace stadtmesh::dispatch::internal

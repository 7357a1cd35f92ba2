// How Search draws its operators, and puts requests back into a plan.
#include <algorithm>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

constexpr double kBlink = 0.01;  // vehicles overlooked by an insertion
constexpr double kBlinks = 0.1;  // insertions that overlook places
// vehicles whose remembered places are fetched before they are asked for
constexpr int kAhead = 12;
// Beyond this many the time is watched within a step.
constexpr int kManyVehicles = 100;
constexpr size_t kManyRequests = 50;
// steps in which somebody refused is served even where that is dearer than refusing
constexpr double kWhateverItCosts = 0.1;
constexpr int kPeriod = 100;  // iterations between adaptations
constexpr double kLeastWeight = 0.02;

int Roulette(const double* weights, int count, Random& random) {
  double sum = 0;
  for (int k = 0; k < count; ++k) sum += weights[k];
  double draw = random.Unit() * sum;
  for (int k = 0; k + 1 < count; ++k) {
    draw -= weights[k];
    if (draw < 0) return k;
  }
  return count - 1;
}

}  // namespace

double Search::Limit(int r) const {
  return problem_.request(r).mandatory ? kNoLimit : problem_.request(r).refusal;
}

// Some are worth the way only together. One of the first `refused` without a place is served first,
// so that the others find the vehicle near; the whole step is then judged as any other.
void Search::InsertWhateverItCosts(size_t refused) {
  if (random_.Unit() >= kWhateverItCosts) return;
  const int r = current_.unserved()[random_.Below(static_cast<int>(refused))];
  if (!problem_.request(r).mandatory) InsertBest(r, kNoLimit);
}

bool Search::InsertBest(int r, double limit) {
  Placement best;
  best.cost = limit;
  int vehicle = -1;
  const bool blink = random_.Unit() < kBlinks;
  for (int v = 0; v < std::min(kAhead, current_.vehicles()); ++v) current_.Expect(r, v, cache_);
  for (int v = 0; v < current_.vehicles(); ++v) {
    if (v + kAhead < current_.vehicles()) current_.Expect(r, v + kAhead, cache_);
    if (!current_.usable(v)) continue;
    if (!current_.route(v).used()) {
      // One unused vehicle of a kind speaks for all.
      int& seen = seen_class_[problem_.vehicle_class(v)];
      if (seen == r) continue;
      seen = r;
    } else if (random_.Unit() < kBlink) {
      continue;
    }
    const Placement place = blink ? PlaceFinder(problem_, work_, &random_)
                                        .Find(current_.route(v), problem_.compiled(r), best.cost)
                                  : current_.Find(r, v, best.cost, work_, cache_);
    if (!place.found()) continue;
    best = place;
    vehicle = v;
  }
  for (int v = 0; v < current_.vehicles(); ++v) seen_class_[v] = -1;
  return vehicle >= 0 && current_.Insert(r, vehicle, best, work_);
}

// Draws the operators; every now and then their weights follow their success.
void Search::Choose() {
  if (iterations_ % kPeriod == kPeriod - 1) {
    for (int k = 0; k < kRuins; ++k) {
      if (ruin_count_[k] > 0)
        ruin_weight_[k] = 0.9 * ruin_weight_[k] + 0.1 * (ruin_score_[k] / ruin_count_[k]);
      ruin_weight_[k] = std::max(ruin_weight_[k], kLeastWeight);
      ruin_score_[k] = 0;
      ruin_count_[k] = 0;
    }
  }
  ruin_ = Roulette(ruin_weight_, kRuins, random_);
  ++ruin_count_[ruin_];
}

void Search::RecreateGreedy() {
  SortUnserved();
  const bool slow = current_.vehicles() > kManyVehicles || order_.size() > kManyRequests;
  for (int r : order_) {
    // Whoever is left out then is missing in this step's plan, which is not accepted.
    if (slow && deadline_->Passed()) return;
    InsertBest(r, Limit(r));
  }
}

// In a random order of one kind: shuffled, far first, early first, long absent first.
void Search::SortUnserved() {
  random_.Shuffle(order_);
  const int kind = random_.Below(10);
  const auto key = [&](int r) -> double {
    const CompiledRequest& request = problem_.compiled(r);
    const Node& node = request.facts.has_pickup ? request.pickup : request.dropoff;
    switch (kind) {
      case 0:
      case 1: {  // from far away first
        const Place depot = problem_.node(problem_.vehicle(0).start).place;
        return -static_cast<double>(problem_.Travel(depot, node.place));
      }
      case 2:
        return static_cast<double>(std::min(kWidest, node.latest));
      case 3:
        return static_cast<double>(std::min(kWidest, node.latest) - node.earliest);
      case 4:
        return -absences_[r];
      case 5:
        return -static_cast<double>(request.facts.load[0]);
      default:
        return 0;
    }
  };
  if (kind > 5) return;
  std::vector<std::pair<double, int>> keyed;
  for (int r : order_) keyed.emplace_back(key(r), r);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t k = 0; k < keyed.size(); ++k) order_[k] = keyed[k].second;
}

}  // namespace stadtmesh::dispatch::internal

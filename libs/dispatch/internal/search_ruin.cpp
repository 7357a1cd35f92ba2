// How Search takes requests out of a plan.
#include <algorithm>
#include <cmath>

#include "dispatch/internal/search.h"

namespace stadtmesh::dispatch::internal {
namespace {

constexpr double kAverageRemoved = 15;  // requests
constexpr int kLongestString = 10;      // stops
constexpr int kMost = 25;               // requests removed by the other operators

}  // namespace

void Search::Take(int r) {
  if (is_victim_[r] || !current_.movable(r) || current_.where(r) < 0) return;
  is_victim_[r] = 1;
  victims_.push_back(r);
}

void Search::PickVictims() {
  victims_.clear();
  const int served = problem_.requests() - static_cast<int>(current_.unserved().size());
  const int most = std::max(1, std::min(served, 4 + served / 3));
  const int count = 1 + random_.Below(std::min(most, kMost));
  switch (ruin_) {
    case kStrings:
      RuinStrings();
      break;
    case kRelated:
      RuinRelated(count);
      break;
    case kRandom:
      RuinRandom(1 + count / 2);
      break;
    case kWorst:
      RuinWorst(1 + count / 2);
      break;
    default:
      RuinRoute();
      break;
  }
  for (int r : victims_) is_victim_[r] = 0;
}

// Strings of neighbouring stops out of neighbouring routes.
void Search::RuinStrings() {
  const int n = problem_.requests();
  if (n == 0) return;
  const int seed = random_.Below(n);
  const double longest = kLongestString;
  const int strings =
      1 + static_cast<int>(random_.Unit() * std::max(1.0, 4 * kAverageRemoved / (1 + longest)));
  int ruined = 0;
  std::vector<int> done;
  const auto ruin = [&](int r) {
    const int v = current_.where(r);
    if (v < 0 || std::find(done.begin(), done.end(), v) != done.end()) return;
    done.push_back(v);
    ++ruined;
    const RouteState& route = current_.route(v);
    const int stops = route.size();
    const int length = 1 + random_.Below(std::min(stops, kLongestString));
    int at = 1;
    const NodeId wanted = 2 * r + (problem_.request(r).has_pickup
                                       ? random_.Below(problem_.request(r).has_dropoff ? 2 : 1)
                                       : 1);
    while (at < stops && route.at(at).node != wanted) ++at;
    const int lowest = std::max(1, at - length + 1), highest = std::min(at, stops - length + 1);
    const int first = lowest + random_.Below(std::max(1, highest - lowest + 1));
    // Sometimes a part in the middle of the string stays.
    const bool split = length > 2 && random_.Unit() < 0.5;
    const int keep = split ? 1 + random_.Below(length - 2) : 0;
    const int skip = split ? first + 1 + random_.Below(length - keep) : 0;
    for (int k = first, taken = 0; k <= stops && taken < length; ++k) {
      ++taken;
      if (split && k >= skip && k < skip + keep) continue;
      if (route.at(k).node >= 0) Take(route.at(k).node >> 1);
    }
  };
  ruin(seed);
  for (int r : neighbours_.of(seed)) {
    if (ruined >= strings) break;
    ruin(r);
  }
}

void Search::RuinRelated(int count) {
  const int n = problem_.requests();
  if (n == 0) return;
  Take(random_.Below(n));
  for (int tries = 0; static_cast<int>(victims_.size()) < count && tries < 4 * count; ++tries) {
    const int from = victims_.empty() ? random_.Below(n)
                                      : victims_[random_.Below(static_cast<int>(victims_.size()))];
    const auto& near = neighbours_.of(from);
    if (near.empty()) return;
    const double draw = std::pow(random_.Unit(), 5);
    Take(near[static_cast<size_t>(draw * static_cast<double>(near.size()))]);
  }
}

void Search::RuinRandom(int count) {
  const int n = problem_.requests();
  for (int k = 0; k < count && n > 0; ++k) Take(random_.Below(n));
}

// Those that cost most, by how much driving their stops add; with some chance.
void Search::RuinWorst(int count) {
  std::vector<std::pair<Ticks, int>> gains;
  std::vector<Ticks> gain(problem_.requests(), 0);
  for (int v = 0; v < current_.vehicles(); ++v) {
    const RouteState& route = current_.route(v);
    for (int k = 1; k <= route.size(); ++k) {
      const NodeId id = route.at(k).node;
      if (id < 0 || current_.where(id >> 1) != v) continue;
      const Ticks without = problem_.Travel(route.at(k - 1).place, route.at(k + 1).place);
      gain[id >> 1] += route.at(k - 1).to_next + route.at(k).to_next - without;
    }
  }
  for (int r = 0; r < problem_.requests(); ++r) {
    if (current_.where(r) >= 0) gains.emplace_back(-gain[r], r);
  }
  std::sort(gains.begin(), gains.end());
  for (int k = 0; k < count && !gains.empty(); ++k) {
    const auto at =
        static_cast<size_t>(std::pow(random_.Unit(), 3) * static_cast<double>(gains.size()));
    Take(gains[at].second);
    gains.erase(gains.begin() + static_cast<int64_t>(at));
  }
}

void Search::RuinRoute() {
  const int v = random_.Below(current_.vehicles());
  const RouteState& route = current_.route(v);
  for (int k = 1; k <= route.size(); ++k) {
    if (route.at(k).node >= 0) Take(route.at(k).node >> 1);
  }
  RuinRelated(static_cast<int>(victims_.size()) + 3);
}

}  // namespace stadtmesh::dispatch::internal

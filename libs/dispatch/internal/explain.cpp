#include "dispatch/internal/explain.h"

#include <algorithm>
#include <functional>

#include "dispatch/internal/place_finder.h"

namespace stadtmesh::dispatch::internal {
namespace {

// How far limits are loosened at most, and how exactly the amount is found.
constexpr Ticks kFarthest = 4 * kHour;
constexpr Ticks kStep = kSecond;

// Makes the request easier by an amount.
using Loosen = std::function<CompiledRequest(int64_t)>;

class Explainer {
 public:
  Explainer(const Compiled& problem, const std::vector<RouteState>& routes, const CompiledRequest& wanted,
            const std::vector<int>& vehicles, Workspace& work)
      : problem_(problem), routes_(routes), wanted_(wanted), vehicles_(vehicles), work_(work) {}

  std::vector<Refusal> Run() {
    Windows();
    if (wanted_.facts.watched) Rides();
    Rooms();
    if ((wanted_.facts.traits | wanted_.facts.repels) != 0) {
      Try(Limit::kTogether, 1, 1, [this](int64_t amount) {
        CompiledRequest easier = wanted_;
        if (amount > 0) easier.facts.traits = easier.facts.repels = 0;
        return easier;
      });
    }
    if (wanted_.facts.skills != 0) {
      Try(Limit::kSkills, 1, 1, [this](int64_t amount) {
        CompiledRequest easier = wanted_;
        if (amount > 0) easier.facts.skills = 0;
        return easier;
      });
    }
    if (refusals_.empty()) refusals_.push_back({Limit::kShift, -1, 0});
    return refusals_;
  }

 private:
  void Windows() {
    Try(Limit::kWindow, kFarthest, kStep, [this](int64_t amount) {
      CompiledRequest easier = wanted_;
      for (Node* node : {&easier.pickup, &easier.dropoff}) {
        node->earliest = node->window.earliest;
        node->latest = node->window.latest + amount;
      }
      problem_.Tighten(easier);
      return easier;
    });
  }

  void Rides() {
    Try(Limit::kRideTime, kFarthest, kStep, [this](int64_t amount) {
      CompiledRequest easier = wanted_;
      for (Node* node : {&easier.pickup, &easier.dropoff}) {
        node->earliest = node->window.earliest;
        node->latest = node->window.latest;
        node->max_ride += amount;
      }
      problem_.Tighten(easier);
      return easier;
    });
  }

  void Rooms() {
    Refusal least{Limit::kCapacity, -1, kForever};
    for (int d = 0; d < kDimensions; ++d) {
      if (wanted_.facts.load[d] == 0) continue;
      const size_t before = refusals_.size();
      Try(Limit::kCapacity, wanted_.facts.load[d], 1, [this, d](int64_t amount) {
        CompiledRequest easier = wanted_;
        easier.facts.load[d] -= static_cast<int32_t>(amount);
        return easier;
      });
      if (refusals_.size() == before) continue;
      if (refusals_.back().by < least.by) least = refusals_.back();
      refusals_.pop_back();
    }
    if (least.vehicle >= 0) refusals_.push_back(least);
  }

  // Adds the smallest amount, in steps up to `most`, that makes room. A vehicle is searched only when it beats the best so far.
  void Try(Limit limit, int64_t most, int64_t step, const Loosen& loosen) {
    Refusal least{limit, -1, most + step};
    for (int v : vehicles_) {
      if (!Takes(v, loosen(least.by - step))) continue;
      int64_t low = 0, high = (least.by - step) / step;  // low does not help, high does
      while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        (Takes(v, loosen(middle * step)) ? high : low) = middle;
      }
      least.vehicle = v;
      least.by = high * step;
      if (least.by <= step) break;
    }
    if (least.vehicle >= 0) refusals_.push_back(least);
  }

  bool Takes(int v, const CompiledRequest& request) {
    return PlaceFinder(problem_, work_).Find(routes_[v], request, 1e300).found();
  }

  const Compiled& problem_;
  const std::vector<RouteState>& routes_;
  const CompiledRequest& wanted_;
  const std::vector<int>& vehicles_;
  Workspace& work_;
  std::vector<Refusal> refusals_;
};

}  // namespace

std::vector<Refusal> Explain(const Compiled& problem, const std::vector<RouteState>& routes,
                             const CompiledRequest& wanted, const std::vector<int>& vehicles,
                             Workspace& work) {
  return Explainer(problem, routes, wanted, vehicles, work).Run();
}

}  // namespace stadtmesh::dispatch::internal

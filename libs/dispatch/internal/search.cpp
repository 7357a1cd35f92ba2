#include "dispatch/internal/search.h"

#include <algorithm>
#include <cmath>

namespace stadtmesh::dispatch::internal {
namespace {

// Temperatures in prices per request.
constexpr double kHot = 0.7;
constexpr double kCold = 0.07;
// Where vehicles are dear routes are full, and it takes more to leave a plan behind.
constexpr double kHotWhereDear = 3;
constexpr double kColdWhereDear = 0.02;
// good routes are recombined once more when so much of the cooling is done
constexpr double kLastWord = 0.97;

// A vehicle is worth a search of its own when it costs as much as serving so many requests.
constexpr double kDear = 3;
constexpr int kNeighbours = 100;
constexpr double kMoveAboard = 0.3;  // steps that also move somebody's drop-off who is on board
// the price of missing somebody who must be served, in prices per request
constexpr double kMissing = 1e4;

}  // namespace

Search::Search(const Compiled& problem, Solution start, uint64_t seed)
    : problem_(problem),
      neighbours_(problem, kNeighbours),
      work_(problem),
      random_(seed),
      current_(std::move(start)),
      best_(current_),
      pool_(problem),
      is_differing_(problem.vehicles(), 0),
      is_victim_(problem.requests(), 0),
      absences_(problem.requests(), 1),
      seen_class_(problem.vehicles(), -1) {
  const double ruins[kRuins] = {6, 1, 0.5, 0.5, 0.2};
  std::copy(ruins, ruins + kRuins, ruin_weight_);
  current_.Mark();
  FindAboard();
  recombine_at_ = kRecombine;
}

void Search::Restart(const Solution& solution) {
  current_ = solution;
  current_.Mark();
  differs_anywhere_ = true;
  if (solution.worth().BetterThan(best_.worth())) best_ = solution;
}

void Search::Construct(const Deadline& deadline) {
  order_ = current_.unserved();
  const auto when = [&](int r) {
    const CompiledRequest& request = problem_.compiled(r);
    return request.facts.has_pickup ? request.pickup.latest : request.dropoff.latest;
  };
  std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return when(a) < when(b); });
  for (int r : order_) {
    if (deadline.Passed()) break;
    InsertBest(r, Limit(r));
  }
  current_.Mark();
  KeepBest();
  unit_ = std::max(1e-9, PricePerRequest());
}

double Search::PricePerRequest() const {
  const int served = problem_.requests() - static_cast<int>(current_.unserved().size());
  if (served > 0) {
    const double routes =
        current_.cost() - current_.refusal() - problem_.weights().vehicle * current_.used();
    return routes / served;
  }
  // Nobody is worth a ride alone. Then as if each had one.
  double price = 0;
  for (int r = 0; r < problem_.requests() && problem_.vehicles() > 0; ++r) {
    const CompiledRequest& request = problem_.compiled(r);
    const Place depot = problem_.node(problem_.vehicle(0).start).place;
    const Node& node = request.facts.has_pickup ? request.pickup : request.dropoff;
    const Ticks way = problem_.Travel(depot, node.place);
    if (way < kUnreachable) price += 2 * problem_.weights().driven * ToSeconds(way);
  }
  return price / std::max(1, problem_.requests());
}

void Search::ReduceFleet(const Deadline& deadline, double end, int64_t steps) {
  Ejection ejection(problem_, work_, cache_, random_);
  int64_t given_up = 0;
  const auto stop = [&](int64_t done) {
    return deadline.Passed() || deadline.Elapsed() >= end || (steps >= 0 && done >= steps) ||
           done >= given_up;
  };
  given_up = kForever;
  if (!ejection.ServeMandatory(current_, stop)) return current_.Mark();
  current_.Mark();
  KeepBest();
  if (!VehiclesAreDear()) return;
  int in_vain = 0;  // times that there was nothing to try: no route can be emptied
  for (int64_t patience = 200; in_vain < 100 && !stop(ejection.steps());) {
    const int64_t before = ejection.steps();
    given_up = before + patience;
    if (ejection.EmptyOneRoute(current_, stop)) {
      patience = 200;
      in_vain = 0;
      current_.Mark();
      KeepBest();
    } else if (ejection.steps() == before) {
      ++in_vain;
    } else {
      patience = std::min(patience + patience / 4, kForever);
      in_vain = 0;
    }
    given_up = kForever;
  }
  current_.Mark();
}

void Search::BeginAnew(const Deadline& deadline, double end, int64_t steps, double cooled_from,
                       double cooled_to) {
  victims_.clear();
  for (int r = 0; r < problem_.requests(); ++r) {
    if (current_.where(r) >= 0 && current_.movable(r)) victims_.push_back(r);
  }
  current_.Mark();
  if (!current_.Remove(victims_, work_)) return current_.Undo();
  order_ = current_.unserved();
  random_.Shuffle(order_);
  for (int r : order_) {
    if (deadline.Passed()) break;
    InsertBest(r, Limit(r));
  }
  current_.Mark();
  Ejection ejection(problem_, work_, cache_, random_);
  const auto stop = [&](int64_t done) {
    return deadline.Passed() || deadline.Elapsed() >= end || (steps >= 0 && done >= steps);
  };
  if (ejection.ServeMandatory(current_, stop)) {
    while (current_.used() > best_.used() && !stop(ejection.steps()))
      ejection.EmptyOneRoute(current_, stop);
  }
  if (current_.missing() > best_.missing() || current_.used() > best_.used()) return Restart(best_);
  current_.Mark();
  KeepBest();
  anew_from_ = cooled_from;
  anew_to_ = cooled_to;
}

double Search::Temperature(double share) const {
  const double hot = VehiclesAreDear() ? kHotWhereDear : kHot,
               cold = VehiclesAreDear() ? kColdWhereDear : kCold;
  return unit_ * hot * std::pow(cold / hot, std::clamp(share, 0.0, 1.0));
}

void Search::Run(const Span& span, const Deadline& deadline) {
  const int64_t first = iterations_;
  deadline_ = &deadline;
  double temperature = Temperature(span.from);
  while (span.iterations < 0 || iterations_ - first < span.iterations) {
    if (deadline.Passed()) return;
    if ((iterations_ & 15) == 0) {
      const double share =
          span.iterations >= 0
              ? static_cast<double>(iterations_ - first) / static_cast<double>(span.iterations)
              : (deadline.Elapsed() - span.begin) / (span.end - span.begin);
      if (share >= 1) return;
      const double cooled = span.from + (span.to - span.from) * share;
      temperature = Cool(span, first, cooled);
      if (cooled > kLastWord && !finished_) {
        finished_ = true;
        Recombine();
      }
    }
    Iterate(temperature);
    if (++iterations_ >= recombine_at_) Recombine();
  }
}

void Search::Iterate(double temperature) {
  if (current_.vehicles() == 0) return;
  Choose();
  marked_cost_ = current_.cost();
  marked_price_ = Price();
  current_.Mark();
  PickVictims();
  const size_t refused = current_.unserved().size();
  if (!current_.Remove(victims_, work_)) return current_.Undo();
  if (!aboard_.empty() && random_.Unit() < kMoveAboard) MoveAboard();
  if (refused > 0) InsertWhateverItCosts(refused);
  order_ = current_.unserved();
  RecreateGreedy();
  const double cost = current_.cost();
  double score = 0;
  if (current_.worth().BetterThan(best_.worth())) {
    score = 10;
    KeepBestChange();
  } else if (Price() < marked_price_ - 1e-9) {
    score = 3;
  }
  for (int r : current_.unserved()) absences_[r] += 1;
  PoolChanged();
  if (!Accept(temperature)) return current_.Undo();
  Differ();
  if (score == 0 && std::abs(cost - marked_cost_) > 1e-9) score = 1;
  ruin_score_[ruin_] += score;
}

bool Search::VehiclesAreDear() const { return problem_.weights().vehicle > kDear * unit_; }

// Whatever refusing costs: somebody who must be served is worth more than any detour.
double Search::Price() const {
  return current_.cost() - current_.missing_refusal() + kMissing * unit_ * current_.missing();
}

bool Search::Accept(double temperature) {
  const double worse = Price() - marked_price_;
  return worse <= 0 || worse < -temperature * std::log(std::max(1e-300, random_.Unit()));
}

void Search::KeepBest() {
  differs_anywhere_ = true;
  if (!current_.worth().BetterThan(best_.worth())) return;
  KeepBestChange();
}

void Search::KeepBestChange() {
  if (differs_anywhere_) {
    best_ = current_;
  } else {
    Differ();
    best_.TakeOver(current_, differing_);
  }
  differs_anywhere_ = false;
  for (int v : differing_) is_differing_[v] = 0;
  differing_.clear();
  if (on_better_) on_better_(best_);
}

void Search::Differ() {
  for (int v : current_.touched()) {
    if (is_differing_[v]) continue;
    is_differing_[v] = 1;
    differing_.push_back(v);
  }
}

}  // namespace stadtmesh::dispatch::internal

#include "dispatch/internal/team.h"

#include <algorithm>
#include <thread>

namespace stadtmesh::dispatch::internal {
namespace {

constexpr int kMeetings = 20;
// From this share of the cooling on, all go on from the best plan when they meet.
constexpr double kUnite = 0.8;
// Plans with few vehicles lie in valleys that no temperature leads out of. So after this share of
// the cooling all but the leader look for another beginning, in this share of the time, where so
// many iterations per request have been done.
constexpr int kAnewAt = 7;  // meetings
constexpr double kAnewShare = 0.1;
constexpr int64_t kAnewWhereIterated = 600;
// A fifth of the time at most goes into the size of the fleet; in steps, one per so many
// iterations.
constexpr double kFleetShare = 0.2;
constexpr int64_t kIterationsPerStep = 20;

}  // namespace

Team::Team(const Compiled& problem, const Solution& start, const Budget& budget)
    : budget_(budget), told_(start.worth()) {
  for (int k = 0; k < std::max(1, budget.threads); ++k) {
    const uint64_t seed = budget.seed + 0x632be59bd9b4e019u * static_cast<uint64_t>(k);
    searches_.push_back(std::make_unique<Search>(problem, start, seed));
  }
}

void Team::Run(const Deadline& deadline, double from) {
  Prepare(deadline);
  Tell();
  Anneal(deadline, from);
}

void Team::Prepare(const Deadline& deadline) {
  const double now = deadline.Elapsed();
  const bool counted = budget_.iterations >= 0;
  const double end = counted ? deadline.limit() : now + kFleetShare * (deadline.limit() - now);
  const int64_t steps = counted ? budget_.iterations / kIterationsPerStep : -1;
  Together([&](Search& search, size_t) {
    search.Construct(deadline);
    search.ReduceFleet(deadline, end, steps);
  });
  // Who needs more vehicles goes on with the others' fleet.
  for (auto& search : searches_) {
    const Solution &own = search->best(), &leader = best();
    if (own.missing() > leader.missing() || own.used() > leader.used()) search->Restart(leader);
  }
}

void Team::Anneal(const Deadline& deadline, double from) {
  const double begin = deadline.Elapsed(), end = deadline.limit();
  const int meetings = searches_.size() > 1 ? kMeetings : 1;
  const auto part = [&](int m) { return static_cast<double>(m) / meetings; };
  const auto steps = [&](int m) {
    return static_cast<int64_t>(static_cast<double>(budget_.iterations) * part(m));
  };
  for (int m = 0; m < meetings && !deadline.Passed(); ++m) {
    Search::Span span;
    span.from = from + (1 - from) * part(m);
    span.to = from + (1 - from) * part(m + 1);
    if (budget_.iterations >= 0) span.iterations = steps(m + 1) - steps(m);
    span.begin = begin + part(m) * (end - begin);
    span.end = begin + part(m + 1) * (end - begin);
    Together([&](Search& search, size_t) { search.Run(span, deadline); });
    Tell();
    if (m % 4 == 3 && m + 1 < meetings) SharePools();
    if (m + 1 == kAnewAt)
      BeginAnew(deadline, from + (1 - from) * part(kAnewAt), from + (1 - from) * kUnite);
    if (part(m + 1) < kUnite || meetings == 1) continue;
    const Solution& leader = best();
    for (auto& search : searches_) {
      if (&search->best() != &leader) search->Restart(leader);
    }
  }
}

void Team::BeginAnew(const Deadline& deadline, double cooled_from, double cooled_to) {
  const double now = deadline.Elapsed();
  const bool counted = budget_.iterations >= 0;
  const double end = counted ? deadline.limit() : now + kAnewShare * (deadline.limit() - now);
  const auto steps = static_cast<int64_t>(kAnewShare * static_cast<double>(budget_.iterations) /
                                          kIterationsPerStep);
  const Search* leader = &Leader();
  Together([&](Search& search, size_t) {
    const int64_t enough = kAnewWhereIterated * search.requests();
    if (&search == leader || !search.VehiclesAreDear() || search.iterations() < enough) return;
    search.BeginAnew(deadline, end, counted ? steps : -1, cooled_from, cooled_to);
  });
}

void Team::SharePools() {
  RoutePool& first = searches_[0]->pool();
  for (size_t k = 1; k < searches_.size(); ++k) first.Merge(searches_[k]->pool());
  Together([&](Search& search, size_t k) {
    if (k > 0) search.pool().Merge(first);
  });
}

void Team::Together(const std::function<void(Search&, size_t)>& work) {
  std::vector<std::thread> threads;
  for (size_t k = 1; k < searches_.size(); ++k) {
    threads.emplace_back([&, k] { work(*searches_[k], k); });
  }
  work(*searches_[0], 0);
  for (std::thread& thread : threads) thread.join();
}

const Search& Team::Leader() const {
  size_t best = 0;
  for (size_t k = 1; k < searches_.size(); ++k) {
    if (searches_[k]->best().worth().BetterThan(searches_[best]->best().worth())) best = k;
  }
  return *searches_[best];
}

const Solution& Team::best() const { return Leader().best(); }

int64_t Team::iterations() const {
  int64_t sum = 0;
  for (const auto& search : searches_) sum += search->iterations();
  return sum;
}

void Team::OnBetter(std::function<void(const Solution&)> call) {
  on_better_ = call;
  if (searches_.size() == 1) searches_[0]->OnBetter(std::move(call));
}

void Team::Tell() {
  if (searches_.size() < 2 || !on_better_ || !best().worth().BetterThan(told_)) return;
  told_ = best().worth();
  on_better_(best());
}

}  // namespace stadtmesh::dispatch::internal

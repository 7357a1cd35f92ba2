#include "buergerbus/domain/lateness.h"

#include <algorithm>

#include "buergerbus/domain/call_list.h"
#include "buergerbus/domain/tour_times.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kWorthTelling = absl::Minutes(2);
constexpr absl::Duration kWorthCorrecting = absl::Minutes(5);

bool IsNews(const Assignment& ride, absl::Time expected) {
  if (!ride.announced) return expected >= ride.promise.pickup.end + kWorthTelling;
  if (expected <= ride.promise.pickup.end) return true;
  if (expected < *ride.announced) return *ride.announced - expected >= kWorthCorrecting;
  const absl::Duration said = *ride.announced - ride.promise.pickup.end;
  return expected - *ride.announced >= std::max(kWorthCorrecting, said / 2);
}

// Of a bus that stands at a stop: who is to get in there sees it.
size_t FirstBeyondTheStop(const Tour& tour) {
  size_t first = static_cast<size_t>(tour.executed);
  if (first == tour.visits.size() || !tour.visits[first].arrived_at) return first;
  const int shift = tour.visits[first].shift;
  const LatLon here = LocationOf(tour, tour.executed);
  while (first < tour.visits.size() && tour.visits[first].shift == shift &&
         LocationOf(tour, static_cast<int>(first)) == here)
    ++first;
  return first;
}

// By index in Tour::visits: pick-ups still to come for whom somebody may wait.
std::vector<size_t> PickupsToCome(const Tour& tour, absl::Time now) {
  std::vector<size_t> pickups;
  for (size_t i = FirstBeyondTheStop(tour); i < tour.visits.size(); ++i) {
    if (tour.visits[i].kind != VisitKind::kPickup) continue;
    const Promise& promise = FindAssignment(tour, tour.visits[i].ride)->promise;
    if (now < promise.pickup.begin + kCallsOutlivePickup) pickups.push_back(i);
  }
  return pickups;
}

}  // namespace

std::vector<Pickup> NewsOfPickups(const Tour& tour, absl::Time now) {
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  std::vector<Pickup> news;
  for (const size_t i : PickupsToCome(tour, now)) {
    const RideId& ride = tour.visits[i].ride;
    if (IsNews(*FindAssignment(tour, ride), expected[i].begin))
      news.push_back({ride, expected[i].begin});
  }
  return news;
}

absl::Time NextPickup(const Tour& tour, absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  for (const size_t i : PickupsToCome(tour, now)) next = std::min(next, tour.visits[i].begin);
  return next;
}

}  // namespace stadtmesh::buergerbus

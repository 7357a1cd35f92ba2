#include "buergerbus/domain/lateness.h"

#include "buergerbus/domain/tour_times.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kWorthTelling = absl::Minutes(2);
constexpr absl::Duration kWorthCorrecting = absl::Minutes(5);

bool IsNews(const Assignment& ride, absl::Time expected) {
  if (!ride.announced) return expected >= ride.promise.pickup.end + kWorthTelling;
  if (expected <= ride.promise.pickup.end) return true;
  return absl::AbsDuration(expected - *ride.announced) >= kWorthCorrecting;
}

}  // namespace

std::vector<Pickup> NewsOfPickups(const Tour& tour, absl::Time now) {
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  std::vector<Pickup> news;
  for (size_t i = static_cast<size_t>(tour.executed); i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kPickup &&
        IsNews(*FindAssignment(tour, visit.ride), expected[i].begin))
      news.push_back({visit.ride, expected[i].begin});
  }
  return news;
}

}  // namespace stadtmesh::buergerbus

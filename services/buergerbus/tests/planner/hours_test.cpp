// Travel times that change with the hour: what is promised holds at the hour at which it is driven.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::World;

// As the crow flies, and up to three times as long towards the full hours of a wave; first in,
// first out.
class RushHours final : public TravelOracle {
 public:
  absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> Over(
      const std::vector<LatLon>& points, absl::Time) const override {
    constexpr int kSlices = 30;
    const int n = static_cast<int>(points.size());
    std::vector<std::vector<dispatch::Ticks>> slices(
        kSlices, std::vector<dispatch::Ticks>(static_cast<size_t>(n) * n));
    for (int slice = 0; slice < kSlices; ++slice) {
      const double factor = 1.0 + (slice % 3);
      for (int i = 0; i < n * n; ++i) {
        const double metres = DistanceMetres(points[i / n], points[i % n]);
        slices[slice][i] =
            static_cast<dispatch::Ticks>(std::ceil(metres * factor / 10)) * dispatch::kSecond;
      }
    }
    return std::make_unique<const dispatch::SlicedTravelTimes>(n, dispatch::kHour,
                                                               std::move(slices));
  }
};

// Every open visit is reached in time by a bus that leaves as late as its manifest says, at the
// travel time of that moment.
std::string TooLate(const World& world, const Tour& tour) {
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak) continue;
    const bool first = i == 0 || tour.visits[i - 1].shift != visit.shift;
    const LatLon from =
        first ? tour.shifts[visit.shift].depot : LocationOf(tour, static_cast<int>(i) - 1);
    const auto travel = world.oracle->Over({from, LocationOf(tour, static_cast<int>(i))},
                                           BerlinTime(world.day.day, absl::ZeroDuration()));
    const absl::Duration leaves =
        visit.leave_at() - BerlinTime(world.day.day, absl::ZeroDuration());
    const absl::Duration drive =
        dispatch::ToDuration((*travel)->Between(0, 1, dispatch::ToTicks(leaves)));
    if (visit.leave_at() + drive > visit.begin)
      return absl::StrCat("leaves too late for ", visit.ride.value());
  }
  return "";
}

TEST(Hours, PromisesHoldWhileTheRoadsFillAndEmpty) {
  EXPECT_TRUE(rc::check([] {
    World world;
    world.oracle = std::make_shared<RushHours>();
    world.planner = MakeInsertionPlanner(world.oracle.get());
    for (int i = 0; i < 12; ++i) {
      TripRequest wish;
      wish.trip.origin.location =
          testing::Point(*rc::gen::inRange(1, 100) / 10.0, *rc::gen::inRange(1, 100) / 10.0);
      wish.trip.destination.location =
          testing::Point(*rc::gen::inRange(1, 100) / 10.0, *rc::gen::inRange(1, 100) / 10.0);
      wish.trip.party.people = 1;
      wish.trip.fares = {{FareCategoryId("adult"), 1}};
      wish.time = At(7) + absl::Minutes(*rc::gen::inRange(0, 360));
      wish.booked_by = Actor::kDispatcher;
      const auto found = world.Offers(wish);
      RC_ASSERT(found.ok());
      if (!found->offers.empty())
        RC_ASSERT(world.Book(wish, found->offers[0].promise.pickup.begin).ok());
      if (i % 4 == 3) world.Improve(static_cast<uint64_t>(i));
      const std::string fault = world.Fault(true);
      if (!fault.empty()) RC_FAIL(fault);
      for (const Tour& tour : world.day.tours) {
        const std::string late = TooLate(world, tour);
        if (!late.empty()) RC_FAIL(late);
      }
    }
  }));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

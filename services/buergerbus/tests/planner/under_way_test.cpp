// Plans made while a bus stands at a stop, or drives to one.
#include <gtest/gtest.h>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::TestTown;
using testing::Wish;
using testing::World;

Settings OneBus() {
  Settings town = TestTown();
  town.vehicles.resize(1);
  return town;
}

TripRequest ByPhone(const char* from, const char* to, absl::Time time) {
  TripRequest wish = Wish(from, to, time);
  wish.booked_by = Actor::kDispatcher;
  return wish;
}

// The vehicle stands where it stands, however long the plan thought it would drive there.
TEST(UnderWay, APlanGoesOnFromWhereTheBusArrived) {
  World world(OneBus());
  ASSERT_TRUE(world.Book(ByPhone("farm", "market", At(15)), At(15)).ok());
  const TourId id = world.day.tours[0].id;
  const Visit planned = world.TourOf(id).visits[0];
  world.ArriveEarly(id, absl::Minutes(2));
  const absl::Time arrived = world.now;
  ASSERT_TRUE(world.Book(ByPhone("school", "station", At(16)), At(16)).ok());
  const Visit& after = world.TourOf(id).visits[0];
  EXPECT_EQ(after.arrived_at, arrived);
  EXPECT_EQ(after.arrival, arrived);
  EXPECT_EQ(after.begin, planned.begin);
  EXPECT_EQ(after.drive, planned.drive);
}

// A ride is cancelled while its bus drives there: what follows counts from that stop.
TEST(UnderWay, WhoIsOnTheRoadDoesNotStartAgainFromBehind) {
  World world(OneBus());
  const auto first = world.Book(ByPhone("farm", "market", At(15)), At(15));
  ASSERT_TRUE(first.ok() && world.Book(ByPhone("station", "doctor", At(16)), At(16)).ok());
  const TourId id = world.day.tours[0].id;
  const Visit there = world.TourOf(id).visits[0];
  world.now = there.leave_at() + there.drive / 2;
  const TourPlan plan =
      *world.planner->Reschedule(world.settings, world.day, id, {*first}, world.now);
  ASSERT_EQ(plan.visits.size(), 2u);
  EXPECT_GT(plan.visits[0].drive, there.drive);
  EXPECT_GE(plan.visits[0].arrival, there.begin);
}

TEST(Waiting, TakesNobodyNewOnceBoardingNowWouldBreakAPromise) {
  World world(OneBus());
  const auto waited_for = world.Book(ByPhone("farm", "market", At(15)), At(15));
  ASSERT_TRUE(waited_for.ok());
  const auto behind = world.Book(ByPhone("station", "doctor", At(15, 10)), At(15, 10));
  ASSERT_TRUE(behind.ok());
  const TourId id = world.day.tours[0].id;
  const TripRequest later = ByPhone("school", "station", At(16, 30));
  int tried = 0;
  world.NobodyComes(id, [&](absl::Time until) {
    if (world.TourOf(id).visits[world.TourOf(id).executed].ride != *waited_for) return;
    const absl::Duration boarding =
        BoardingTime(world.settings.rules.boarding, world.rides[*waited_for].trip.party);
    world.now = until - boarding - absl::Seconds(1);
    EXPECT_FALSE(world.Offers(later)->offers.empty()) << "they could still get in, and all is kept";
    world.now = until - boarding / 2;
    EXPECT_TRUE(world.Offers(later)->offers.empty());
    EXPECT_FALSE(world.Book(later, At(16, 30)).ok());
    ++tried;
  });
  EXPECT_EQ(tried, 1);
  EXPECT_FALSE(world.Offers(later)->offers.empty());
  while (world.DriveOne(id, absl::ZeroDuration(), absl::InfiniteFuture())) {
  }
  EXPECT_EQ(world.rides[*behind].journey.pickup_lateness, absl::ZeroDuration());
  EXPECT_EQ(world.rides[*behind].journey.arrival_lateness, absl::ZeroDuration());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

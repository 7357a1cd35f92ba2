// A better day with the same promises; rides that lost their bus, planned together.
#include <gtest/gtest.h>

#include <cmath>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::Point;
using testing::Wish;
using testing::World;

TripRequest Between(double from_east, double from_north, double to_east, double to_north,
                    absl::Time time) {
  TripRequest wish;
  wish.trip.origin.location = Point(from_east, from_north);
  wish.trip.destination.location = Point(to_east, to_north);
  wish.trip.party.people = 1;
  wish.trip.fares = {{FareCategoryId("adult"), 1}};
  wish.time = time;
  wish.booked_by = Actor::kDispatcher;
  return wish;
}

absl::Duration DrivenOn(const World& world) {
  absl::Duration driven;
  for (const Tour& tour : world.day.tours) {
    for (const Visit& visit : tour.visits) driven += visit.drive;
  }
  return driven;
}

// Two neighbours with the same way at the same time, each on another bus.
void BookApart(World& world) {
  const VehicleId first = world.settings.vehicles[0].id, second = world.settings.vehicles[1].id;
  for (const int hour : {7, 8, 11}) {  // the break lies between
    ASSERT_TRUE(world.Book(Between(1, 1, 9, 9, At(hour)), At(hour), first).ok());
    ASSERT_TRUE(world.Book(Between(1.1, 1, 9, 9.1, At(hour)), At(hour), second).ok());
  }
}

TEST(Improve, BringsTogetherWhoGoesTheSameWay) {
  World world;
  BookApart(world);
  const absl::Duration before = DrivenOn(world);
  absl::Duration saved;
  for (uint64_t seed = 1; seed < 6; ++seed) saved += world.Improve(seed);
  EXPECT_GT(saved, absl::Minutes(20));
  EXPECT_LT(DrivenOn(world), before * 0.7);
  EXPECT_EQ(world.Fault(true), "");
}

TEST(Improve, IsDeterministicForASeedAndIterations) {
  World one, other;
  BookApart(one);
  BookApart(other);
  one.Improve(7);
  other.Improve(7);
  EXPECT_EQ(one.day.tours, other.day.tours);
}

TEST(Improve, GivesNoMoreRidesToAnotherBusThanAsked) {
  World world;
  BookApart(world);
  const auto found = world.planner->Improve(
      world.settings, world.day,
      {.time = absl::InfiniteDuration(), .iterations = 300, .most_moves = 2}, world.now);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_LE(found->changes.placed.size(), 2u);
}

TEST(Improve, LeavesWhatIsDrivenAndWhatTheBusIsDrivingTo) {
  World world;
  BookApart(world);
  const TourId first = world.day.tours[0].id;
  ASSERT_TRUE(world.DriveOne(first, absl::ZeroDuration(), At(12)));
  world.now += absl::Minutes(1);
  const Tour before = world.TourOf(first);
  for (uint64_t seed = 1; seed < 6; ++seed) world.Improve(seed);
  const Tour& after = world.TourOf(first);
  ASSERT_GE(after.visits.size(), 2u);
  EXPECT_EQ(after.visits[0], before.visits[0]);
  EXPECT_EQ(after.visits[1].ride, before.visits[1].ride);
  EXPECT_EQ(after.visits[1].kind, before.visits[1].kind);
  EXPECT_EQ(world.Fault(true), "");
}

TEST(Improve, ALateRideStaysOnItsBus) {
  World world;
  BookApart(world);
  ASSERT_TRUE(world.DriveOne(world.day.tours[0].id, absl::Minutes(40), At(12)));
  for (uint64_t seed = 1; seed < 6; ++seed) world.Improve(seed);
  EXPECT_EQ(world.Fault(false), "");
}

}  // namespace
}  // namespace stadtmesh::buergerbus

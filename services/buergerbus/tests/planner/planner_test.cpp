#include "buergerbus/planner/planner.h"

#include <gtest/gtest.h>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::Wish;
using testing::World;

TEST(FindOffers, ThreeWindowsNearTheWish) {
  World world;
  const auto found = world.Offers(Wish("market", "farm", At(10, 2)));
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->refusal);
  ASSERT_EQ(found->offers.size(), 3u);
  EXPECT_EQ(found->offers[0].promise.pickup.begin, At(10, 5));  // on the grid, not before the wish
  for (const Offer& offer : found->offers) {
    EXPECT_EQ(offer.promise.pickup.end - offer.promise.pickup.begin, absl::Minutes(15));
    EXPECT_LE(offer.promise.pickup.begin, At(11, 2));
    EXPECT_GE(offer.expected_pickup, offer.promise.pickup.begin);
    EXPECT_LE(offer.expected_pickup, offer.promise.pickup.end);
    EXPECT_LE(offer.expected_arrival, offer.promise.latest_arrival);
    EXPECT_EQ(offer.fare.total, Money{200});
  }
}

TEST(FindOffers, ArrivalIsKept) {
  World world;
  const auto found = world.Offers(Wish("market", "farm", At(10), 1, 0, TimeKind::kArriveBy));
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->offers.size(), 3u);
  for (const Offer& offer : found->offers) EXPECT_LE(offer.promise.latest_arrival, At(10));
  EXPECT_GT(found->offers[0].promise.pickup.begin, At(9, 15));  // not needlessly early
}

TEST(FindOffers, RefusalsSayWhyAndOfferTheNearestTimes) {
  World world;
  world.now = At(9, 50);
  const auto soon = world.Offers(Wish("market", "farm", At(10)));
  EXPECT_FALSE(soon->refusal);  // from 10:50 on it works, within the longest wait
  EXPECT_EQ(soon->offers.at(0).promise.pickup.begin, At(10, 50));
  world.settings.rules.longest_wait = absl::Minutes(30);
  const auto refused = world.Offers(Wish("market", "farm", At(10)));
  EXPECT_EQ(refused->refusal, Reason::kNoticeTooShort);
  ASSERT_FALSE(refused->alternatives.empty());
  EXPECT_EQ(refused->alternatives[0].promise.pickup.begin, At(11));
  const auto early = world.Offers(Wish("market", "farm", At(testing::kWednesday, 4)));
  EXPECT_TRUE(early.ok());
  world.now = At(testing::kWednesday - 1, 18);
  const auto night = world.Offers(Wish("market", "farm", At(4)));
  EXPECT_EQ(night->refusal, Reason::kOutsideServiceHours);
  ASSERT_FALSE(night->alternatives.empty());
  EXPECT_EQ(night->alternatives[0].promise.pickup.begin, At(6));
}

TEST(FindOffers, AlternativesLieOnTheWishedDayWhenAShiftDrives) {
  World world;
  world.now = At(testing::kWednesday - 1, 18);
  for (Tour& tour : world.day.tours) tour.shifts.erase(tour.shifts.begin());  // from 13:00 on
  const auto night = world.Offers(Wish("market", "farm", At(2, 15)));
  EXPECT_EQ(night->refusal, Reason::kOutsideServiceHours);
  ASSERT_EQ(night->alternatives.size(), 3u);
  EXPECT_EQ(night->alternatives[0].promise.pickup.begin, At(13));
  const auto late = world.Offers(Wish("market", "farm", At(testing::kWednesday + 1, 4)));
  ASSERT_EQ(late->alternatives.size(), 3u);
  EXPECT_EQ(BerlinDay(late->alternatives[0].promise.pickup.begin), testing::kWednesday);
}

TEST(FindOffers, AWayThereStaysBeforeTheWayBack) {
  World world;
  TripRequest wish = Wish("market", "farm", At(14));
  wish.way_back = testing::MakePromiseAt(At(13, 30));
  const absl::Time latest = At(13, 30) - world.settings.rules.shortest_stay;
  const auto found = world.Offers(wish);
  EXPECT_EQ(found->refusal, Reason::kReturnBeforeOutbound);
  EXPECT_EQ(found->facts.count("latest_arrival"), 1u);
  ASSERT_EQ(found->alternatives.size(), 3u);
  for (const Offer& offer : found->alternatives) {
    EXPECT_LE(offer.promise.latest_arrival, latest);
    EXPECT_GE(offer.promise.pickup.begin, At(11)) << "near the wish";
  }
  // A wish for days later: what the way back leaves free is nearest.
  wish.time = At(testing::kWednesday + 5, 14);
  const auto later = world.Offers(wish);
  ASSERT_EQ(later->alternatives.size(), 3u);
  EXPECT_EQ(later->alternatives[0].promise, found->alternatives[0].promise);
}

TEST(FindOffers, AWayBackIsNotSoonerThanItsWayThere) {
  World world;
  TripRequest wish = Wish("market", "farm", At(7), 1, 0, TimeKind::kArriveBy);
  wish.not_before = At(16, 2);
  const auto found = world.Offers(wish);
  EXPECT_EQ(found->refusal, Reason::kReturnBeforeOutbound);
  ASSERT_EQ(found->alternatives.size(), 3u);
  EXPECT_EQ(found->alternatives[0].promise.pickup.begin, At(16, 20));
}

TEST(FindOffers, BlockedStopsSuggestTheNextOnes) {
  World world;
  world.day.blocks = {{StopId("doctor"), {At(8), At(18)}}};
  const auto found = world.Offers(Wish("farm", "doctor", At(10)));
  EXPECT_EQ(found->refusal, Reason::kStopBlocked);
  ASSERT_FALSE(found->stops.empty());
  EXPECT_EQ(found->stops[0], StopId("market"));
}

TEST(FindOffers, NoVehicleOnADayWithoutShifts) {
  World world;
  for (Tour& tour : world.day.tours) tour.shifts.clear();
  const auto found = world.Offers(Wish("market", "farm", At(10)));
  EXPECT_EQ(found->refusal, Reason::kNoVehicleFree);
  EXPECT_TRUE(found->alternatives.empty());
}

TEST(Accept, WhatWasOfferedCanBeHeld) {
  World world;
  const TripRequest wish = Wish("market", "farm", At(10));
  const auto found = world.Offers(wish);
  ASSERT_FALSE(found->offers.empty());
  for (const Offer& offer : found->offers) {
    World copy;
    const auto ride = copy.Book(wish, offer.promise.pickup.begin);
    ASSERT_TRUE(ride.ok()) << ride.status();
    EXPECT_EQ(copy.rides[*ride].promise, offer.promise);
    EXPECT_EQ(copy.Fault(true), "");
  }
}

TEST(Accept, AnOfferTakenByOthersIsRefused) {
  Settings town = testing::TestTown();
  town.vehicles.resize(1);
  std::erase_if(town.shifts,
                [](const ShiftTemplate& shift) { return shift.vehicle == VehicleId("bus-2"); });
  World world(town);
  const TripRequest chair = Wish("market", "farm", At(11), 1, 1);
  const TripRequest other = Wish("station", "school", At(11), 1, 1);
  ASSERT_TRUE(world.Book(chair, At(11)).ok());
  const auto taken = world.Book(other, At(11));  // one wheelchair place, and the other way
  EXPECT_EQ(ReasonOf(taken.status()), Reason::kOfferExpired);
  EXPECT_EQ(world.rides.size(), 1u);
}

TEST(Accept, RemembersTheOfferAsLongAsAHold) {
  World world;
  world.now = At(9, 1);  // 60 minutes notice, and the offer was seen at 9:00
  EXPECT_TRUE(world.Book(Wish("market", "farm", At(10)), At(10)).ok());
  world.now = At(9, 3);
  EXPECT_EQ(ReasonOf(world.Book(Wish("market", "farm", At(10)), At(10)).status()),
            Reason::kNoticeTooShort);
}

TEST(Wheelchair, TakesTheRoomOfTwoSeats) {
  Settings town = testing::TestTown();
  town.vehicles.resize(1);
  std::erase_if(town.shifts,
                [](const ShiftTemplate& shift) { return shift.vehicle == VehicleId("bus-2"); });
  town.rules.ride_time = {1.0, absl::Minutes(5)};  // no detours: everybody together or not at all
  World world(town);
  ASSERT_TRUE(world.Book(Wish("market", "farm", At(10), 6), At(10)).ok());
  World with_chair = world, with_two = world;
  EXPECT_TRUE(with_chair.Book(Wish("market", "farm", At(10), 1, 1), At(10)).ok());
  EXPECT_TRUE(with_two.Book(Wish("market", "farm", At(10), 2), At(10)).ok());
  EXPECT_FALSE(with_chair.Book(Wish("market", "farm", At(10), 1), At(10)).ok());
}

TEST(OutAndBack, TheReturnIsPlannedOnTheDayWithTheOutbound) {
  World world;
  const auto out = world.Book(Wish("farm", "doctor", At(10)), At(10));
  ASSERT_TRUE(out.ok());
  const absl::Time back = world.rides[*out].promise.latest_arrival + absl::Minutes(30);
  EXPECT_TRUE(
      CheckReturn(EarliestReturn(world.settings.rules, world.rides[*out].promise), back).ok());
  EXPECT_TRUE(world.Book(Wish("doctor", "farm", back), back).ok());
  EXPECT_EQ(world.Fault(true), "");
}

TEST(Move, ToTheOtherBusKeepsThePromise) {
  World world;
  const auto ride = world.Book(Wish("market", "farm", At(10)), At(10), VehicleId("bus-1"));
  ASSERT_TRUE(ride.ok());
  const auto moved =
      world.planner->Move(world.settings, world.day, *ride, VehicleId("bus-2"), world.now);
  ASSERT_TRUE(moved.ok()) << moved.status();
  ASSERT_EQ(moved->plans.size(), 2u);
  for (const TourPlan& plan : moved->plans) EXPECT_EQ(world.Adopt(plan, {*ride}), absl::OkStatus());
  world.Step(*ride, MoveRide{moved->placed.at(*ride)});
  EXPECT_EQ(world.rides[*ride].tour->vehicle, VehicleId("bus-2"));
  EXPECT_EQ(world.Fault(true), "");
  EXPECT_EQ(
      ReasonOf(world.planner->Move(world.settings, world.day, *ride, VehicleId("bus-9"), world.now)
                   .status()),
      Reason::kVehicleUnknown);
}

TEST(Replan, RidesOfABrokenBusGoToTheOther) {
  World world;
  const auto ride = world.Book(Wish("market", "farm", At(10)), At(10), VehicleId("bus-1"));
  ASSERT_TRUE(ride.ok());
  world.now = At(9, 30);
  EXPECT_EQ(world.TakeOut(VehicleId("bus-1")), 0);
  EXPECT_EQ(world.rides[*ride].tour->vehicle, VehicleId("bus-2"));
  EXPECT_EQ(world.Fault(true), "");
  EXPECT_EQ(world.TakeOut(VehicleId("bus-2")), 1);
  EXPECT_EQ(world.rides[*ride].state, RideState::kAffected);
  EXPECT_EQ(world.Fault(true), "");
  EXPECT_EQ(world.Offers(Wish("market", "farm", At(15)))->refusal, Reason::kNoVehicleFree);
}

TEST(Late, ALateBusStillTakesRidersButMakesNobodyLater) {
  Settings town = testing::TestTown();
  town.vehicles.resize(1);
  std::erase_if(town.shifts,
                [](const ShiftTemplate& shift) { return shift.vehicle == VehicleId("bus-2"); });
  World world(town);
  const TourId tour{VehicleId("bus-1"), testing::kWednesday};
  const auto first = world.Book(Wish("station", "farm", At(14)), At(14));
  ASSERT_TRUE(first.ok());
  world.now = At(13, 50);
  ASSERT_TRUE(
      world.DriveOne(tour, absl::Minutes(40), At(23)));  // boards 25 minutes after the window
  EXPECT_GT(world.rides[*first].journey.pickup_lateness, absl::Minutes(20));
  const absl::Time expected =
      ExpectedTimes(world.TourOf(tour), world.now)[world.TourOf(tour).executed].begin;
  const auto later = world.Book(Wish("school", "market", At(17)), At(17));
  ASSERT_TRUE(later.ok()) << later.status();
  const Tour& after = world.TourOf(tour);
  EXPECT_EQ(ExpectedTimes(after, world.now)[FindVisit(after, VisitKind::kDropoff, *first)].begin,
            expected);
  EXPECT_EQ(world.Fault(false), "");
}

// A break that was planned at a stop stays there when the stop is cancelled: from further back the
// next rider could not be reached in time, and nobody could be waited for.
TEST(Cancelled, TheBreakStaysWhereItWasPlanned) {
  Settings town = testing::TestTown();
  town.vehicles.resize(1);
  std::erase_if(town.shifts,
                [](const ShiftTemplate& shift) { return shift.vehicle == VehicleId("bus-2"); });
  town.stops[4].location = testing::Point(9.9, 9.9);  // the farm: 24 minutes from the station
  World world(town);
  const auto book = [&](const char* from, const char* to, absl::Time at) {
    TripRequest wish = Wish("market", "doctor", at);
    wish.trip.origin.stop = StopId(from), wish.trip.destination.stop = StopId(to);
    wish.trip = *ResolveTrip(town, wish.trip);
    return world.Book(wish, at);
  };
  const TourId id{VehicleId("bus-1"), testing::kWednesday};
  const auto first = book("market", "station", At(8));
  const auto cancelled = book("station", "farm", At(8, 30));
  const auto last = book("farm", "station", At(9, 35));
  ASSERT_TRUE(first.ok() && cancelled.ok() && last.ok()) << last.status();
  world.Cancel(*cancelled);
  const Tour& tour = world.TourOf(id);
  ASSERT_EQ(tour.visits.size(), 5u);
  ASSERT_EQ(tour.visits[2].kind, VisitKind::kBreak);
  EXPECT_EQ(LocationOf(tour, 2), town.stops[4].location);
  EXPECT_GT(tour.visits[2].drive, absl::Minutes(20));
  EXPECT_EQ(world.Fault(true), "");

  const auto leave_by = *world.planner->LeaveBy(world.settings, world.day, id, world.now);
  // The break must have begun by 9:20, and the way there and to the station takes half an hour.
  EXPECT_GT(leave_by.at(*first), At(8, 30));
  EXPECT_LT(leave_by.at(*first), At(8, 55));
  EXPECT_GT(leave_by.at(*last), At(9, 50));

  // Whoever is booked or gives way now: the rest is planned on it, and driven as planned.
  ASSERT_TRUE(world.Book(Wish("doctor", "school", At(10, 30)), At(10, 30)).ok());
  EXPECT_EQ(world.Fault(true), "");
  while (world.TourOf(id).executed < static_cast<int>(world.TourOf(id).visits.size()))
    ASSERT_TRUE(world.DriveOne(id, absl::ZeroDuration(), At(23)));
  EXPECT_EQ(world.rides[*last].journey.pickup_lateness, absl::ZeroDuration());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// What is known about the rest of the day.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::Aboard;
using testing::At;
using testing::Do;
using testing::kBernd;
using testing::Planned;
using testing::Running;
using testing::Serve;

TEST(ExpectedTimes, SlackAbsorbsADelayAndNothingLiesInThePast) {
  const Tour delayed = Do(Running(), ReportDelay{kBernd, Minutes(10)}, At(13, 50));
  const std::vector<VisitTimes> expected = ExpectedTimes(delayed, At(13, 50));
  EXPECT_EQ(expected[0].begin, At(14, 12));
  EXPECT_EQ(expected[1].begin, At(14, 13));
  EXPECT_EQ(expected[2].begin, At(14, 18));  // 2 of the 10 minutes were slack
  EXPECT_EQ(ExpectedTimes(Running(), At(14, 30))[0].begin, At(14, 30));
  EXPECT_EQ(Do(delayed, Serve(VisitKind::kPickup, "a"), At(14, 5)).delay, absl::ZeroDuration());
}

// The plan that follows from a delay lies later by it, and is not later once more; nor is a second
// report added to the first.
TEST(Delay, CountsFromThePlanWithoutIt) {
  Tour tour = Do(Running(), ReportDelay{kBernd, Minutes(10)}, At(13, 50));
  const absl::Time expected = ExpectedTimes(tour, At(13, 50))[0].begin;
  for (Visit& visit : tour.visits) {  // planned anew
    visit.arrival += Minutes(10);
    visit.begin += Minutes(10);
    visit.end += Minutes(10);
  }
  EXPECT_EQ(ExpectedTimes(tour, At(13, 50))[0].begin, expected);
  const Tour again = Do(tour, ReportDelay{kBernd, Minutes(11)}, At(13, 51));
  EXPECT_EQ(ExpectedTimes(again, At(13, 51))[0].begin, expected + Minutes(1));
  const Tour on_time = Do(again, ReportDelay{kBernd, Minutes(0)}, At(13, 52));
  EXPECT_EQ(WhereaboutsOf(on_time, 1, At(13, 52)).ready,
            WhereaboutsOf(Running(), 1, At(13, 52)).ready);
}

TEST(Delay, OfAShiftIsNotOneOfTheNext) {
  Tour tour = Planned();  // in the late shift
  tour.shifts[0].state = ShiftState::kRunning;
  tour.shifts[0].driver = kBernd;
  const Tour delayed = Do(tour, ReportDelay{kBernd, Minutes(30)}, At(13, 50));
  EXPECT_EQ(WhereaboutsOf(delayed, 1, At(13, 50)).ready, WhereaboutsOf(tour, 1, At(13, 50)).ready);
}

TEST(ExpectedTimes, AreNeverBeforeThePlanNorOutOfOrder) {
  EXPECT_TRUE(rc::check([] {
    Tour tour = Running();
    absl::Time now = At(13, 50);
    if (*rc::gen::arbitrary<bool>())
      tour = Do(tour, ReportDelay{kBernd, Minutes(*rc::gen::inRange(0, 60))}, now);
    const int served = *rc::gen::inRange(0, 5);
    for (int i = 0; i < served; ++i) {
      now = std::max(now, ExpectedTimes(tour, now)[i].begin) + Minutes(*rc::gen::inRange(0, 15));
      tour = Do(tour, Serve(tour.visits[i].kind, tour.visits[i].ride.value().c_str()), now);
    }
    now += Minutes(*rc::gen::inRange(0, 60));
    const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
    for (size_t i = tour.executed; i < expected.size(); ++i) {
      RC_ASSERT(expected[i].begin >= tour.visits[i].begin);
      RC_ASSERT(expected[i].begin >= now - Minutes(0));
      if (i > 0) RC_ASSERT(expected[i].begin >= expected[i - 1].end + tour.visits[i].drive);
    }
  }));
}

TEST(Whereabouts, WhoStandsAtAStopOrDrivesThereGoesOnFromThere) {
  const auto expect = [](const Tour& tour, absl::Time now, int at, absl::Time ready) {
    const Whereabouts found = WhereaboutsOf(tour, 1, now);
    EXPECT_EQ(found.at, at);
    EXPECT_EQ(found.ready, ready);
    EXPECT_EQ(found.on_the_way, at >= tour.executed);
  };
  expect(Running(), At(13, 59), -1, At(13, 59));  // leaves at 14:00
  expect(Running(), At(14, 1), 0, At(14, 2));
  expect(Running(), At(14, 5), 0, At(14, 5));
  const ArriveAt arrive{kBernd, VisitKind::kPickup, RideId("a")};
  const Tour early = Do(Running(), arrive, At(13, 55));  // the drive was shorter than planned
  expect(early, At(13, 56), 0, At(13, 56));
  EXPECT_EQ(ExpectedTimes(early, At(13, 56))[0].arrival, At(13, 55));
  EXPECT_EQ(ExpectedTimes(early, At(13, 56))[0].begin, At(14, 2));
  expect(Aboard(), At(14, 3), 1, At(14, 4));
}

// Who has not come after 15 minutes may still get in, or not: what is behind is late by then.
TEST(ToleratedTimes, AWaitCountsOnlyOnceItIsPast) {
  const Tour waiting = Do(Running(), ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(14, 1));
  const absl::Time now = At(14, 17);
  const std::vector<VisitTimes> expected = ExpectedTimes(waiting, now);
  const std::vector<VisitTimes> tolerated = ToleratedTimes(waiting, now);
  EXPECT_FALSE(IsWaiting(waiting, At(14, 2)));
  EXPECT_TRUE(IsWaiting(waiting, now));
  EXPECT_EQ(expected[1].begin, now + Minutes(1));
  EXPECT_EQ(tolerated[1].begin, now);
  EXPECT_EQ(tolerated[0].begin, now);  // whoever is waited for
  EXPECT_EQ(tolerated[2].begin, expected[2].begin);
}

// After a delay that was a mistake: what it did to the plan is no reason to stay late.
TEST(ToleratedTimes, WhatWasPlannedLateNeedNotStayLate) {
  Tour tour = Running();
  for (Visit& visit : tour.visits)
    visit.arrival += Minutes(30), visit.begin += Minutes(30), visit.end += Minutes(30);
  const std::vector<VisitTimes> tolerated = ToleratedTimes(tour, At(13, 50));
  EXPECT_LT(tolerated[0].begin, At(14, 15));
  EXPECT_LT(tolerated[1].begin, At(14, 15));
  EXPECT_EQ(ExpectedTimes(tour, At(13, 50))[0].begin, At(14, 32)) << "as the manifest says";
}

TEST(FrozenPrefix, HoldsWhatIsDoneAndWhereTheBusIsGoing) {
  EXPECT_EQ(FrozenPrefix(Running(), Minutes(2), At(13, 57)), 0);
  EXPECT_EQ(FrozenPrefix(Running(), Minutes(2), At(13, 58)), 1);  // leaves at 14:00
  EXPECT_EQ(FrozenPrefix(Aboard(), Minutes(2), At(14, 3)), 2);
  EXPECT_EQ(FrozenPrefix(Aboard(), Minutes(2), At(14, 4)), 3);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

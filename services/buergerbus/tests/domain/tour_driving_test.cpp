// What drivers may report.
#include <gtest/gtest.h>

#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::Aboard;
using testing::At;
using testing::Do;
using testing::EmptyTour;
using testing::kBernd;
using testing::kLate;
using testing::kTourRules;
using testing::Outcome;
using testing::Planned;
using testing::Running;
using testing::Serve;

TEST(Driving, GoesThroughTheManifest) {
  Tour tour = Aboard();
  EXPECT_EQ(RidesAboard(tour).size(), 2u);
  EXPECT_EQ(Outcome(tour, EndShift{kLate, kBernd}, At(14, 5)), "RIDERS_ABOARD");
  tour = Do(tour, Serve(VisitKind::kDropoff, "b"), At(14, 10));  // b first: both at the same stop
  EXPECT_EQ(tour.visits[2].ride, RideId("b"));
  EXPECT_EQ(tour.visits[2].load_after, (Load{1, 0, 0}));
  EXPECT_EQ(tour.visits[2].drive, Minutes(4));
  tour = Do(tour, Serve(VisitKind::kDropoff, "a"), At(14, 11));
  EXPECT_TRUE(OpenRides(tour).empty());
  tour = Do(tour, EndShift{kLate, kBernd}, At(20));
  EXPECT_EQ(Outcome(tour, EndShift{kLate, kBernd}, At(20)), "same");
  EXPECT_EQ(Outcome(tour, StartShift{kLate, kBernd}, At(20)), "SHIFT_CLOSED");
}

TEST(Driving, RefusesWithAReason) {
  EXPECT_EQ(Outcome(Planned(), Serve(VisitKind::kPickup, "a"), At(14)), "SHIFT_NOT_STARTED");
  EXPECT_EQ(Outcome(Planned(), StartShift{ShiftId("night"), kBernd}, At(14)), "SHIFT_UNKNOWN");
  EXPECT_EQ(Outcome(Planned(), StartShift{kLate, DriverId("anna")}, At(14)), "NOT_YOUR_SHIFT");
  const Tour running = Running();
  EXPECT_EQ(Outcome(running, StartShift{kLate, kBernd}, At(14)), "same");
  EXPECT_EQ(Outcome(running, StartShift{ShiftId("bus-1-early"), DriverId("anna")}, At(14)),
            "SHIFT_RUNNING");
  EXPECT_EQ(Outcome(running, ServeVisit{DriverId("anna"), VisitKind::kPickup, RideId("a")}, At(14)),
            "NOT_YOUR_SHIFT");
  EXPECT_EQ(Outcome(running, Serve(VisitKind::kDropoff, "a"), At(14)), "VISIT_NOT_NEXT");
  EXPECT_EQ(Outcome(running, Serve(VisitKind::kPickup, "z"), At(14)), "RIDE_NOT_ON_TOUR");
  EXPECT_EQ(Outcome(running, SkipRide{kBernd, RideId("a")}, At(14)), "NOT_ARRIVED");
  EXPECT_EQ(Outcome(running, EndShift{kLate, kBernd}, At(14)), "RIDES_LEFT");
  EXPECT_EQ(Outcome(running, TakeBreak{kBernd}, At(14)), "VISIT_NOT_NEXT");
  EXPECT_EQ(Outcome(running, ReportDelay{kBernd, absl::Hours(4)}, At(14)), "?");
  EXPECT_EQ(Outcome(Aboard(), Serve(VisitKind::kPickup, "a"), At(14, 5)), "same");
  EXPECT_EQ(Outcome(Aboard(), SkipRide{kBernd, RideId("a")}, At(14, 5)), "RIDE_ALREADY_BOARDED");
}

TEST(Driving, ARunningShiftIsHandedOverAndNeverLeft) {
  const DriverId clara("clara");
  EXPECT_EQ(Do(Planned(), AssignDriver{kLate, {}}, At(12)).shifts[1].driver, DriverId());
  const Tour running = Running();
  EXPECT_EQ(Outcome(running, AssignDriver{kLate, {}}, At(14)), "SHIFT_RUNNING");
  const Tour handed = Do(running, AssignDriver{kLate, clara}, At(14));
  EXPECT_EQ(Outcome(handed, Serve(VisitKind::kPickup, "a"), At(14)), "NOT_YOUR_SHIFT");
  EXPECT_EQ(Outcome(handed, ServeVisit{clara, VisitKind::kPickup, RideId("a")}, At(14)), "ok");
}

TEST(Driving, WhoeverStartsARunningShiftThatNobodyHasDrivesItOn) {
  Tour nobodys = Running();
  nobodys.shifts[1].driver = {};
  const Tour taken = Do(nobodys, StartShift{kLate, kBernd}, At(14));
  EXPECT_EQ(taken, Running());
  EXPECT_EQ(Outcome(taken, StartShift{kLate, DriverId("clara")}, At(14)), "NOT_YOUR_SHIFT");
}

TEST(Driving, AShiftIsNotStartedLongBeforeItBegins) {
  const auto early = Decide(Planned(), StartShift{kLate, kBernd}, kTourRules, At(10, 59));
  EXPECT_EQ(ReasonOf(early.status()), Reason::kTooFarAhead);
  EXPECT_EQ(FactsOf(early.status())["earliest"], FormatRfc3339(At(11)));
  EXPECT_EQ(Outcome(Planned(), StartShift{kLate, kBernd}, At(11)), "ok");
}

TEST(Driving, AShiftThatWasStartedByMistakeIsPlannedAgain) {
  const Tour started = Do(Planned(), StartShift{kLate, kBernd}, At(12));
  EXPECT_EQ(Outcome(started, EndShift{kLate, DriverId("anna")}, At(12)), "NOT_YOUR_SHIFT");
  EXPECT_EQ(Do(started, EndShift{kLate, kBernd}, At(12, 59)), Planned());
  EXPECT_EQ(Outcome(Planned(), EndShift{kLate, kBernd}, At(12)), "SHIFT_NOT_STARTED");
  EXPECT_EQ(Outcome(started, EndShift{kLate, kBernd}, At(13)), "RIDES_LEFT");
  const Tour there = Do(started, ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(12, 50));
  EXPECT_EQ(Outcome(there, EndShift{kLate, kBernd}, At(12, 59)), "RIDES_LEFT") << "it was meant";
}

TEST(Driving, ANoShowFreesItsPlace) {
  Tour tour = Do(Running(), ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(14, 2));
  EXPECT_EQ(Outcome(tour, ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(14, 3)), "same");
  tour = Do(tour, SkipRide{kBernd, RideId("a")}, At(14, 7));
  EXPECT_EQ(Outcome(tour, SkipRide{kBernd, RideId("a")}, At(14, 8)), "same");
  EXPECT_EQ(tour.visits[1].load_after, (Load{1, 0, 0}));  // b alone
  EXPECT_EQ(OpenRides(tour), (std::vector<RideId>{RideId("b")}));
  EXPECT_EQ(FindVisit(tour, VisitKind::kDropoff, RideId("a")), -1);
}

TEST(Driving, ABreakBeginsNoEarlierThanItHelps) {
  const DriverId anna("anna");
  Tour tour = EmptyTour();
  tour.visits.push_back(
      {.kind = VisitKind::kBreak, .shift = 0, .begin = At(9, 20), .end = At(9, 50)});
  tour = Do(tour, StartShift{ShiftId("bus-1-early"), anna}, At(6));
  EXPECT_EQ(Outcome(tour, TakeBreak{anna}, At(7)), "TOO_EARLY_FOR_BREAK");
  EXPECT_EQ(Outcome(tour, TakeBreak{anna}, At(8, 49)), "TOO_EARLY_FOR_BREAK");
  EXPECT_EQ(Do(tour, TakeBreak{anna}, At(8, 50)).executed, 1);
  EXPECT_EQ(Do(tour, TakeBreak{anna}, At(11)).executed, 1) << "that it was late is a fact";
}

}  // namespace
}  // namespace stadtmesh::buergerbus

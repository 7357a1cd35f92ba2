// What changed settings do to planned tours: whoever still fits stays, nobody is lost in silence.
#include "buergerbus/domain/tour_refit.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/tour_commands.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::At;
using testing::Point;

const Settings kBefore = testing::TestTown();
const VehicleId kBus("bus-1");

// One ride in the shift: pick-up at the market, then six minutes.
void AddRide(Tour& tour, int shift, const std::string& id, absl::Time pickup) {
  const Assignment ride{
      .ride = RideId(id),
      .origin = Point(5, 5),
      .destination = Point(6, 5),
      .origin_stop = StopId("market"),
      .destination_stop = StopId("doctor"),
      .load = {1, 0, 0},
      .promise = {{pickup, pickup + Minutes(15)}, pickup + Minutes(40), Minutes(20)},
      .boarding = Minutes(1),
      .alighting = Minutes(1)};
  tour.assignments.push_back(ride);
  const auto visit = [&](VisitKind kind, absl::Time begin, absl::Duration drive, Load after) {
    tour.visits.push_back({.kind = kind,
                           .shift = shift,
                           .ride = ride.ride,
                           .drive = drive,
                           .arrival = begin,
                           .begin = begin,
                           .end = begin + Minutes(1),
                           .load_after = after});
  };
  visit(VisitKind::kPickup, pickup + Minutes(5), Minutes(2), {1, 0, 0});
  visit(VisitKind::kDropoff, pickup + Minutes(11), Minutes(5), {0, 0, 0});
}

// The late shift (13 to 27 h, no break) with a ride at every full hour of 14..14+n.
Tour LateShift(int rides) {
  Tour tour = *OpenTour(kBefore, kBus, testing::kWednesday);
  for (int i = 0; i < rides; ++i) AddRide(tour, 1, "r" + std::to_string(i), At(14 + i));
  return tour;
}

Tour Refit(const Tour& tour, const Settings& settings, absl::Time now = At(8)) {
  const Vehicle* vehicle = FindVehicle(settings, kBus);
  const RefitTour refit{vehicle == nullptr ? std::vector<Load>() : vehicle->layouts,
                        ShiftsOn(settings, kBus, tour.id.day)};
  const auto decision = Decide(tour, refit, kBefore.rules, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(decision->events.empty(), decision->state == tour);
  return decision->state;
}

TEST(Refit, UnchangedSettingsChangeNothing) {
  const Tour tour = LateShift(3);
  EXPECT_EQ(Refit(tour, kBefore), tour);
}

TEST(Refit, RidesStayInAShiftThatStillHoldsThem) {
  Settings longer = kBefore;
  longer.shifts[1].end = absl::Hours(28);
  const Tour tour = LateShift(3), next = Refit(tour, longer);
  EXPECT_EQ(next.shifts[1].end, At(28));
  EXPECT_TRUE(RidesLost(tour, next).empty());
  EXPECT_EQ(next.visits, tour.visits);
  EXPECT_EQ(next.plan_revision, tour.plan_revision + 1);
}

TEST(Refit, RidesLoseTheirPlaceInAShiftThatEndsBeforeThem) {
  Settings shorter = kBefore;
  shorter.shifts[1].end = absl::Hours(15);
  const Tour tour = LateShift(3), next = Refit(tour, shorter);
  EXPECT_EQ(RidesLost(tour, next).size(), 3u) << "a shift is planned again as a whole";
  EXPECT_TRUE(next.visits.empty() && next.assignments.empty());
}

TEST(Refit, SmallerBusesLoseWhoDoesNotFit) {
  Settings smaller = kBefore;
  smaller.vehicles[0].layouts = {{0, 1, 0}};
  const Tour tour = LateShift(1);
  EXPECT_EQ(RidesLost(tour, Refit(tour, smaller)).size(), 1u);
  smaller.vehicles[0].layouts = {{1, 0, 0}};
  EXPECT_TRUE(RidesLost(tour, Refit(tour, smaller)).empty());
}

TEST(Refit, AVehicleThatIsGoneDrivesNobody) {
  Settings without = kBefore;
  std::erase_if(without.vehicles, [](const Vehicle& vehicle) { return vehicle.id == kBus; });
  std::erase_if(without.shifts, [](const ShiftTemplate& shift) { return shift.vehicle == kBus; });
  const Tour tour = LateShift(2), next = Refit(tour, without);
  EXPECT_EQ(RidesLost(tour, next).size(), 2u);
  EXPECT_TRUE(next.shifts.empty());
}

TEST(Refit, AShiftThatHasBegunStaysAsItIs) {
  Settings changed = kBefore;
  changed.shifts[1].end = absl::Hours(15);
  const auto running = Decide(LateShift(2), StartShift{ShiftId("bus-1-late"), DriverId("bernd")},
                              kBefore.rules, At(13));
  ASSERT_TRUE(running.ok());
  const Tour next = Refit(running->state, changed, At(13, 30));
  EXPECT_TRUE(RidesLost(running->state, next).empty());
  EXPECT_EQ(next.shifts[1].end, At(27));
}

// The late shift runs: "aboard" has boarded, "early" and "later" (of two) are still to get in.
Tour Started() {
  Tour tour = *OpenTour(kBefore, kBus, testing::kWednesday);
  AddRide(tour, 1, "aboard", At(14));
  AddRide(tour, 1, "early", At(15));
  AddRide(tour, 1, "later", At(16));
  tour.assignments[0].load = tour.visits[0].load_after = {3, 0, 0};
  tour.assignments[2].load = tour.visits[4].load_after = {2, 0, 0};
  const DriverId bernd("bernd");
  const auto running =
      Decide(tour, StartShift{ShiftId("bus-1-late"), bernd}, kBefore.rules, At(13));
  const auto boarded =
      Decide(running->state, ServeVisit{bernd, VisitKind::kPickup, RideId("aboard")}, kBefore.rules,
             At(14, 5));
  EXPECT_TRUE(boarded.ok()) << boarded.status();
  return boarded->state;
}

TEST(Refit, NewLayoutsCountOnceTheyHoldWhoIsOnBoard) {
  Settings smaller = kBefore;
  smaller.vehicles[0].layouts = {{1, 0, 0}};
  const Tour tour = Started();
  EXPECT_EQ(Refit(tour, smaller, At(14, 6)), tour);
  const auto empty =
      Decide(tour, ServeVisit{DriverId("bernd"), VisitKind::kDropoff, RideId("aboard")},
             kBefore.rules, At(14, 11));
  const Tour next = Refit(empty->state, smaller, At(14, 12));
  EXPECT_EQ(next.layouts, smaller.vehicles[0].layouts);
  EXPECT_EQ(RidesLost(empty->state, next), std::vector<RideId>{RideId("later")});
  EXPECT_EQ(OpenRides(next), std::vector<RideId>{RideId("early")});
}

TEST(Refit, ALaterShiftIsPlannedForTheNewLayoutsWhileAnEarlierOneRuns) {
  Tour tour = LateShift(2);
  const auto running =
      Decide(tour, StartShift{ShiftId("bus-1-early"), DriverId("anna")}, kBefore.rules, At(6));
  ASSERT_TRUE(running.ok()) << running.status();
  Settings smaller = kBefore;
  smaller.vehicles[0].layouts = {{0, 1, 0}};
  const Tour next = Refit(running->state, smaller, At(8));
  EXPECT_EQ(next.layouts, smaller.vehicles[0].layouts);
  EXPECT_EQ(RidesLost(running->state, next).size(), 2u);
}

TEST(Refit, WhoWasGivenAShiftKeepsIt) {
  Tour tour = LateShift(0);
  tour.shifts[1].driver = DriverId("clara");
  Settings changed = kBefore;
  changed.shifts[1].end = absl::Hours(26);
  EXPECT_EQ(Refit(tour, changed).shifts[1].driver, DriverId("clara"));
}

// Whatever the settings become: who is in the tour is in it with a plan that holds, everybody else
// is told to be lost.
TEST(Refit, NobodyIsLostInSilenceAndNoPromiseIsBroken) {
  EXPECT_TRUE(rc::check([] {
    const Tour tour = LateShift(*rc::gen::inRange(0, 6));
    Settings changed = kBefore;
    for (int i = 0; i < 2; ++i) {
      changed.shifts[i].begin += absl::Minutes(*rc::gen::inRange(-60, 300));
      changed.shifts[i].end += absl::Minutes(*rc::gen::inRange(-600, 60));
    }
    changed.vehicles[0].layouts = {{*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 2), 0}};
    if (*rc::gen::inRange(0, 5) == 0)
      changed.shifts.erase(changed.shifts.begin() + *rc::gen::inRange(0, 2));
    for (auto shift = changed.shifts.begin(); shift != changed.shifts.end();) {
      shift = shift->begin < shift->end ? shift + 1 : changed.shifts.erase(shift);
    }
    const Tour next = Refit(tour, changed);
    std::vector<RideId> all = OpenRides(next);
    const std::vector<RideId> lost = RidesLost(tour, next);
    all.insert(all.end(), lost.begin(), lost.end());
    std::sort(all.begin(), all.end());
    std::vector<RideId> before = OpenRides(tour);
    std::sort(before.begin(), before.end());
    RC_ASSERT(all == before);
    Tour empty = next;
    empty.visits.clear();
    empty.assignments.clear();
    RC_ASSERT(CheckPlan(empty, {next.id, next.plan_revision, next.assignments, next.visits}, {},
                        kBefore.rules.freeze, At(8))
                  .ok());
  }));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// The tour: what plans it takes, what drivers may report, and what is known about the rest of the
// day.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/domain/tour_times.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::At;
using testing::Point;

const BookingRules kRules = testing::TestTown().rules;
const DriverId kBernd("bernd");
const ShiftId kLate("bus-1-late");

Assignment MakeAssignment(const char* ride, absl::Time pickup, Load load = {1, 0, 0}) {
  return {.ride = RideId(ride),
          .origin = Point(5, 5),
          .destination = Point(6, 5),
          .origin_stop = StopId("market"),
          .destination_stop = StopId("doctor"),
          .load = load,
          .promise = {{pickup, pickup + Minutes(15)}, pickup + Minutes(40), Minutes(20)},
          .boarding = Minutes(1),
          .alighting = Minutes(1)};
}

Visit MakeVisit(VisitKind kind, const char* ride, absl::Time begin, int drive_minutes, Load after) {
  return {.kind = kind,
          .shift = 1,
          .ride = RideId(ride),
          .drive = Minutes(drive_minutes),
          .arrival = begin,
          .begin = begin,
          .end = begin + Minutes(1),
          .load_after = after};
}

Tour EmptyTour() { return *OpenTour(testing::TestTown(), VehicleId("bus-1"), testing::kWednesday); }

// a and b get on at the market around 14:00 and get off at the doctor's at 14:10.
TourPlan TwoRides() {
  return {.tour = EmptyTour().id,
          .based_on = 0,
          .assignments = {MakeAssignment("a", At(14)), MakeAssignment("b", At(14))},
          .visits = {MakeVisit(VisitKind::kPickup, "a", At(14, 2), 2, {1, 0, 0}),
                     MakeVisit(VisitKind::kPickup, "b", At(14, 3), 0, {2, 0, 0}),
                     MakeVisit(VisitKind::kDropoff, "a", At(14, 10), 4, {1, 0, 0}),
                     MakeVisit(VisitKind::kDropoff, "b", At(14, 11), 0, {0, 0, 0})}};
}

std::string Outcome(const Tour& tour, const TourCommand& command, absl::Time now) {
  const auto decision = Decide(tour, command, kRules, now);
  if (!decision.ok())
    return ReasonOf(decision.status()) ? std::string(ReasonName(*ReasonOf(decision.status())))
                                       : "?";
  return decision->state == tour ? "same" : "ok";
}
Tour Do(const Tour& tour, const TourCommand& command, absl::Time now) {
  const auto decision = Decide(tour, command, kRules, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision->state;
}
Tour Planned() { return Do(EmptyTour(), AdoptPlan{TwoRides(), {}}, At(8)); }
Tour Running() { return Do(Planned(), StartShift{kLate, kBernd}, At(13)); }
ServeVisit Serve(VisitKind kind, const char* ride) { return {kBernd, kind, RideId(ride)}; }
Tour Aboard() {
  const Tour one = Do(Running(), Serve(VisitKind::kPickup, "a"), At(14, 2));
  return Do(one, Serve(VisitKind::kPickup, "b"), At(14, 3));
}

// What CheckPlan finds against a plan after this change.
std::string Against(const std::function<void(TourPlan&)>& change, const Tour& tour = EmptyTour(),
                    absl::Time now = At(8)) {
  TourPlan plan = TwoRides();
  plan.based_on = tour.plan_revision;
  change(plan);
  const absl::Status status = CheckPlan(tour, plan, {}, kRules.freeze, now);
  if (status.ok()) return "";
  const ErrorInfo info = *GetErrorInfo(status);
  return info.metadata.count("what") ? info.metadata.at("what") : info.reason;
}

TEST(CheckPlan, TakesAGoodPlan) {
  EXPECT_EQ(Against([](TourPlan&) {}), "");
}

TEST(CheckPlan, RefusesEveryKindOfBrokenPlan) {
  const auto shift_by = [](TourPlan& plan, size_t from, absl::Duration by) {
    for (size_t i = from; i < plan.visits.size(); ++i) {
      plan.visits[i].arrival += by, plan.visits[i].begin += by, plan.visits[i].end += by;
    }
  };
  EXPECT_EQ(Against([&](TourPlan& plan) { shift_by(plan, 0, Minutes(13)); }), "pick-up");
  EXPECT_EQ(Against([&](TourPlan& plan) { shift_by(plan, 0, -Minutes(3)); }), "too early");
  EXPECT_EQ(Against([&](TourPlan& plan) { shift_by(plan, 2, Minutes(31)); }), "arrival");
  EXPECT_EQ(Against([&](TourPlan& plan) { shift_by(plan, 2, Minutes(14)); }), "ride time");
  EXPECT_EQ(Against([&](TourPlan& plan) { shift_by(plan, 2, -Minutes(4)); }), "drive");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[0].end = plan.visits[0].begin; }),
            "boarding time");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[3].end = plan.visits[3].begin; }),
            "alighting time");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[1].load_after = {1, 0, 0}; }), "wrong load");
  EXPECT_EQ(Against([](TourPlan& plan) {
              plan.assignments[1].load = {8, 0, 0};
              plan.visits[1].load_after = {9, 0, 0}, plan.visits[2].load_after = {8, 0, 0};
            }),
            "capacity");
  EXPECT_EQ(Against([](TourPlan& plan) {  // 6 seats and a wheelchair fit, 7 do not
              plan.assignments[0].load = {0, 1, 0}, plan.assignments[1].load = {7, 0, 0};
              plan.visits[0].load_after = {0, 1, 0}, plan.visits[1].load_after = {7, 1, 0},
              plan.visits[2].load_after = {7, 0, 0};
            }),
            "capacity");
  EXPECT_EQ(Against([](TourPlan& plan) { std::swap(plan.visits[0], plan.visits[2]); }), "order");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits.pop_back(); }), "not dropped off");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[1].ride = RideId("a"); }), "picked up twice");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.assignments.pop_back(); }), "visit without a ride");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[3].shift = 0; }), "order");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits[3].shift = 7; }), "no such shift");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.based_on = 5; }), "PLAN_OUTDATED");
  EXPECT_EQ(Against([](TourPlan& plan) { plan.tour.day += 1; }), "PLAN_OUTDATED");
  // The early shift has a break that every plan that drives in it must take.
  EXPECT_EQ(Against([&](TourPlan& plan) {
              for (Assignment& ride : plan.assignments)
                ride.promise = MakeAssignment("x", At(8)).promise;
              for (Visit& visit : plan.visits) visit.shift = 0;
              shift_by(plan, 0, -absl::Hours(6));
            }),
            "break missing");
}

TEST(CheckPlan, ALaterPlanLosesAndChangesNobody) {
  EXPECT_EQ(Against([](TourPlan& plan) { plan.assignments[0].promise.pickup.end += Minutes(5); },
                    Planned()),
            "ride changed");
  EXPECT_EQ(
      Against([](TourPlan& plan) { plan.assignments.erase(plan.assignments.begin()); }, Planned()),
      "ride lost");
  // At 14:01 the bus is on its way to the market.
  EXPECT_EQ(Against([](TourPlan& plan) { std::swap(plan.visits[0], plan.visits[1]); }, Running(),
                    At(14, 1)),
            "PLAN_OUTDATED");
  Tour out = Planned();
  out.out = TimeWindow{At(14, 5), absl::InfiniteFuture()};
  EXPECT_EQ(Against([](TourPlan&) {}, out), "");  // who drives into it is late, and no later
  EXPECT_EQ(Against([](TourPlan& plan) { plan.visits.back().end += Minutes(1); }, out),
            "VEHICLE_OUT");
}

// Its driver boards when the manifest said: a ride that begins later on paper is longer on the
// road.
TEST(CheckPlan, WhereTheBusIsGoingNobodyGetsInLater) {
  const auto minutes_later = [](absl::Duration by) {
    return [by](TourPlan& plan) {
      for (Visit& visit : plan.visits) visit.arrival += by, visit.begin += by, visit.end += by;
    };
  };
  const Tour tour = Running();  // leaves at 14:00
  EXPECT_EQ(Against(minutes_later(Minutes(3)), tour, At(13, 57)), "");
  EXPECT_EQ(Against(minutes_later(Minutes(3)), tour, At(13, 58)), "PLAN_OUTDATED");
  EXPECT_EQ(Against(minutes_later(Minutes(0)), tour, At(13, 58)), "");
}

TEST(CheckPlan, LatenessIsAllowedAsFarAsItWasDrivenAndNoFurther) {
  const Tour late =
      Do(Running(), Serve(VisitKind::kPickup, "a"), At(14, 20));  // 5 minutes after the window
  constexpr absl::Duration kNothingFrozen = -absl::Hours(1);
  const std::vector<VisitTimes> expected = ExpectedTimes(late, At(14, 20));
  TourPlan plan{late.id, late.plan_revision, late.assignments, late.visits};
  for (size_t i = 1; i < plan.visits.size(); ++i) {
    plan.visits[i].arrival = expected[i].arrival, plan.visits[i].begin = expected[i].begin,
    plan.visits[i].end = expected[i].end;
  }
  EXPECT_EQ(CheckPlan(late, plan, {}, kNothingFrozen, At(14, 20)), absl::OkStatus());
  for (size_t i = 1; i < plan.visits.size(); ++i) {
    plan.visits[i].arrival += Minutes(1), plan.visits[i].begin += Minutes(1),
        plan.visits[i].end += Minutes(1);
  }
  EXPECT_EQ(
      GetErrorInfo(CheckPlan(late, plan, {}, kNothingFrozen, At(14, 20)))->metadata.at("what"),
      "pick-up");
}

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
  const auto early = Decide(Planned(), StartShift{kLate, kBernd}, kRules, At(10, 59));
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

TEST(Tour, RemovedRidesFreeTheirPlaceAndOthersKeepTheirTimes) {
  const Tour before = Planned();
  const Tour after = Do(before, RemoveRide{RideId("a")}, At(9));
  EXPECT_EQ(after.visits.size(), 2u);
  EXPECT_EQ(after.assignments.size(), 1u);
  EXPECT_EQ(after.visits[0].begin, At(14, 3));
  EXPECT_EQ(after.visits[0].load_after, (Load{1, 0, 0}));
  EXPECT_EQ(after.visits[0].drive, Minutes(2));
  EXPECT_EQ(Outcome(after, RemoveRide{RideId("a")}, At(9)), "same");
  EXPECT_EQ(Do(after, RemoveRide{RideId("b")}, At(9)).visits.size(), 0u);
}

TEST(Tour, TakenOutDropsWhatIsNotDoneByThen) {
  const auto from = [](absl::Time begin) { return TimeWindow{begin, absl::InfiniteFuture()}; };
  EXPECT_TRUE(RidesDroppedBy(Planned(), from(At(14, 12)), At(5)).empty());
  ASSERT_EQ(RidesDroppedBy(Planned(), from(At(14, 11)), At(5)).size(), 1u);  // a is done by then
  const std::vector<DroppedRide> dropped = RidesDroppedBy(Aboard(), from(At(14, 5)), At(5));
  ASSERT_EQ(dropped.size(), 2u);
  EXPECT_TRUE(dropped[0].aboard);
  const Tour out = Do(Aboard(), TakeVehicleOut{from(At(14, 5))}, At(14, 5));
  EXPECT_TRUE(OpenRides(out).empty());
  EXPECT_EQ(out.visits.size(), 2u);  // the record of who was picked up stays
  EXPECT_EQ(out.visits[1].load_after, Load{});
  EXPECT_EQ(Outcome(out, TakeVehicleOut{from(At(14, 5))}, At(14, 5)), "same");
  EXPECT_FALSE(Do(out, ReturnVehicle{}, At(16)).out);
}

TEST(Tour, RidesUsingABlockedStop) {
  const auto using_it = [](const char* stop, absl::Time from, absl::Time until) {
    return RidesUsing(Planned(), {StopId(stop), {from, until}}).size();
  };
  EXPECT_EQ(using_it("market", At(14, 3), At(15)), 1u);  // a has boarded by 14:03
  EXPECT_EQ(using_it("market", At(13), At(15)), 2u);
  EXPECT_EQ(using_it("doctor", At(14, 12), At(15)), 0u);
  EXPECT_EQ(using_it("school", At(13), At(15)), 0u);
}

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
  EXPECT_EQ(ReadyAt(on_time, 1, At(13, 52)), ReadyAt(Running(), 1, At(13, 52)));
}

TEST(Delay, OfAShiftIsNotOneOfTheNext) {
  Tour tour = Planned();  // in the late shift
  tour.shifts[0].state = ShiftState::kRunning;
  tour.shifts[0].driver = kBernd;
  const Tour delayed = Do(tour, ReportDelay{kBernd, Minutes(30)}, At(13, 50));
  EXPECT_EQ(ReadyAt(delayed, 1, At(13, 50)), ReadyAt(tour, 1, At(13, 50)));
}

TEST(Outage, LeavesWhatIsDrivenBeforeAndAfterIt) {
  const Tour planned = Planned();
  const absl::Time first = planned.visits.front().leave_at(), last = planned.visits.back().end;
  const auto out = [&](absl::Time begin, absl::Time end) {
    return Do(planned, TakeVehicleOut{{begin, end}}, At(5)).visits.size();
  };
  EXPECT_EQ(out(At(6), first), planned.visits.size());
  EXPECT_EQ(out(last, last + absl::Hours(1)), planned.visits.size());
  EXPECT_LT(out(At(6), first + absl::Seconds(1)), planned.visits.size());
  EXPECT_LT(out(last - absl::Seconds(1), last + absl::Hours(1)), planned.visits.size());
  // Nothing may be planned into it, and what stands may stay.
  const Tour behind = Do(planned, TakeVehicleOut{{At(6), first}}, At(5));
  const TourPlan same{planned.id, behind.plan_revision, behind.assignments, behind.visits, {}};
  EXPECT_TRUE(CheckPlan(behind, same, {}, kRules.freeze, At(5)).ok());
  Tour into = planned;
  into.out = TimeWindow{At(6), first + Minutes(1)};
  const TourPlan overlapping{
      planned.id, planned.plan_revision, planned.assignments, planned.visits, {}};
  Tour empty = into;
  empty.visits.clear();
  empty.assignments.clear();
  EXPECT_EQ(ReasonOf(CheckPlan(empty, overlapping, {}, kRules.freeze, At(5))), Reason::kVehicleOut);
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

TEST(FrozenPrefix, HoldsWhatIsDoneAndWhereTheBusIsGoing) {
  EXPECT_EQ(FrozenPrefix(Running(), Minutes(2), At(13, 57)), 0);
  EXPECT_EQ(FrozenPrefix(Running(), Minutes(2), At(13, 58)), 1);  // leaves at 14:00
  EXPECT_EQ(FrozenPrefix(Aboard(), Minutes(2), At(14, 3)), 2);
  EXPECT_EQ(FrozenPrefix(Aboard(), Minutes(2), At(14, 4)), 3);
}

TEST(OpenTour, ShiftsOfTheDayOrARefusal) {
  EXPECT_EQ(EmptyTour().shifts.size(), 2u);
  EXPECT_EQ(
      ReasonOf(OpenTour(testing::TestTown(), VehicleId("bus-9"), testing::kWednesday).status()),
      Reason::kVehicleUnknown);
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

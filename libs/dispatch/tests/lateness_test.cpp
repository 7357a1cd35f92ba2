#include "dispatch/lateness.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "dispatch/improve.h"
#include "dispatch/insert.h"
#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch {
namespace {

// One bus on a line of places a minute apart, ready ten minutes late.
class LatenessTest : public ::testing::Test {
 protected:
  LatenessTest() {
    problem_.travel = &travel_;
    problem_.vehicles = {Bus(0, 4)};
    problem_.vehicles[0].progress = Progress{.place = 0, .ready = 20 * kMinute};
    problem_.requests = {Ride(5, 9, {10 * kMinute, 15 * kMinute}), Ride(12, 15, {0, kHour})};
    problem_.requests[0].pickup->promise = TimeWindow{10 * kMinute, 15 * kMinute};
    plan_.routes = {{{{StopKind::kPickup, 0}, {StopKind::kDropoff, 0}}}};
  }

  MatrixTravelTimes travel_ = Line(30);
  Problem problem_;
  Plan plan_;
};

TEST_F(LatenessTest, IsToleratedAsFarAsItIsAndReported) {
  EXPECT_FALSE(Check(problem_, plan_).feasible);
  const auto broken = TolerateLateness(problem_, plan_);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0], (Violation{Limit::kPromise, 0, 0, 0, 10 * kMinute}));
  EXPECT_EQ(problem_.requests[0].pickup->tolerated_latest, 25 * kMinute);
  const CheckReport report = Check(problem_, plan_);
  EXPECT_TRUE(report.feasible);
  EXPECT_EQ(report.tolerated, broken);
  // Who is even later breaks a limit again.
  problem_.vehicles[0].progress->ready = 21 * kMinute;
  EXPECT_EQ(Check(problem_, plan_).violations[0].by, kMinute);
}

TEST_F(LatenessTest, OthersStillFindPlacesButNotBeforeTheLateOne) {
  TolerateLateness(problem_, plan_);
  const InsertAnswer answer = Insert(problem_, plan_, 1);
  ASSERT_EQ(answer.options.size(), 1u);
  EXPECT_EQ(answer.options[0].route.stops[0], (Stop{StopKind::kPickup, 0}));
  problem_.requests[1] = Ride(3, 4, {0, 24 * kMinute});
  EXPECT_EQ(Insert(problem_, plan_, 1).options.size(), 1u);  // on the way, without a second's delay
  problem_.requests[1].pickup->service = kSecond;
  EXPECT_TRUE(Insert(problem_, plan_, 1).options.empty());
}

TEST_F(LatenessTest, RideTimeShiftDurationAndBreaks) {
  Vehicle& bus = problem_.vehicles[0];
  bus.shift = {0, 35 * kMinute};
  bus.max_duration = 10 * kMinute;
  bus.breaks = {{{0, 20 * kMinute}, 5 * kMinute}};
  problem_.requests[0].max_ride = 3 * kMinute;
  plan_.routes[0].stops.push_back({StopKind::kBreak, 0});
  const auto broken = TolerateLateness(problem_, plan_);
  EXPECT_TRUE(Check(problem_, plan_).feasible);
  std::vector<Limit> limits;
  for (const Violation& violation : broken) limits.push_back(violation.limit);
  EXPECT_EQ(limits, (std::vector<Limit>{Limit::kPromise, Limit::kRideTime, Limit::kBreak,
                                        Limit::kShift, Limit::kDuration}));
  EXPECT_EQ(bus.tolerated_end, 43 * kMinute);
}

TEST_F(LatenessTest, LeavesAloneWhatTimeDoesNotMend) {
  problem_.requests[0].load = {5, 0, 0, 0};
  TolerateLateness(problem_, plan_);
  const auto violations = Check(problem_, plan_).violations;
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].limit, Limit::kCapacity);
}

// A day planned by insertion whose vehicles all get late: afterwards every route is usable again,
// and planning on makes nobody later.
RC_GTEST_PROP(TolerateLateness, MakesLateDaysUsable, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const bool by_hour = *rc::gen::arbitrary<bool>();
  Town town = RandomTown(
      seed,
      {.requests = 12, .vehicles = 2, .breaks = true, .duration = true, .time_dependent = by_hour});
  Problem& problem = town.problem;
  Plan plan;
  plan.routes.resize(2);
  for (int r = 0; r < 10; ++r) {
    const InsertAnswer answer = Insert(problem, plan, r);
    if (answer.options.empty()) continue;
    plan.routes[answer.options[0].vehicle] = answer.options[0].route;
    problem.requests[r].mandatory = true;
  }
  const Ticks late = *rc::gen::inRange(0, 60) * kMinute;
  const CheckReport before = Check(problem, plan);
  for (size_t v = 0; v < 2; ++v) {
    problem.vehicles[v].progress =
        Progress{.place = problem.vehicles[v].start, .ready = before.schedules[v].start + late};
  }
  const Problem true_limits = problem;
  const auto broken = TolerateLateness(problem, plan);
  const CheckReport tolerant = Check(problem, plan);
  RC_ASSERT(tolerant.feasible);
  RC_ASSERT(tolerant.tolerated == broken);
  RC_ASSERT(broken.empty() == Check(true_limits, plan).feasible);
  for (int r = 10; r < 12; ++r) {
    const InsertAnswer answer = Insert(problem, plan, r);
    if (!answer.options.empty()) plan.routes[answer.options[0].vehicle] = answer.options[0].route;
  }
  Budget budget;
  budget.iterations = 200;
  const SolveResult improved = Improve(problem, plan, budget);
  RC_ASSERT(improved.feasible);
}

// A bus on a line of places a minute apart: pick-up at 5, somebody else from 12 to 15.
TEST(LeaveBy, IsHeldByEveryLimitBehindTheStopButNotByWhoIsWaitedFor) {
  const MatrixTravelTimes travel = Line(30);
  Problem problem;
  problem.travel = &travel;
  problem.vehicles = {Bus(0, 4)};
  problem.requests = {Ride(5, 9, {0, kHour}, {0, 20 * kMinute}),
                      Ride(12, 15, {0, 40 * kMinute}, {0, kHour})};
  const Route route{{{StopKind::kPickup, 0},
                     {StopKind::kDropoff, 0},
                     {StopKind::kPickup, 1},
                     {StopKind::kDropoff, 1}}};
  const auto leave_by = [&] {
    return LeaveBy(problem, 0, route, Check(problem, Plan{{route}}).schedules[0], 0);
  };
  EXPECT_EQ(leave_by(), 33 * kMinute);  // not by the own arrival at 20
  problem.requests[1].pickup->tolerated_latest = kHour;
  EXPECT_EQ(leave_by(), 33 * kMinute) << "the true limit counts";
  problem.requests[1].dropoff->promise = TimeWindow{0, 35 * kMinute};
  EXPECT_EQ(leave_by(), 25 * kMinute);
  problem.vehicles[0].shift.latest = 45 * kMinute;
  EXPECT_EQ(leave_by(), 20 * kMinute);
  problem.requests[1].pickup->window = {0, 10 * kMinute};
  EXPECT_EQ(leave_by(), 3 * kMinute) << "lost already when the bus comes at 5";
  problem.requests[1].max_ride = 2 * kMinute;
  EXPECT_EQ(leave_by(), kNever) << "never possible";
}

// Leaving then keeps every limit as Check sees it, leaving a moment later does not.
RC_GTEST_PROP(LeaveBy, IsTheLastMomentThatCheckAccepts, ()) {
  const bool by_hour = *rc::gen::arbitrary<bool>();
  Town town = RandomTown(*rc::gen::arbitrary<uint64_t>(), {.requests = 8,
                                                           .vehicles = 1,
                                                           .breaks = true,
                                                           .one_sided = *rc::gen::arbitrary<bool>(),
                                                           .duration = true,
                                                           .time_dependent = by_hour});
  Problem& problem = town.problem;
  Plan plan{{Route{}}};
  for (int r = 0; r < 8; ++r) {
    const InsertAnswer answer = Insert(problem, plan, r);
    if (!answer.options.empty()) plan.routes[0] = answer.options[0].route;
  }
  const std::vector<Stop>& stops = plan.routes[0].stops;
  RC_PRE(!stops.empty());
  const int here = *rc::gen::inRange(0, static_cast<int>(stops.size()));
  RC_PRE(stops[here].kind != StopKind::kBreak);
  const RouteSchedule schedule = Check(problem, plan).schedules[0];
  const Ticks leave_by = LeaveBy(problem, 0, plan.routes[0], schedule, here);
  RC_ASSERT(leave_by >= schedule.stops[here].end);

  Request& waited_for = problem.requests[stops[here].index];
  for (auto* visit : {&waited_for.pickup, &waited_for.dropoff}) {
    if (*visit) (*visit)->promise.reset(), (*visit)->window = {};
  }
  waited_for.max_ride = kForever;
  Place place = problem.vehicles[0].start;
  Progress driven{.locked = static_cast<int>(stops.size()), .started = schedule.start};
  for (int i = 0; i <= here; ++i) {
    driven.begun.push_back(schedule.stops[i].begin);
    const Request& request = problem.requests[stops[i].index];
    if (stops[i].kind != StopKind::kBreak)
      place = (stops[i].kind == StopKind::kPickup ? request.pickup : request.dropoff)->place;
  }
  driven.place = place;
  driven.ready = leave_by;
  problem.vehicles[0].progress = driven;
  RC_ASSERT(Check(problem, plan).feasible);
  if (by_hour && leave_by == schedule.stops[here].end) return;  // did not settle
  problem.vehicles[0].progress->ready += 1;
  RC_ASSERT(!Check(problem, plan).feasible);
}

}  // namespace
}  // namespace stadtmesh::dispatch

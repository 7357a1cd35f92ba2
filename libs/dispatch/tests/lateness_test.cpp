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
  EXPECT_EQ(limits, (std::vector<Limit>{Limit::kPromise, Limit::kRideTime, Limit::kBreak, Limit::kShift, Limit::kDuration}));
  EXPECT_EQ(bus.tolerated_end, 43 * kMinute);
}

TEST_F(LatenessTest, LeavesAloneWhatTimeDoesNotMend) {
  problem_.requests[0].load = {5, 0, 0, 0};
  TolerateLateness(problem_, plan_);
  const auto violations = Check(problem_, plan_).violations;
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].limit, Limit::kCapacity);
}

// A day planned by insertion whose vehicles all get late: afterwards every route is usable again, and planning on makes nobody later.
RC_GTEST_PROP(TolerateLateness, MakesLateDaysUsable, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const bool by_hour = *rc::gen::arbitrary<bool>();
  Town town = RandomTown(seed, {.requests = 12, .vehicles = 2, .breaks = true, .duration = true, .time_dependent = by_hour});
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
    problem.vehicles[v].progress = Progress{.place = problem.vehicles[v].start, .ready = before.schedules[v].start + late};
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

}  // namespace
}  // namespace stadtmesh::dispatch

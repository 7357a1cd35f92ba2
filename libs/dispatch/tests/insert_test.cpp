#include "dispatch/insert.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch {
namespace {

// Inserts every request in turn and compares with the enumeration; the plan grows by what was
// found.
void ExpectExact(const Problem& problem) {
  Plan plan;
  plan.routes.resize(problem.vehicles.size());
  for (size_t r = 0; r < problem.requests.size(); ++r) {
    const int request = static_cast<int>(r);
    const InsertAnswer answer = Insert(problem, plan, request);
    const double expected = BruteForceInsert(problem, plan, request);
    if (std::isinf(expected)) {
      RC_ASSERT(answer.options.empty());
      RC_ASSERT(!answer.refusals.empty());
      continue;
    }
    RC_ASSERT(answer.options.size() == 1u);
    const InsertOption& option = answer.options[0];
    RC_ASSERT(std::abs(option.cost - expected) < 1e-6);
    plan.routes[option.vehicle] = option.route;
    const CheckReport report = Check(problem, plan);
    RC_ASSERT(report.feasible);
    const auto& times = report.schedules[option.vehicle].stops;
    RC_ASSERT(times.size() == option.schedule.stops.size());
    for (size_t k = 0; k < times.size(); ++k)
      RC_ASSERT(times[k].begin == option.schedule.stops[k].begin);
  }
}

// Up to six requests.
void ExactAgainstEnumeration(Features features) {
  features.requests = *rc::gen::inRange(1, 7);
  const Town town = RandomTown(*rc::gen::arbitrary<uint64_t>(), features);
  RC_ASSERT(Validate(town.problem).ok());
  ExpectExact(town.problem);
}

RC_GTEST_PROP(InsertIsExact, WithRideLimits, ()) { ExactAgainstEnumeration({}); }
RC_GTEST_PROP(InsertIsExact, WithDurationLimits, ()) {
  ExactAgainstEnumeration({.duration = true});
}
RC_GTEST_PROP(InsertIsExact, WithBreaks, ()) { ExactAgainstEnumeration({.breaks = true}); }
RC_GTEST_PROP(InsertIsExact, WithOneSidedRequests, ()) {
  ExactAgainstEnumeration({.breaks = true, .one_sided = true});
}
RC_GTEST_PROP(InsertIsExact, WithCompanySkillsAndLayouts, ()) {
  ExactAgainstEnumeration({.company = true, .configurations = true});
}
RC_GTEST_PROP(InsertIsExact, WhereThePriceNeedsTheSchedule, ()) {
  ExactAgainstEnumeration({.duration = true, .schedule_price = true});
}
RC_GTEST_PROP(InsertIsExact, WithTravelTimesOfTheHour, ()) {
  ExactAgainstEnumeration({.duration = true, .time_dependent = true});
}
RC_GTEST_PROP(InsertIsExact, WhereToursEndElsewhere, ()) {
  ExactAgainstEnumeration({.elsewhere = true});
}
RC_GTEST_PROP(InsertIsExact, WhereLimitedToursEndElsewhere, ()) {
  ExactAgainstEnumeration({.breaks = true, .duration = true, .elsewhere = true});
}
RC_GTEST_PROP(InsertIsExact, WhereDearToursEndElsewhere, ()) {
  ExactAgainstEnumeration({.schedule_price = true, .elsewhere = true});
}
const Features kEverything{.requests = 4,
                           .breaks = true,
                           .one_sided = true,
                           .company = true,
                           .duration = true,
                           .configurations = true,
                           .schedule_price = true,
                           .time_dependent = true};
RC_GTEST_PROP(InsertIsExact, WithEverything, ()) { ExactAgainstEnumeration(kEverything); }
// A ride here takes its longest time at most hours, and its way gets shorter by the hour very
// slowly.
TEST(InsertIsExact, WhereARideFitsOnlyJust) {
  const Town town = RandomTown(3012661, kEverything);
  Plan plan;
  plan.routes.resize(town.problem.vehicles.size());
  for (int request = 0; request < 3; ++request) {
    const InsertAnswer answer = Insert(town.problem, plan, request, {.explain = false});
    ASSERT_EQ(answer.options.size(), 1u);
    EXPECT_NEAR(answer.options[0].cost, BruteForceInsert(town.problem, plan, request), 1e-6);
    plan.routes[answer.options[0].vehicle] = answer.options[0].route;
  }
}

TEST(Insert, AnswersWithTheBestPlaceOfEachVehicle) {
  const MatrixTravelTimes travel = Line(10);
  Problem problem;
  problem.travel = &travel;
  problem.vehicles = {Bus(9, 4), Bus(0, 4), Bus(5, 4)};
  problem.requests = {Ride(1, 2, {kHour, 2 * kHour})};
  Plan plan;
  plan.routes.resize(3);
  const InsertAnswer answer = Insert(problem, plan, 0, {.alternatives = 2});
  ASSERT_EQ(answer.options.size(), 2u);
  EXPECT_EQ(answer.options[0].vehicle, 1);
  EXPECT_EQ(answer.options[0].cost, 4 * 60);
  EXPECT_EQ(answer.options[1].vehicle, 2);
  EXPECT_EQ(answer.options[0].pickup_begin, kHour);
  EXPECT_EQ(answer.options[0].ride, kMinute);
}

// Nobody has driven yet: 40 minutes to the pick-up, 50 on board, and from there to the end.
class FirstRideTest : public ::testing::TestWithParam<Place> {};
TEST_P(FirstRideTest, EndsWhereTheTourEnds) {
  const MatrixTravelTimes travel = Line(501);
  Problem problem;
  problem.travel = &travel;
  problem.vehicles = {Bus(0, 4)};
  problem.vehicles[0].end = GetParam();
  const Ticks needed = 90 * kMinute + std::abs(90 - GetParam()) * kMinute;
  problem.vehicles[0].shift = {0, needed};
  problem.requests = {Ride(40, 90, {})};
  Plan plan;
  plan.routes.resize(1);
  const InsertAnswer answer = Insert(problem, plan, 0);
  ASSERT_EQ(answer.options.size(), 1u);
  EXPECT_EQ(answer.options[0].cost, ToSeconds(needed));
  problem.vehicles[0].shift.latest -= kMinute;
  const InsertAnswer refused = Insert(problem, plan, 0);
  EXPECT_TRUE(refused.options.empty());
  ASSERT_FALSE(refused.refusals.empty());
  EXPECT_EQ(refused.refusals[0].limit, Limit::kShift);
  EXPECT_EQ(refused.refusals[0].by, kMinute);
}
INSTANTIATE_TEST_SUITE_P(Ends, FirstRideTest, ::testing::Values(0, 100, 500));

// From 1 to 2 it takes longer than by way of 3: no shortest ways, so a place that looks good may
// have no schedule.
TEST(Insert, AnswersOnlyWithWhatHasASchedule) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<Ticks> ticks(10 * 10);
    for (int a = 0; a < 10; ++a) {
      for (int b = 0; b < 10; ++b)
        ticks[a * 10 + b] = a == b ? 0 : static_cast<Ticks>(random() % 60) * kMinute;
    }
    const MatrixTravelTimes travel(10, ticks);
    Problem problem;
    problem.travel = &travel;
    problem.vehicles = {Bus(0, 4)};
    problem.vehicles[0].end = 9;
    problem.vehicles[0].shift.latest = 3 * kHour;
    Plan plan;
    plan.routes.resize(1);
    for (int r = 0; r < 4; ++r) {
      problem.requests.push_back(Ride(1 + 2 * r, 2 + 2 * r, {}));
      problem.requests.back().max_ride = kHour;
    }
    for (int r = 0; r < 4; ++r) {
      const InsertAnswer answer = Insert(problem, plan, r);
      if (answer.options.empty()) continue;
      plan.routes[0] = answer.options[0].route;
      ASSERT_TRUE(Check(problem, plan).feasible) << "seed " << seed;
    }
  }
}

TEST(Insert, SaysWhichLimitRefusesAndByHowMuch) {
  const MatrixTravelTimes travel = Line(30);
  Problem problem;
  problem.travel = &travel;
  problem.vehicles = {Bus(0, 2)};
  problem.requests = {Ride(20, 21, {0, 15 * kMinute})};
  Plan plan;
  plan.routes.resize(1);
  InsertAnswer answer = Insert(problem, plan, 0);
  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_EQ(answer.refusals[0].limit, Limit::kWindow);
  EXPECT_EQ(answer.refusals[0].by, 5 * kMinute);
  problem.requests[0] = Ride(20, 21, {0, kHour});
  problem.requests[0].load = {3, 0, 0, 0};
  answer = Insert(problem, plan, 0);
  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_EQ(answer.refusals[0].limit, Limit::kCapacity);
  EXPECT_EQ(answer.refusals[0].by, 1);
  problem.requests[0] = Ride(20, 21, {0, kHour});
  problem.requests[0].skills = 1;
  answer = Insert(problem, plan, 0);
  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_EQ(answer.refusals[0].limit, Limit::kSkills);
}

class RefusalTest : public ::testing::Test {
 protected:
  RefusalTest() {
    problem_.travel = &travel_;
    problem_.vehicles = {Bus(0, 2)};
    problem_.requests = {Ride(20, 21, {0, kHour})};
    plan_.routes.resize(1);
  }
  std::vector<Refusal> Refusals() { return Insert(problem_, plan_, 0).refusals; }
  void ExpectOnly(Limit limit, Ticks by) {
    const auto refusals = Refusals();
    ASSERT_EQ(refusals.size(), 1u);
    EXPECT_EQ(refusals[0].limit, limit);
    EXPECT_EQ(refusals[0].by, by);
    EXPECT_EQ(refusals[0].vehicle, 0);
  }

  MatrixTravelTimes travel_ = Line(30);
  Problem problem_;
  Plan plan_;
};

TEST_F(RefusalTest, ShiftByHowLongTheBusWouldHaveToDriveOn) {
  problem_.vehicles[0].shift.latest = 40 * kMinute;
  ExpectOnly(Limit::kShift, 2 * kMinute);
}

TEST_F(RefusalTest, LengthOfTheTour) {
  problem_.vehicles[0].max_duration = 35 * kMinute;
  ExpectOnly(Limit::kDuration, 7 * kMinute);
}

TEST_F(RefusalTest, BreakByHowMuchLaterItWouldBegin) {
  problem_.vehicles[0].breaks = {{{15 * kMinute, 20 * kMinute}, kHour}};
  const auto refusals = Refusals();  // or an hour's break first
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_EQ(refusals[0].limit, Limit::kWindow);
  EXPECT_EQ(refusals[0].by, 35 * kMinute);
  EXPECT_EQ(refusals[1].limit, Limit::kBreak);
  EXPECT_EQ(refusals[1].by, kMinute);
}

TEST_F(RefusalTest, RideTime) {
  problem_.requests[0].max_ride = 50;
  ExpectOnly(Limit::kRideTime, kMinute);  // in whole seconds
}

TEST_F(RefusalTest, SeveralLimitsAtOnce) {
  problem_.vehicles[0].shift.latest = 40 * kMinute;
  problem_.requests[0].load = {3, 0, 0, 0};
  const auto refusals = Refusals();
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_EQ(refusals[0].limit, Limit::kCapacity);
  EXPECT_EQ(refusals[0].by, 1);
  EXPECT_EQ(refusals[1].limit, Limit::kShift);
  EXPECT_EQ(refusals[1].by, 2 * kMinute);
}

TEST_F(RefusalTest, NoWay) {
  std::vector<Ticks> ticks(30 * 30, kMinute);
  for (int p = 0; p < 30; ++p) ticks[p * 30 + 21] = kUnreachable;
  const MatrixTravelTimes island(30, ticks);
  problem_.travel = &island;
  const auto refusals = Refusals();
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_EQ(refusals[0].limit, Limit::kUnreachable);
}

}  // namespace
}  // namespace stadtmesh::dispatch

#include "dispatch/check.h"

#include <gtest/gtest.h>

#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch {
namespace {

// One bus on a line of places one minute apart, and plans that break exactly one limit.
class CheckTest : public ::testing::Test {
 protected:
  CheckTest() {
    problem_.travel = &travel_;
    problem_.vehicles = {Bus(0, 2)};
    problem_.requests = {Ride(1, 5, {10 * kMinute, 20 * kMinute}),
                         Ride(2, 4, {10 * kMinute, 20 * kMinute})};
    plan_.routes = {{{Up(0), Up(1), Down(1), Down(0)}}};
  }

  static Stop Up(int r) { return {StopKind::kPickup, r}; }
  static Stop Down(int r) { return {StopKind::kDropoff, r}; }
  static Stop Pause(int b) { return {StopKind::kBreak, b}; }

  std::vector<Violation> Violations() { return Check(problem_, plan_).violations; }
  void ExpectOnly(Violation expected) {
    const auto violations = Violations();
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0], expected) << Describe(violations[0]);
  }
  void ExpectForm() {
    const auto violations = Violations();
    ASSERT_FALSE(violations.empty());
    EXPECT_EQ(violations[0].limit, Limit::kForm) << Describe(violations[0]);
  }

  MatrixTravelTimes travel_ = Line(10);
  Problem problem_;
  Plan plan_;
};

TEST_F(CheckTest, AcceptsAndPrices) {
  const CheckReport report = Check(problem_, plan_);
  EXPECT_TRUE(report.feasible);
  EXPECT_EQ(report.cost.driven, 10 * kMinute);
  EXPECT_EQ(report.cost.vehicles, 1);
  EXPECT_EQ(report.cost.refused, 0);
  EXPECT_EQ(report.cost.total, 600);
  EXPECT_EQ(report.schedules[0].stops[0].begin, 10 * kMinute);
  EXPECT_EQ(report.schedules[0].start, 9 * kMinute);  // as late as possible
}

TEST_F(CheckTest, FrozenStopsAgainstThePlanBefore) {
  problem_.vehicles[0].progress = Progress{.begun = {10 * kMinute}, .locked = 2};
  const Plan before = plan_;
  EXPECT_TRUE(CheckFrozen(problem_, before, plan_).empty());
  plan_.routes[0].stops = {Up(0), Up(1), Down(0), Down(1)};  // behind what is locked
  EXPECT_TRUE(CheckFrozen(problem_, before, plan_).empty());
  plan_.routes[0].stops = {Up(1), Up(0), Down(1), Down(0)};
  EXPECT_EQ(CheckFrozen(problem_, before, plan_),
            (std::vector<Violation>{{Limit::kFrozen, 0, 0, 0, 0}, {Limit::kFrozen, 0, 1, 1, 0}}));
  plan_.routes[0].stops = {Up(0), Down(0)};
  EXPECT_EQ(CheckFrozen(problem_, before, plan_),
            (std::vector<Violation>{{Limit::kFrozen, 0, 1, 1, 0}}));
  plan_.routes[0].stops.clear();
  EXPECT_EQ(CheckFrozen(problem_, before, plan_).size(), 2u);
}

TEST_F(CheckTest, Form) {
  plan_.routes = {{{Down(0), Up(0)}}};
  ExpectForm();
  plan_.routes = {{{Up(0)}}};
  ExpectForm();
  plan_.routes = {{{Up(0), Down(0), Up(0), Down(0)}}};
  ExpectForm();
  plan_.routes = {{{Up(7), Down(7)}}};
  ExpectForm();
  plan_.routes = {{{Pause(0)}}};
  ExpectForm();
  plan_.routes = {};
  ExpectForm();
}

TEST_F(CheckTest, SplitBetweenVehicles) {
  problem_.vehicles.push_back(Bus(0, 2));
  plan_.routes = {{{Up(0)}}, {{Down(0)}}};
  ExpectForm();
}

TEST_F(CheckTest, Window) {
  problem_.requests[1].pickup->window.latest = 9 * kMinute;
  problem_.requests[1].pickup->window.earliest = 0;
  ExpectOnly({Limit::kWindow, 0, 1, 1, 2 * kMinute});
}

TEST_F(CheckTest, Promise) {
  problem_.requests[1].pickup->promise = TimeWindow{5 * kMinute, 9 * kMinute};
  ExpectOnly({Limit::kPromise, 0, 1, 1, 2 * kMinute});
}

TEST_F(CheckTest, RideTime) {
  problem_.requests[0].max_ride = 3 * kMinute;
  ExpectOnly({Limit::kRideTime, 0, 3, 0, kMinute});
}

TEST_F(CheckTest, RideTimeIsKeptByBoardingLater) {
  // Two minutes of waiting at the second pick-up, unless the first is delayed.
  problem_.requests[0].max_ride = 4 * kMinute;
  problem_.requests[1].pickup->window = {13 * kMinute, 20 * kMinute};
  const CheckReport report = Check(problem_, plan_);
  EXPECT_TRUE(report.feasible);
  EXPECT_EQ(report.schedules[0].stops[0].begin, 12 * kMinute);
}

TEST_F(CheckTest, Capacity) {
  problem_.requests[1].load = {2, 0, 0, 0};
  ExpectOnly({Limit::kCapacity, 0, 1, 1, 1});
}

TEST_F(CheckTest, ConfigurationsAreAlternatives) {
  problem_.vehicles[0].configurations = {{4, 0, 0, 0}, {2, 1, 0, 0}};
  problem_.requests[0].load = {0, 1, 0, 0};
  problem_.requests[1].load = {2, 0, 0, 0};
  EXPECT_TRUE(Violations().empty());
  problem_.requests[1].load = {3, 0, 0, 0};
  ExpectOnly({Limit::kCapacity, 0, 1, 1, 1});
}

TEST_F(CheckTest, Together) {
  problem_.requests[0].traits = 2;
  problem_.requests[1].repels = 2;
  ExpectOnly({Limit::kTogether, 0, 1, 1, 0});
}

TEST_F(CheckTest, Skills) {
  problem_.requests[1].skills = 4;
  const auto violations = Violations();
  ASSERT_EQ(violations.size(), 2u);  // at both ends
  EXPECT_EQ(violations[0].limit, Limit::kSkills);
}

TEST_F(CheckTest, Shift) {
  problem_.vehicles[0].shift = {0, 18 * kMinute};
  ExpectOnly({Limit::kShift, 0, -1, -1, kMinute});
}

TEST_F(CheckTest, Duration) {
  problem_.vehicles[0].max_duration = 9 * kMinute;
  ExpectOnly({Limit::kDuration, 0, -1, -1, kMinute});
}

TEST_F(CheckTest, Breaks) {
  problem_.vehicles[0].breaks = {{{0, 30 * kMinute}, 5 * kMinute}};
  ExpectOnly({Limit::kBreak, 0, -1, -1, 0});  // missing
  plan_.routes = {{{Up(0), Pause(0), Up(1), Down(1), Down(0)}}};
  ExpectOnly({Limit::kBreak, 0, 1, -1, 0});  // not empty
  plan_.routes = {{{Up(0), Up(1), Down(1), Down(0), Pause(0)}}};
  EXPECT_TRUE(Violations().empty());
  problem_.vehicles[0].breaks = {{{0, 10 * kMinute}, 5 * kMinute}};
  ExpectOnly({Limit::kBreak, 0, 4, -1, 4 * kMinute});  // too late
}

TEST_F(CheckTest, Unserved) {
  plan_.routes = {{{Up(0), Down(0)}}};
  EXPECT_TRUE(Violations().empty());
  EXPECT_EQ(Check(problem_, plan_).cost.refused, 1);
  problem_.requests[1].mandatory = true;
  ExpectOnly({Limit::kUnserved, -1, -1, 1, 0});
  problem_.requests[1].mandatory = false;
  problem_.requests[1].pickup->promise = TimeWindow{};
  ExpectOnly({Limit::kUnserved, -1, -1, 1, 0});
}

TEST_F(CheckTest, Frozen) {
  problem_.vehicles[0].progress =
      Progress{.begun = {12 * kMinute}, .locked = 5, .place = 1, .ready = 12 * kMinute};
  ExpectOnly({Limit::kFrozen, 0, -1, -1, 0});
}

TEST_F(CheckTest, DrivenStopsAreNotJudgedByTheClock) {
  // Boarded ten minutes late, at minute 30; what follows is judged from there.
  problem_.vehicles[0].progress =
      Progress{.begun = {30 * kMinute}, .place = 1, .ready = 30 * kMinute};
  problem_.requests[1].pickup->window.latest = kHour;
  EXPECT_TRUE(Violations().empty());
  problem_.requests[0].max_ride = 3 * kMinute;
  ExpectOnly({Limit::kRideTime, 0, 3, 0, kMinute});
}

TEST_F(CheckTest, Unreachable) {
  std::vector<Ticks> ticks(100, kMinute);
  ticks[5] = kUnreachable;  // from 0 to 5
  for (int p = 0; p < 10; ++p) ticks[p * 10 + 5] = kUnreachable;
  const MatrixTravelTimes island(10, ticks);
  problem_.travel = &island;
  ExpectOnly({Limit::kUnreachable, 0, 3, 0, 0});
}

TEST(Describe, NamesWhereAndHowMuch) {
  EXPECT_EQ(Describe({Limit::kRideTime, 2, 5, 7, 93'500'000}),
            "vehicle 2, stop 5, request 7: RIDE_TIME by 93.5 s");
  EXPECT_EQ(Describe({Limit::kUnserved, -1, -1, 3, 0}), "request 3: UNSERVED");
}

}  // namespace
}  // namespace stadtmesh::dispatch

// What plans a tour takes.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::At;
using testing::Do;
using testing::EmptyTour;
using testing::kBernd;
using testing::kTourRules;
using testing::MakeAssignment;
using testing::Planned;
using testing::Running;
using testing::Serve;
using testing::TwoRides;

// What CheckPlan finds against a plan after this change.
std::string Against(const std::function<void(TourPlan&)>& change, const Tour& tour = EmptyTour(),
                    absl::Time now = At(8)) {
  TourPlan plan = TwoRides();
  plan.based_on = tour.plan_revision;
  change(plan);
  const absl::Status status = CheckPlan(tour, plan, {}, kTourRules.freeze, now);
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
  out.outages = {{At(14, 5), absl::InfiniteFuture()}};
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

// They may stay away: then a plan that counts on their boarding would have given away the time of
// those behind.
TEST(CheckPlan, WaitingForSomebodyGivesNoRoom) {
  const Tour waiting = Do(Running(), ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(14, 1));
  const auto boarding_at = [&](absl::Time now) {
    const std::vector<VisitTimes> expected = ExpectedTimes(waiting, now);
    return Against(
        [&](TourPlan& plan) {
          for (size_t i = 0; i < plan.visits.size(); ++i) {
            plan.visits[i].arrived_at = waiting.visits[i].arrived_at;
            plan.visits[i].begin = expected[i].begin, plan.visits[i].end = expected[i].end;
          }
        },
        waiting, now);
  };
  EXPECT_EQ(boarding_at(At(14, 14)), "");         // b at 14:15, the end of the window
  EXPECT_EQ(boarding_at(At(14, 15)), "pick-up");  // without a, b would be in time
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// What else happens to a tour.
#include <gtest/gtest.h>

#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::Aboard;
using testing::At;
using testing::Do;
using testing::EmptyTour;
using testing::kTourRules;
using testing::Outcome;
using testing::Planned;

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
  EXPECT_TRUE(CheckPlan(behind, same, {}, kTourRules.freeze, At(5)).ok());
  Tour into = planned;
  into.out = TimeWindow{At(6), first + Minutes(1)};
  const TourPlan overlapping{
      planned.id, planned.plan_revision, planned.assignments, planned.visits, {}};
  Tour empty = into;
  empty.visits.clear();
  empty.assignments.clear();
  EXPECT_EQ(ReasonOf(CheckPlan(empty, overlapping, {}, kTourRules.freeze, At(5))),
            Reason::kVehicleOut);
}

TEST(OpenTour, ShiftsOfTheDayOrARefusal) {
  EXPECT_EQ(EmptyTour().shifts.size(), 2u);
  EXPECT_EQ(
      ReasonOf(OpenTour(testing::TestTown(), VehicleId("bus-9"), testing::kWednesday).status()),
      Reason::kVehicleUnknown);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

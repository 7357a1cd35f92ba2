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

TEST(Tour, RidesUsingABlockedStop) {
  const auto using_it = [](const char* stop, absl::Time from, absl::Time until) {
    return RidesUsing(Planned(), {StopId(stop), {from, until}}).size();
  };
  EXPECT_EQ(using_it("market", At(14, 3), At(15)), 1u);  // a has boarded by 14:03
  EXPECT_EQ(using_it("market", At(13), At(15)), 2u);
  EXPECT_EQ(using_it("doctor", At(14, 12), At(15)), 0u);
  EXPECT_EQ(using_it("school", At(13), At(15)), 0u);
}

TEST(OpenTour, ShiftsOfTheDayOrARefusal) {
  EXPECT_EQ(EmptyTour().shifts.size(), 2u);
  EXPECT_EQ(
      ReasonOf(OpenTour(testing::TestTown(), VehicleId("bus-9"), testing::kWednesday).status()),
      Reason::kVehicleUnknown);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// Planning around a vehicle's outages and its driver's breaks.
#include <gtest/gtest.h>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::Wish;
using testing::World;

const VehicleId kBus("bus-1"), kOther("bus-2");

// With one bus: nobody else can be in its stead.
class Outage : public ::testing::Test {
 protected:
  Outage() { world_.TakeOut(kOther); }
  ~Outage() override { EXPECT_EQ(world_.Fault(on_time_), ""); }

  // The first window that is free near a wish.
  std::optional<absl::Time> FreeAt(absl::Time wish) {
    const auto found = world_.Offers(Wish("market", "farm", wish));
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok() || found->offers.empty()) return std::nullopt;
    return found->offers[0].promise.pickup.begin;
  }
  absl::StatusOr<RideId> Book(absl::Time pickup) {
    return world_.Book(Wish("market", "farm", pickup), pickup);
  }

  World world_;
  bool on_time_ = true;
};

TEST_F(Outage, ToComeLeavesThePartOfTheShiftWithRides) {
  EXPECT_EQ(world_.TakeOut(kBus, {At(16), At(17)}), 0);
  EXPECT_EQ(FreeAt(At(17)), At(17)) << "the longer part, while there are none";
  EXPECT_GE(FreeAt(At(16, 5)), At(16, 45)) << "a window in which it is over";
  ASSERT_TRUE(Book(At(19)).ok());
  EXPECT_EQ(FreeAt(At(17, 30)), At(17, 30));
  EXPECT_FALSE(Book(At(16, 20)).ok());
}

TEST_F(Outage, ToComeLeavesWhatIsBeforeAndBehind) {
  ASSERT_TRUE(Book(At(15)).ok() && Book(At(19)).ok());
  EXPECT_EQ(world_.TakeOut(kBus, {At(16), At(17)}), 0);
  EXPECT_EQ(world_.TakeOut(kBus, {At(13), At(14)}), 0);
  EXPECT_EQ(OpenRides(world_.TourOf({kBus, testing::kWednesday})).size(), 2u);
}

TEST_F(Outage, OverTheBreakIsTheBreak) {
  world_.TakeOut(kBus, {At(8), At(10, 15)});  // the driver rests between 9 and 10 else
  EXPECT_EQ(FreeAt(At(11)), At(11));
}

TEST_F(Outage, AReturnedBusHasItsBreakAgain) {
  ASSERT_TRUE(Book(At(12)).ok());
  world_.TakeOut(kBus, {At(8, 30), At(10, 30)});
  world_.PutBack(kBus);
  const auto between = Book(At(10, 15));
  ASSERT_TRUE(between.ok()) << between.status();
  const Tour& tour = world_.TourOf({kBus, testing::kWednesday});
  EXPECT_GE(FindBreak(tour, 0, 0), 0);
}

TEST_F(Outage, ABusThatStoodIdleThroughItsBreakGoesOn) {
  const TourId id{kBus, testing::kWednesday};
  ASSERT_TRUE(world_.Do(id, StartShift{ShiftId("bus-1-early"), DriverId("anna")}).ok());
  world_.now = At(10, 5);
  EXPECT_EQ(FreeAt(At(11, 30)), At(11, 30));
}

TEST_F(Outage, WhoIsLateInOneShiftIsLateInTheNext) {
  ASSERT_TRUE(Book(At(12)).ok() && Book(At(13)).ok());
  const TourId id{kBus, testing::kWednesday};
  world_.now = At(9);
  ASSERT_TRUE(world_.Do(id, StartShift{ShiftId("bus-1-early"), DriverId("anna")}).ok());
  ASSERT_TRUE(world_.Do(id, TakeBreak{DriverId("anna")}).ok());
  world_.now = At(11, 50);
  on_time_ = false;
  ASSERT_TRUE(world_.Do(id, ReportDelay{DriverId("anna"), absl::Hours(2)}).ok());
  const Tour& tour = world_.TourOf(id);
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, world_.now);
  ASSERT_EQ(tour.visits.back().shift, 1);
  EXPECT_GT(expected.back().begin, At(14));
  EXPECT_GE(FreeAt(At(13, 30)).value_or(absl::InfiniteFuture()), At(14));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// Vehicles that are out of service for a part of the day.
#include <gtest/gtest.h>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

class Outages : public ::testing::Test {
 protected:
  absl::StatusOr<v1::TakeVehicleOutResponse> TakeOut(const std::string& vehicle, absl::Time from,
                                                     absl::Time until) {
    v1::TakeVehicleOutRequest request;
    request.set_vehicle_id(vehicle);
    request.mutable_from()->set_seconds(absl::ToUnixSeconds(from));
    request.mutable_until()->set_seconds(absl::ToUnixSeconds(until));
    return town_.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", request);
  }
  absl::Time After(absl::Duration duration) { return town_.clock().Now() + duration; }

  RealTown real_;
  Town& town_ = real_.town;
};

TEST_F(Outages, TwoOfThemLoseNobodyBetween) {
  const auto ride = town_.Book(Citizen(), town_.Wish(absl::Hours(3)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  const std::string bus = ride->vehicle_id();
  ASSERT_TRUE(TakeOut(bus, After(absl::Minutes(30)), After(absl::Minutes(60))).ok());
  const auto second = TakeOut(bus, After(absl::Hours(5)), After(absl::Hours(6)));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->affected_size(), 0);
  const auto after = town_.GetRide(Citizen(), ride->ride_id());
  EXPECT_EQ(after->state(), v1::Ride::BOOKED);
  ExpectWhole(town_, {ride->ride_id()});
  EXPECT_EQ(town_.GetManifest(Dispatcher(), ride->tour_id())->outages_size(), 2);
}

TEST_F(Outages, WhoIsMovedAwayBeforeOneIsOnOneBus) {
  const auto early = town_.Book(Citizen("anna"), town_.Wish(absl::Minutes(75)));
  ASSERT_TRUE(early.ok()) << early.status();
  const std::string bus = early->vehicle_id();
  const auto late = town_.Book(Citizen("bert"), town_.Wish(absl::Hours(4)));
  ASSERT_TRUE(late.ok()) << late.status();
  if (late->vehicle_id() != bus) {
    ASSERT_TRUE(Move(town_, late->ride_id(), bus).ok());
  }
  // Rides before and behind it: this bus is not planned anew until it begins.
  ASSERT_TRUE(TakeOut(bus, After(absl::Minutes(150)), After(absl::Minutes(165))).ok());
  const auto moved = Move(town_, late->ride_id(), bus == "bus-1" ? "bus-2" : "bus-1");
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_NE(moved->vehicle_id(), bus);
  ExpectWhole(town_, {early->ride_id(), late->ride_id()});
}

TEST_F(Outages, TheNextIsCalledOffAndThoseBehindItStay) {
  ASSERT_TRUE(TakeOut("bus-1", After(absl::Hours(1)), After(absl::Hours(2))).ok());
  ASSERT_TRUE(TakeOut("bus-1", After(absl::Hours(24)), After(absl::Hours(26))).ok());
  v1::ReturnVehicleRequest back;
  back.set_vehicle_id("bus-1");
  ASSERT_TRUE(town_.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back).ok());
  ASSERT_TRUE(town_.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back).ok());
  const absl::Status none =
      town_.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back).status();
  EXPECT_EQ(ReasonIn(none), "VEHICLE_NOT_OUT");
}

}  // namespace
}  // namespace stadtmesh::buergerbus

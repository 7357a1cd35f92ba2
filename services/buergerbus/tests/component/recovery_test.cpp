// What was lost is found again: vehicles come back, stops open, and riders who were told that no
// bus comes are told that one does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Property;
using ::testing::SizeIs;

absl::Status TakeOut(Town& town, const std::string& vehicle) {
  v1::TakeVehicleOutRequest request;
  request.set_vehicle_id(vehicle);
  return town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", request).status();
}

void TakeAllOut(Town& town) {
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) ASSERT_TRUE(TakeOut(town, vehicle).ok());
}

absl::StatusOr<v1::ReturnVehicleResponse> PutBack(Town& town, const std::string& vehicle) {
  v1::ReturnVehicleRequest request;
  request.set_vehicle_id(vehicle);
  return town.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", request);
}

absl::StatusOr<v1::UnblockStopResponse> Unblock(Town& town, const std::string& stop) {
  v1::UnblockStopRequest request;
  request.set_stop_id(stop);
  return town.Call<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", request);
}

void TickOffAll(Town& town) {
  for (const v1::Call& call : OpenCalls(town)) {
    v1::TickOffCallRequest done;
    done.set_call_id(call.call_id());
    ASSERT_TRUE(town.Call<v1::Call>(Dispatcher(), "TickOffCall", done).ok());
  }
}

TEST(Recovery, AVehicleThatIsBackTakesWhoFoundNoPlace) {
  RealTown real;
  Town& town = real.town;
  const auto app = town.Book(Citizen(), town.Wish());
  const auto told = BookByPhone(town, town.Wish(absl::Hours(3)));
  ASSERT_TRUE(app.ok() && told.ok()) << app.status() << told.status();
  TakeAllOut(town);
  TickOffAll(town);
  ASSERT_EQ(town.GetRide(Citizen(), app->ride_id())->state(), v1::Ride::AFFECTED);
  const auto back = PutBack(town, "bus-2");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_THAT(back->moved(), SizeIs(2));
  for (const v1::Ride& before : {*app, *told}) {
    const auto after = town.GetRide(Dispatcher(), before.ride_id());
    EXPECT_EQ(after->state(), v1::Ride::BOOKED);
    EXPECT_EQ(after->vehicle_id(), "bus-2");
    EXPECT_EQ(after->promise().ShortDebugString(), before.promise().ShortDebugString());
  }
  ExpectWhole(town, {app->ride_id(), told->ride_id()});
  EXPECT_THAT(OpenCalls(town), ElementsAre(Property(&v1::Call::cause, v1::Call::RIDE_MOVED)))
      << "who was told that no bus comes is told that one does";
}

TEST(Recovery, WhoWasNotToldYetIsNotCalled) {
  RealTown real;
  Town& town = real.town;
  const auto phone = BookByPhone(town, town.Wish());
  ASSERT_TRUE(phone.ok()) << phone.status();
  TakeAllOut(town);
  ASSERT_THAT(OpenCalls(town), SizeIs(1));
  ASSERT_TRUE(PutBack(town, "bus-1").ok());
  EXPECT_THAT(OpenCalls(town), IsEmpty());
}

TEST(Recovery, AnOpenStopBringsItsRidersBack) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(Block(town, "halt-00", absl::Hours(12)).ok());
  ASSERT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  const auto open = Unblock(town, "halt-00");
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(open->moved(), ElementsAre(Property(&v1::Ride::ride_id, ride->ride_id())));
  EXPECT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::BOOKED);
}

TEST(Recovery, WhoFoundSomethingElseKeepsThat) {
  RealTown real;
  Town& town = real.town;
  const auto lost = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(lost.ok()) << lost.status();
  ASSERT_TRUE(Block(town, "halt-00", absl::Hours(12)).ok());
  v1::FindOffersRequest elsewhere = town.Wish();
  elsewhere.mutable_origin()->set_stop_id("halt-02");
  const auto found = town.Book(Citizen(), elsewhere);
  ASSERT_TRUE(found.ok()) << found.status();
  const auto open = Unblock(town, "halt-00");
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(open->moved(), IsEmpty());
  EXPECT_EQ(town.GetRide(Citizen(), lost->ride_id())->state(), v1::Ride::AFFECTED);
  EXPECT_EQ(town.GetRide(Citizen(), found->ride_id())->state(), v1::Ride::BOOKED);
}

// More than one step of the review holds, and none of them can be served: it ends all the same.
TEST(Recovery, ManyWithoutAPlaceAreTriedOnce) {
  Town town;
  std::vector<std::string> rides;
  for (int i = 0; i < 60; ++i) {
    const auto ride = town.Book(Citizen(absl::StrCat("p", i)),
                                town.Wish(absl::Hours(2) + absl::Minutes(10 * i)));
    ASSERT_TRUE(ride.ok()) << i << ride.status();
    rides.push_back(ride->ride_id());
  }
  ASSERT_TRUE(Block(town, "halt-00", absl::Hours(24)).ok());
  ASSERT_TRUE(Block(town, "halt-02", absl::Hours(24)).ok());
  const auto open = Unblock(town, "halt-02");
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(open->moved(), IsEmpty());
  const auto all = Unblock(town, "halt-00");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(all->moved(), SizeIs(60));
  ExpectWhole(town, rides);
}

TEST(Recovery, TheDriverOfABrokenBusReportsWhoGotOff) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));  // before the first break
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  const auto boarded = BoardRider(town, ride->ride_id());
  ASSERT_TRUE(boarded.ok()) << boarded.status();
  ASSERT_TRUE(TakeOut(town, ride->vehicle_id()).ok());
  ASSERT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  const std::string other = ride->vehicle_id() == "bus-1" ? "bus-2" : "bus-1";
  EXPECT_EQ(ReasonIn(Move(town, ride->ride_id(), other).status()), "RIDE_ALREADY_BOARDED");
  v1::ReportAlightingRequest report;
  report.set_ride_id(ride->ride_id());
  EXPECT_TRUE(absl::IsNotFound(
      town.Call<v1::Ride>(Driver("somebody-else"), "ReportAlighting", report).status()));
  town.clock().Advance(absl::Minutes(10));
  for (int time = 0; time < 2; ++time) {
    const auto off = AlightRider(town, ride->ride_id());
    ASSERT_TRUE(off.ok()) << off.status();
    EXPECT_EQ(off->state(), v1::Ride::COMPLETED);
  }
}

}  // namespace
}  // namespace stadtmesh::buergerbus

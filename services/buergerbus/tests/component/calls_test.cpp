// The call list: who must be told by a person, until when, and what is no longer to be told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CallList : public ::testing::Test {
 protected:
  // "RIDE_MOVED": what waits about a ride, or with `done` what was ticked off.
  std::vector<std::string> Calls(const std::string& ride, bool done = false) {
    v1::ListCallsRequest request;
    request.set_done(done);
    const auto calls = town_.Call<v1::ListCallsResponse>(Dispatcher(), "ListCalls", request);
    EXPECT_TRUE(calls.ok()) << calls.status();
    std::vector<std::string> causes;
    for (const v1::Call& call : calls->calls()) {
      if (call.ride_id() == ride) causes.push_back(v1::Call::Cause_Name(call.cause()));
    }
    return causes;
  }
  void Unblock(const std::string& stop) {
    v1::UnblockStopRequest request;
    request.set_stop_id(stop);
    ASSERT_TRUE(town_.Call<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", request).ok());
  }
  void TakeOut(const std::string& vehicle) {
    v1::TakeVehicleOutRequest request;
    request.set_vehicle_id(vehicle);
    ASSERT_TRUE(
        town_.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", request).ok());
  }
  // Booked with a card whose owner wants to be reminded, at the time of the reminder.
  v1::Ride Reminded() {
    v1::CreateRiderCardRequest request;
    request.mutable_card()->set_name("Erika Mustermann");
    request.mutable_card()->set_phone("02595 1234567");
    request.mutable_card()->set_consent(true);
    request.mutable_card()->set_remind(true);
    const auto card = town_.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", request);
    const auto ride = BookByPhone(town_, town_.Wish(absl::Hours(6)), card->card_id());
    EXPECT_TRUE(ride.ok()) << ride.status();
    town_.clock().Set(TimeOf(ride->promise().pickup().begin()) - absl::Hours(2));
    town_.service().tasks().RunDue();
    EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("REMINDER"));
    return *ride;
  }
  // By phone, in a bus that is driven and 50 minutes late.
  v1::Ride Late() {
    const auto ride = BookByPhone(town_, town_.Wish(absl::Minutes(75)));
    EXPECT_TRUE(ride.ok()) << ride.status();
    EXPECT_TRUE(BeginShift(town_, *ride).ok());
    town_.clock().Set(TimeOf(ride->promise().pickup().begin()) - absl::Minutes(40));
    EXPECT_TRUE(DelayBy(town_, ride->tour_id(), absl::Minutes(50)).ok());
    EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("RUNNING_LATE"));
    return *ride;
  }
  absl::StatusOr<v1::ChangeRideResponse> Change(const v1::Ride& ride, absl::Duration from_now) {
    v1::FindOffersRequest wish = town_.Wish(from_now);
    wish.set_replaces_ride_id(ride.ride_id());
    const auto offers = town_.FindOffers(Dispatcher(), wish);
    if (!offers.ok() || offers->offers().empty()) return absl::NotFoundError("no offer");
    v1::ChangeRideRequest change;
    change.set_ride_id(ride.ride_id());
    change.set_offer_id(offers->offers(0).offer_id());
    return town_.Call<v1::ChangeRideResponse>(Dispatcher(), "ChangeRide", change);
  }

  Town town_;
};

TEST_F(CallList, NobodyIsRemindedOfACancelledRide) {
  const v1::Ride ride = Reminded();
  ASSERT_TRUE(Cancel(town_, Dispatcher(), ride.ride_id()).ok());
  EXPECT_THAT(Calls(ride.ride_id()), ElementsAre("RIDE_CANCELLED"));
}

TEST_F(CallList, NobodyIsToldWhatTheyAskedFor) {
  const v1::Ride ride = Reminded();
  v1::CancelRideRequest cancel;
  cancel.set_ride_id(ride.ride_id());
  cancel.set_rider_asked(true);
  ASSERT_TRUE(town_.Call<v1::Ride>(Dispatcher(), "CancelRide", cancel).ok());
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
}

TEST_F(CallList, NobodyIsRemindedOfTheFormerTime) {
  const v1::Ride ride = Reminded();
  const auto changed = Change(ride, absl::Hours(5));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
  town_.clock().Set(TimeOf(changed->ride().promise().pickup().begin()) - absl::Hours(2));
  town_.service().tasks().RunDue();
  ASSERT_THAT(Calls(ride.ride_id()), ElementsAre("REMINDER"));
  EXPECT_EQ(TimeOf(OpenCalls(town_)[0].due()), TimeOf(changed->ride().promise().pickup().begin()));
}

TEST_F(CallList, ADelayThatIsGoneIsNotTold) {
  const v1::Ride ride = Late();
  ASSERT_TRUE(DelayBy(town_, ride.tour_id(), absl::ZeroDuration()).ok());
  const auto after = town_.GetRide(Dispatcher(), ride.ride_id());
  ASSERT_TRUE(after.ok()) << after.status();
  const bool in_time = TimeOf(after->expected_pickup()) <= TimeOf(ride.promise().pickup().end());
  EXPECT_EQ(Calls(ride.ride_id()).empty(), in_time);
}

TEST_F(CallList, WhoIsOnBoardKnowsOfTheDelay) {
  const v1::Ride ride = Late();
  town_.clock().Set(TimeOf(ride.promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town_, ride.ride_id()).ok());
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
}

TEST_F(CallList, AnotherBusIsNotLate) {
  const v1::Ride ride = Late();
  const std::string other = ride.vehicle_id() == "bus-1" ? "bus-2" : "bus-1";
  const auto moved = Move(town_, ride.ride_id(), other);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
}

TEST_F(CallList, StrandedRidersAreCalledUntilTheyGetOff) {
  const v1::Ride ride = Late();
  town_.clock().Set(TimeOf(ride.promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town_, ride.ride_id()).ok());
  TakeOut(ride.vehicle_id());
  EXPECT_THAT(Calls(ride.ride_id()), ElementsAre("STRANDED_ABOARD"));
  town_.clock().Advance(absl::Minutes(10));
  ASSERT_TRUE(AlightRider(town_, ride.ride_id()).ok());
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
}

TEST_F(CallList, StrandedRidersAreCalledUntilTheyGoOn) {
  const v1::Ride ride = Late();
  town_.clock().Set(TimeOf(ride.promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town_, ride.ride_id()).ok());
  TakeOut(ride.vehicle_id());
  const auto changed = Change(ride, absl::Hours(1));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_THAT(Calls(ride.ride_id()), IsEmpty());
}

TEST_F(CallList, WaitsUntilTheRideIsLongPast) {
  const auto ride = BookByPhone(town_, town_.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(Cancel(town_, Dispatcher(), ride->ride_id()).ok());
  const absl::Time pickup = TimeOf(ride->promise().pickup().begin());
  town_.clock().Set(pickup + kCallsOutlivePickup - absl::Seconds(1));
  town_.service().tasks().RunDue();
  EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("RIDE_CANCELLED"));
  town_.clock().Set(pickup + kCallsOutlivePickup);
  town_.service().tasks().RunDue();
  EXPECT_THAT(Calls(ride->ride_id()), IsEmpty());
  EXPECT_THAT(Calls(ride->ride_id(), /*done=*/true), IsEmpty());
}

TEST_F(CallList, WhatWasTickedOffStays) {
  const auto ride = BookByPhone(town_, town_.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(Cancel(town_, Dispatcher(), ride->ride_id()).ok());
  TickOffCalls(town_);
  town_.clock().Set(TimeOf(ride->promise().pickup().begin()) + kCallsOutlivePickup);
  town_.service().tasks().RunDue();
  EXPECT_THAT(Calls(ride->ride_id(), /*done=*/true), ElementsAre("RIDE_CANCELLED"));
}

TEST_F(CallList, WhoWasNeverCalledIsNotToldThatABusComesAfterAll) {
  const auto ride = BookByPhone(town_, town_.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  for (int time = 0; time < 3; ++time) {
    ASSERT_TRUE(Block(town_, "halt-00", absl::Hours(12)).ok());
    EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("RIDE_AFFECTED")) << time;
    Unblock("halt-00");
    EXPECT_THAT(Calls(ride->ride_id()), IsEmpty()) << time;
    EXPECT_THAT(Calls(ride->ride_id(), /*done=*/true), IsEmpty()) << time;
  }
}

TEST_F(CallList, WhoBelievesThatNoBusComesIsToldThatOneDoes) {
  const auto ride = BookByPhone(town_, town_.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(Block(town_, "halt-00", absl::Hours(12)).ok());
  TickOffCalls(town_);
  for (int time = 0; time < 2; ++time) {  // nobody calls about the good news, which is none again
    Unblock("halt-00");
    EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("RIDE_MOVED")) << time;
    ASSERT_TRUE(Block(town_, "halt-00", absl::Hours(12)).ok());
    EXPECT_THAT(Calls(ride->ride_id()), ElementsAre("RIDE_AFFECTED")) << time;
  }
  Unblock("halt-00");
  town_.clock().Advance(absl::Minutes(1));
  TickOffCalls(town_);
  ASSERT_TRUE(Block(town_, "halt-00", absl::Hours(12)).ok());
  Unblock("halt-00");
  EXPECT_THAT(Calls(ride->ride_id()), IsEmpty()) << "they know that one comes";
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// A bus with 120 rides breaks down: every ride finds another bus or is listed, once, also when the
// process dies meanwhile.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr int kDays = 4, kRidesPerDay = 30;

absl::StatusOr<v1::TakeVehicleOutResponse> TakeOut(Town& town, const std::string& vehicle,
                                                   const std::string& key = "") {
  v1::TakeVehicleOutRequest request;
  request.set_vehicle_id(vehicle);
  request.mutable_until()->set_seconds(
      absl::ToUnixSeconds(town.clock().Now() + absl::Hours(24 * kDays)));
  return town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", request, key);
}

// All rides of four days are on the first bus; the second is back from the second day on, so the
// first day's rides find no place.
std::set<std::string> FillOneBus(Town& town, int days = kDays, int rides_per_day = kRidesPerDay) {
  std::set<std::string> rides;
  EXPECT_TRUE(TakeOut(town, "bus-2").ok());
  EXPECT_TRUE(TakeOut(town, "bus-3").ok());
  for (int day = 0; day < days; ++day) {
    for (int i = 0; i < rides_per_day; ++i) {
      v1::FindOffersRequest wish = town.Wish(absl::Hours(24 * day + 2) + absl::Minutes(20 * i));
      if (i % 2 == 1) std::swap(*wish.mutable_origin(), *wish.mutable_destination());
      const auto ride = BookByPhone(town, wish);
      EXPECT_TRUE(ride.ok()) << ride.status();
      if (ride.ok()) rides.insert(ride->ride_id());
    }
  }
  v1::ReturnVehicleRequest back;
  back.set_vehicle_id("bus-2");
  back.mutable_from()->set_seconds(absl::ToUnixSeconds(town.clock().Now() + absl::Hours(24)));
  EXPECT_TRUE(town.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back).ok());
  return rides;
}

// Everybody has another bus, or one call is to be made. Returns how many have one.
int ExpectEverybodyCaredFor(Town& town, const std::set<std::string>& rides) {
  ExpectWhole(town, {rides.begin(), rides.end()});
  std::map<std::string, int> calls;
  for (const v1::Call& call : OpenCalls(town)) ++calls[call.ride_id()];
  int moved = 0;
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    if (!ride.ok()) {
      ADD_FAILURE() << ride.status();
      continue;
    }
    const bool booked = ride->state() == v1::Ride::BOOKED;
    EXPECT_TRUE(booked || ride->state() == v1::Ride::AFFECTED) << id;
    EXPECT_EQ(calls[id], booked ? 0 : 1) << id;
    EXPECT_TRUE(!booked || ride->tour_id().find("bus-1") == std::string::npos) << ride->tour_id();
    moved += booked;
  }
  return moved;
}

TEST(BrokenVehicle, EveryRideIsPlannedAgainOrListed) {
  Town town;
  const std::set<std::string> rides = FillOneBus(town);
  ASSERT_EQ(rides.size(), 120u);
  const auto out = TakeOut(town, "bus-1");
  ASSERT_TRUE(out.ok()) << out.status();
  std::multiset<std::string> named;
  for (const v1::Ride& ride : out->moved()) named.insert(ride.ride_id());
  for (const v1::Ride& ride : out->affected()) named.insert(ride.ride_id());
  EXPECT_EQ(named, (std::multiset<std::string>(rides.begin(), rides.end())));
  EXPECT_EQ(out->moved_size(), ExpectEverybodyCaredFor(town, rides));
  EXPECT_EQ(out->moved_size(), kRidesPerDay * (kDays - 1));
}

// Thirty rides fit into one transaction: all of it happens, or nothing.
TEST(BrokenVehicle, IsOneTransactionWhereItsRidesFit) {
  Town town;
  const std::set<std::string> rides = FillOneBus(town, 2, 15);
  ASSERT_EQ(rides.size(), 30u);
  int commits = 0;
  const auto count = [&](absl::Status answer) {
    return [&commits, answer](absl::string_view operation) {
      return operation == "Commit" && ++commits > 0 ? answer : absl::OkStatus();
    };
  };
  town.fake_store().SetFault(count(absl::InternalError("dead")));
  EXPECT_FALSE(TakeOut(town, "bus-1").ok());
  town.fake_store().SetFault(nullptr);
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    ASSERT_TRUE(ride.ok()) << ride.status();
    EXPECT_EQ(ride->state(), v1::Ride::BOOKED);
    EXPECT_EQ(ride->vehicle_id(), "bus-1");
  }
  ExpectWhole(town, {rides.begin(), rides.end()});
  commits = 0;
  town.fake_store().SetFault(count(absl::OkStatus()));
  const auto out = TakeOut(town, "bus-1", "key");
  town.fake_store().SetFault(nullptr);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(commits, 1);
  EXPECT_EQ(out->moved_size(), 15);
  EXPECT_EQ(out->affected_size(), 15);
  EXPECT_EQ(ExpectEverybodyCaredFor(town, rides), 15);
  const auto repeated = TakeOut(town, "bus-1", "key");
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->moved_size(), 15);
}

TEST(BrokenVehicle, WhatACrashLeftIsFinishedByTheTask) {
  for (const int alive : {1, 2, 4}) {
    Town town;
    const std::set<std::string> rides = FillOneBus(town);
    int commits = 0;
    town.fake_store().SetFault([&](absl::string_view operation) {
      return operation == "Commit" && commits++ >= alive ? absl::InternalError("dead")
                                                         : absl::OkStatus();
    });
    EXPECT_FALSE(TakeOut(town, "bus-1").ok());
    town.fake_store().SetFault(nullptr);
    town.clock().Advance(absl::Minutes(1));
    while (town.service().tasks().RunDue() > 0) {
    }
    EXPECT_EQ(ExpectEverybodyCaredFor(town, rides), kRidesPerDay * (kDays - 1))
        << "after " << alive << " commits";
  }
}

TEST(BrokenVehicle, WhatACrashLeftIsFinishedByWhoRepeatsTheCommand) {
  Town town;
  const std::set<std::string> rides = FillOneBus(town);
  int commits = 0;
  town.fake_store().SetFault([&](absl::string_view operation) {
    return operation == "Commit" && commits++ >= 3 ? absl::InternalError("dead") : absl::OkStatus();
  });
  EXPECT_FALSE(TakeOut(town, "bus-1", "key").ok());
  town.fake_store().SetFault(nullptr);
  const auto repeated = TakeOut(town, "bus-1", "key");
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->moved_size() + repeated->affected_size(), 120);
  ExpectEverybodyCaredFor(town, rides);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

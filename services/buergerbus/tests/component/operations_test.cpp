// What dispatchers do: move rides, close stops, change shifts; and what drivers' delays do to
// riders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Property;
using ::testing::SizeIs;

MATCHER_P(Type, type, "") { return arg.type == absl::StrCat("stadtmesh.buergerbus.", type, ".v1"); }

TEST(MoveRide, AnotherBusComesAndThePromiseHolds) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const std::string other = ride->vehicle_id() == "bus-1" ? "bus-2" : "bus-1";
  const auto moved = Move(town, ride->ride_id(), other);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->vehicle_id(), other);
  EXPECT_EQ(moved->promise().ShortDebugString(), ride->promise().ShortDebugString());
  EXPECT_EQ(moved->revision(), ride->revision());
  ExpectWhole(town, {ride->ride_id()});
  EXPECT_THAT(town.GetManifest(Dispatcher(), ride->tour_id())->rides(), IsEmpty());
  EXPECT_THAT(town.Outbox(), Contains(Type("ride.moved")));
  // Moved again to where it is: nothing happens.
  const size_t events = town.Outbox().size();
  ASSERT_TRUE(Move(town, ride->ride_id(), other).ok());
  EXPECT_THAT(town.Outbox(), SizeIs(events));
}

TEST(MoveRide, RefusesWhatCannotBe) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  EXPECT_EQ(ReasonIn(Move(town, ride->ride_id(), "bus-9").status()), "VEHICLE_UNKNOWN");
  EXPECT_TRUE(absl::IsNotFound(Move(town, "no-such-ride", "bus-1").status()));
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(ride->vehicle_id() == "bus-1" ? "bus-2" : "bus-1");
  ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  EXPECT_EQ(ReasonIn(Move(town, ride->ride_id(), out.vehicle_id()).status()), "NO_VEHICLE_FREE");
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->vehicle_id(), ride->vehicle_id());
}

// "halt-00" has no other stop within 400 m; with one at 200 m the ride goes from there.
TEST(BlockStop, SendsRidersToTheNextStopWhereThePromiseStays) {
  RealTown real;
  Town& town = real.town;
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                v1::Stop& near = *settings.add_stops() = settings.stops(0);
                near.set_id("halt-00-ersatz");
                near.set_name("Ersatzhalt");
                near.mutable_location()->set_latitude(near.location().latitude() + 0.0018);
              }).ok());
  const auto app = town.Book(Citizen(), town.Wish());
  const auto phone = BookByPhone(town, town.Wish(absl::Hours(4)));
  ASSERT_TRUE(app.ok() && phone.ok()) << app.status() << phone.status();
  const auto blocked = Block(town, "halt-00", absl::Hours(12), "block-1");
  ASSERT_TRUE(blocked.ok()) << blocked.status();
  EXPECT_THAT(blocked->moved(), SizeIs(2));
  EXPECT_THAT(blocked->affected(), IsEmpty());
  for (const v1::Ride& before : {*app, *phone}) {
    const auto after = town.GetRide(Dispatcher(), before.ride_id());
    EXPECT_EQ(after->state(), v1::Ride::BOOKED);
    EXPECT_EQ(after->origin().stop_id(), "halt-00-ersatz");
    EXPECT_EQ(after->promise().ShortDebugString(), before.promise().ShortDebugString());
    EXPECT_EQ(after->revision(), before.revision() + 1);
  }
  ExpectWhole(town, {app->ride_id(), phone->ride_id()});
  EXPECT_THAT(town.Outbox(), Contains(Type("ride.changed"))) << "the app is told";
  EXPECT_THAT(OpenCalls(town), ElementsAre(Property(&v1::Call::ride_id, phone->ride_id())))
      << "the phone is called";
  EXPECT_EQ(OpenCalls(town)[0].cause(), v1::Call::RIDE_MOVED);
  const auto again = Block(town, "halt-00", absl::Hours(12), "block-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->moved(), SizeIs(2)) << "the same answer";
  const auto stops =
      town.Call<v1::ListStopsResponse>(Citizen(), "ListStops", v1::ListStopsRequest());
  ASSERT_TRUE(stops.ok()) << stops.status();
  ASSERT_THAT(stops->closures(), SizeIs(1)) << "apps say so before anybody wishes for it";
  EXPECT_EQ(stops->closures(0).stop_id(), "halt-00");
  EXPECT_TRUE(stops->closures(0).span().has_end());
  // Nothing is booked there any more.
  const auto offers = town.FindOffers(Citizen("bert"), town.Wish());
  ASSERT_TRUE(offers.ok()) << offers.status();
  EXPECT_EQ(offers->refusal().reason(), v1::STOP_BLOCKED) << offers->ShortDebugString();
}

TEST(BlockStop, ListsWhoCannotBeSentElsewhere) {
  RealTown real;
  Town& town = real.town;
  const auto app = town.Book(Citizen(), town.Wish());
  const auto phone = BookByPhone(town, town.Wish(absl::Hours(4)));
  const auto held = town.Hold(Citizen("bert"), town.Wish(absl::Hours(5)));
  ASSERT_TRUE(app.ok() && phone.ok() && held.ok())
      << app.status() << phone.status() << held.status();
  const auto blocked = Block(town, "halt-00", absl::Hours(12));
  ASSERT_TRUE(blocked.ok()) << blocked.status();
  EXPECT_THAT(blocked->moved(), IsEmpty());
  EXPECT_THAT(blocked->affected(), SizeIs(3));
  EXPECT_EQ(town.GetRide(Dispatcher(), app->ride_id())->affected_by(), v1::STOP_BLOCKED);
  EXPECT_EQ(town.GetRide(Dispatcher(), held->rides(0).ride_id())->state(), v1::Ride::EXPIRED);
  EXPECT_THAT(OpenCalls(town), ElementsAre(Property(&v1::Call::ride_id, phone->ride_id())));
  ExpectWhole(town, {app->ride_id(), phone->ride_id(), held->rides(0).ride_id()});
  v1::UnblockStopRequest open;
  open.set_stop_id("halt-00");
  ASSERT_TRUE(town.Call<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", open).ok());
  EXPECT_EQ(
      ReasonIn(town.Call<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", open).status()),
      "STOP_NOT_BLOCKED");
  EXPECT_THAT(
      town.Call<v1::ListStopsResponse>(Citizen(), "ListStops", v1::ListStopsRequest())->closures(),
      IsEmpty());
  const auto again = town.Book(Citizen("carla"), town.Wish());
  EXPECT_TRUE(again.ok()) << again.status();
}

// The caller's process dies between closing the stop and planning anew: the task goes on.
TEST(BlockStop, IsFinishedByTheTaskWhenItsCallerDies) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  int commits = 0;
  town.fake_store().SetFault([&](absl::string_view operation) {
    return operation == "Commit" && ++commits > 1 ? absl::InternalError("dead") : absl::OkStatus();
  });
  EXPECT_FALSE(Block(town, "halt-00", absl::Hours(12)).ok());
  town.fake_store().SetFault(nullptr);
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::BOOKED) << "not yet";
  town.clock().Advance(absl::Minutes(1));
  town.service().tasks().RunDue();
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::AFFECTED);
}

TEST(Delay, LateDrivingIsCountedAndRidersAreTold) {
  RealTown real;
  Town& town = real.town;
  const auto first = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(first.ok()) << first.status();
  // Two more on the same bus soon after: one by app, one by phone.
  const auto app = town.Book(Citizen("bert"), town.Wish(absl::Minutes(100)));
  const auto phone = BookByPhone(town, town.Wish(absl::Minutes(110)));
  ASSERT_TRUE(app.ok() && phone.ok()) << app.status() << phone.status();
  for (const auto* ride : {&*app, &*phone}) {
    if (ride->vehicle_id() != first->vehicle_id()) {
      ASSERT_TRUE(Move(town, ride->ride_id(), first->vehicle_id()).ok());
    }
  }
  ASSERT_TRUE(BeginShift(town, *first).ok());
  const auto late = DelayBy(town, first->tour_id(), absl::Minutes(50));
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->delay().seconds(), 50 * 60);
  const auto after = town.GetRide(Citizen("bert"), app->ride_id());
  EXPECT_EQ(after->promise().ShortDebugString(), app->promise().ShortDebugString())
      << "a promise stays what it was";
  EXPECT_GT(TimeOf(after->expected_pickup()), TimeOf(app->promise().pickup().end()))
      << "but will not be kept";
  EXPECT_THAT(OpenCalls(town), Contains(Property(&v1::Call::ride_id, phone->ride_id())));
  EXPECT_EQ(OpenCalls(town)[0].cause(), v1::Call::RUNNING_LATE);
  EXPECT_THAT(town.Outbox(), Contains(Type("ride.delayed"))) << "the apps are told";
  // A new rider is planned behind what is known: nobody already late gets later.
  const auto next = town.Book(Citizen("carla"), town.Wish(absl::Minutes(120)));
  const auto then = town.GetRide(Citizen("bert"), app->ride_id());
  EXPECT_LE(TimeOf(then->expected_pickup()), TimeOf(after->expected_pickup())) << next.status();
  // It is driven as late as that.
  town.clock().Set(TimeOf(first->promise().pickup().end()) + absl::Minutes(20));
  const auto boarded = BoardRider(town, first->ride_id());
  ASSERT_TRUE(boarded.ok()) << boarded.status();
  EXPECT_EQ(boarded->pickup_lateness().seconds(), 20 * 60);
  EXPECT_EQ(town.service().services().core.metrics.late_pickups.Value(), 1);
}

TEST(TakeVehicleOut, SaysSoToWhoFindsNoOther) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) {
    v1::TakeVehicleOutRequest out;
    out.set_vehicle_id(vehicle);
    ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  }
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->affected_by(), v1::VEHICLE_OUT);
}

// § 44 PBefG: what is not approved is not served, also where it was promised.
TEST(Settings, AStopThatIsNoLongerApprovedIsLikeOneThatIsGone) {
  RealTown real;
  Town& town = real.town;
  const auto revoke = [&](const std::string& stop) {
    return ChangeSettings(town, [&](v1::Settings& settings) {
      for (v1::Stop& each : *settings.mutable_stops())
        if (each.id() == stop) each.mutable_approval()->set_granted(false);
    });
  };
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                v1::Stop& near = *settings.add_stops() = settings.stops(0);
                near.set_id("halt-00-ersatz");
                near.mutable_location()->set_latitude(near.location().latitude() + 0.0018);
              }).ok());
  const auto app = town.Book(Citizen(), town.Wish());
  const auto phone = BookByPhone(town, town.Wish(absl::Hours(4)));
  ASSERT_TRUE(app.ok() && phone.ok()) << app.status() << phone.status();
  ASSERT_TRUE(revoke("halt-00").ok());
  EXPECT_EQ(town.GetRide(Dispatcher(), app->ride_id())->origin().stop_id(), "halt-00-ersatz");
  EXPECT_THAT(OpenCalls(town), ElementsAre(Property(&v1::Call::cause, v1::Call::RIDE_MOVED)));
  ASSERT_TRUE(revoke("halt-00-ersatz").ok());
  const auto after = town.GetRide(Dispatcher(), app->ride_id());
  EXPECT_EQ(after->state(), v1::Ride::AFFECTED);
  EXPECT_EQ(after->affected_by(), v1::STOP_NOT_APPROVED);
  ExpectWhole(town, {app->ride_id(), phone->ride_id()});
}

TEST(Settings, ASmallerBusCountsOnceItHoldsWhoIsOnBoard) {
  Town town;
  v1::FindOffersRequest wish = town.Wish(absl::Minutes(75));
  wish.mutable_party()->set_people(6);
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  const auto layouts = [&] {
    const TourId tour{VehicleId(ride->vehicle_id()), BerlinDay(MondayMorning())};
    return town.service()
        .services()
        .core.repository.Read<Tour>(kTenant, keys::Tour(tour), Town::Soon())
        ->value->layouts;
  };
  const std::vector<Load> before = layouts();
  ASSERT_TRUE(ChangeSettings(town, [&](v1::Settings& settings) {
                for (v1::Vehicle& vehicle : *settings.mutable_vehicles()) {
                  if (vehicle.id() != ride->vehicle_id()) continue;
                  vehicle.clear_layouts();
                  vehicle.add_layouts()->set_seats(3);
                }
              }).ok());
  EXPECT_EQ(layouts(), before);
  town.clock().Advance(absl::Minutes(10));
  ASSERT_TRUE(AlightRider(town, ride->ride_id()).ok());
  town.clock().Advance(absl::Minutes(10));
  town.service().tasks().RunDue();
  EXPECT_EQ(layouts(), (std::vector<Load>{{3, 0, 0}}));
}

// Without this vehicle and its shifts.
absl::Status Sell(Town& town, const std::string& vehicle) {
  return ChangeSettings(town, [&](v1::Settings& settings) {
    auto& shifts = *settings.mutable_shifts();
    shifts.erase(std::remove_if(shifts.begin(), shifts.end(),
                                [&](const auto& shift) { return shift.vehicle() == vehicle; }),
                 shifts.end());
    auto& vehicles = *settings.mutable_vehicles();
    vehicles.erase(std::remove_if(vehicles.begin(), vehicles.end(),
                                  [&](const auto& each) { return each.id() == vehicle; }),
                   vehicles.end());
  });
}

// Two rides on one bus whose shift runs, and that is sold then: who is on it stays.
class SoldOnTheRoad : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto one = town_.Book(Citizen(), town_.Wish(absl::Minutes(75)));
    const auto two = town_.Book(Citizen("bert"), town_.Wish(absl::Minutes(110)));
    ASSERT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
    first_ = *one;
    if (two->vehicle_id() != one->vehicle_id()) {
      ASSERT_TRUE(Move(town_, two->ride_id(), one->vehicle_id()).ok());
    }
    second_ = *town_.GetRide(Dispatcher(), two->ride_id());
    ASSERT_TRUE(BeginShift(town_, first_).ok());
    ASSERT_TRUE(Sell(town_, first_.vehicle_id()).ok());
    EXPECT_EQ(VehicleOf(first_), first_.vehicle_id());
    EXPECT_EQ(VehicleOf(second_), first_.vehicle_id());
  }
  std::string VehicleOf(const v1::Ride& ride) {
    return town_.GetRide(Dispatcher(), ride.ride_id())->vehicle_id();
  }

  RealTown real_;
  Town& town_ = real_.town;
  v1::Ride first_, second_;
};

TEST_F(SoldOnTheRoad, IsSeenAndTakesNobodyElse) {
  v1::GetBoardRequest board;
  board.set_day("2025-03-03");
  EXPECT_THAT(town_.Call<v1::GetBoardResponse>(Dispatcher(), "GetBoard", board)->vehicles(),
              Contains(Property(&v1::GetBoardResponse::BoardVehicle::tour_id, first_.tour_id())));
  v1::ListMyToursRequest mine;
  mine.set_day("2025-03-03");
  EXPECT_THAT(town_.Call<v1::ListMyToursResponse>(Driver(), "ListMyTours", mine)->tours(),
              Contains(Property(&v1::ListMyToursResponse::Tour::tour_id, first_.tour_id())));
  for (int i = 0; i < 6; ++i) {
    const auto ride =
        town_.Book(Citizen(absl::StrCat("p", i)), town_.Wish(absl::Minutes(75 + 10 * i)));
    if (ride.ok()) {
      EXPECT_NE(ride->vehicle_id(), first_.vehicle_id());
    }
  }
}

TEST_F(SoldOnTheRoad, IsDrivenToItsEnd) {
  EXPECT_TRUE(DelayBy(town_, first_.tour_id(), absl::Minutes(2)).ok());
  EXPECT_TRUE(
      Move(town_, second_.ride_id(), first_.vehicle_id() == "bus-1" ? "bus-2" : "bus-1").ok());
  EXPECT_EQ(ReasonIn(Move(town_, second_.ride_id(), first_.vehicle_id()).status()),
            "VEHICLE_UNKNOWN");
  town_.clock().Set(TimeOf(first_.promise().pickup().begin()));
  v1::ReportArrivalRequest arrival;
  arrival.set_tour_id(first_.tour_id());
  arrival.set_kind(v1::PICKUP);
  arrival.set_ride_id(first_.ride_id());
  ASSERT_TRUE(town_.Call<v1::Manifest>(Driver(), "ReportArrival", arrival).ok());
  town_.clock().Advance(absl::Minutes(20));
  const auto no_show = Report<v1::ReportNoShowRequest>(town_, "ReportNoShow", first_.ride_id());
  EXPECT_TRUE(no_show.ok()) << no_show.status();
  v1::EndShiftRequest end;
  end.set_tour_id(first_.tour_id());
  end.set_shift_id(first_.vehicle_id() + "-frueh");
  const auto sheet = town_.Call<v1::CashSheet>(Driver(), "EndShift", end);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
}

TEST_F(SoldOnTheRoad, CanBreakDown) {
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(first_.vehicle_id());
  const auto taken = town_.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(taken->moved(), SizeIs(2));
  ExpectWhole(town_, {first_.ride_id(), second_.ride_id()});
  out.set_vehicle_id("bus-9");
  EXPECT_EQ(
      ReasonIn(
          town_.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).status()),
      "VEHICLE_UNKNOWN");
}

TEST(Settings, ChangedShiftsReachPlannedDays) {
  RealTown real;
  Town& town = real.town;
  std::vector<std::string> rides;
  for (int i = 0; i < 8; ++i) {
    const auto ride = town.Book(Citizen(absl::StrCat("p", i)), town.Wish(absl::Hours(26 + i)));
    ASSERT_TRUE(ride.ok()) << ride.status();
    rides.push_back(ride->ride_id());
  }
  const auto first = town.GetRide(Dispatcher(), rides[0]);
  const auto phone = BookByPhone(town, town.Wish(absl::Hours(30)));
  ASSERT_TRUE(phone.ok()) << phone.status();
  rides.push_back(phone->ride_id());
  const std::string gone = first->vehicle_id();
  // The vehicle is sold: others take its rides, the promises hold.
  ASSERT_TRUE(Sell(town, gone).ok());
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    EXPECT_EQ(ride->state(), v1::Ride::BOOKED) << id;
    EXPECT_NE(ride->vehicle_id(), gone);
  }
  ExpectWhole(town, rides);
  // No bus in the morning any more: who had a ride then is affected, and called if there is no app.
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                for (v1::Shift& shift : *settings.mutable_shifts()) {
                  if (shift.begin() == "05:30") shift.set_end("06:30"), shift.clear_breaks();
                }
              }).ok());
  ExpectWhole(town, rides);
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    const absl::Time pickup = TimeOf(ride->promise().pickup().begin());
    const absl::Duration time = pickup - BerlinTime(BerlinDay(pickup), absl::ZeroDuration());
    if (time < absl::Hours(13)) {
      EXPECT_EQ(ride->state(), v1::Ride::AFFECTED) << id;
      EXPECT_EQ(ride->affected_by(), v1::NO_VEHICLE_FREE) << "no vehicle is broken";
    }
    if (time > absl::Hours(14)) {
      EXPECT_EQ(ride->state(), v1::Ride::BOOKED) << id;
    }
  }
  EXPECT_THAT(OpenCalls(town), Contains(Property(&v1::Call::ride_id, phone->ride_id())));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

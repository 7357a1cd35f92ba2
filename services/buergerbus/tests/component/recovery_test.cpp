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

// Whose bus broke down rides with another one; when that goes out, too, they are planned like
// anybody, but not onto the bus that has left them once already: a tour serves a ride once.
TEST(Recovery, WhoWasStrandedOnceIsPlannedLikeAnybody) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok() && BeginShift(town, *ride).ok()) << ride.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  ASSERT_TRUE(TakeOut(town, ride->vehicle_id()).ok());
  const auto changed = Change(town, ride->ride_id(), town.Wish(absl::Hours(2)));
  ASSERT_TRUE(changed.ok() && changed->has_ride()) << changed.status();
  ASSERT_NE(changed->ride().vehicle_id(), ride->vehicle_id());
  const auto other = town.Book(Citizen("bert"), town.Wish(absl::Hours(2)));
  ASSERT_TRUE(other.ok() && PutBack(town, ride->vehicle_id()).ok()) << other.status();
  const absl::Status back = Move(town, ride->ride_id(), ride->vehicle_id()).status();
  EXPECT_EQ(ReasonIn(back), "NO_VEHICLE_FREE") << back;
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) {
    if (vehicle == ride->vehicle_id()) continue;
    const absl::Status out = TakeOut(town, vehicle);
    ASSERT_TRUE(out.ok()) << vehicle << ": " << out;
  }
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  EXPECT_EQ(town.GetRide(Dispatcher(), other->ride_id())->vehicle_id(), ride->vehicle_id());
}

TEST(Recovery, AMistakeInTheSettingsThatIsTakenBackBringsRidesBack) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::Settings before;
  ASSERT_TRUE(ChangeSettings(town, [&](v1::Settings& settings) {
                before = settings;
                settings.clear_shifts();
              }).ok());
  while (town.service().tasks().RunDue() > 0) {
  }
  ASSERT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  ASSERT_TRUE(ChangeSettings(town, [&](v1::Settings& settings) { settings = before; }).ok());
  while (town.service().tasks().RunDue() > 0) {
  }
  const auto after = town.GetRide(Dispatcher(), ride->ride_id());
  EXPECT_EQ(after->state(), v1::Ride::BOOKED);
  EXPECT_EQ(after->promise().ShortDebugString(), ride->promise().ShortDebugString());
}

// The bus goes where the stop is now, and riders hear of it.
TEST(Recovery, AStopThatHasMovedTakesItsRidesAlong) {
  Town town;
  const auto app = town.Book(Citizen(), town.Wish());
  const auto phone = BookByPhone(town, town.Wish());
  ASSERT_TRUE(app.ok() && phone.ok());
  const auto move = [&](double degrees_north) {
    return ChangeSettings(town, [&](v1::Settings& settings) {
      v1::Stop& stop =
          *std::find_if(settings.mutable_stops()->begin(), settings.mutable_stops()->end(),
                        [](const v1::Stop& each) { return each.id() == "halt-00"; });
      stop.mutable_location()->set_latitude(stop.location().latitude() + degrees_north);
    });
  };
  ASSERT_TRUE(move(0.0001).ok());  // 11 m
  EXPECT_EQ(town.GetRide(Citizen(), app->ride_id())->revision(), app->revision());
  ASSERT_TRUE(move(0.002).ok());
  while (town.service().tasks().RunDue() > 0) {
  }
  for (const auto* before : {&*app, &*phone}) {
    const auto after = town.GetRide(Dispatcher(), before->ride_id());
    EXPECT_EQ(after->state(), v1::Ride::BOOKED);
    EXPECT_NEAR(after->origin().location().latitude(), 51.9021, 1e-6);
    EXPECT_EQ(after->promise().ShortDebugString(), before->promise().ShortDebugString());
  }
  ASSERT_EQ(OpenCalls(town).size(), 1);
  EXPECT_EQ(OpenCalls(town)[0].ride_id(), phone->ride_id());
  ExpectWhole(town, {app->ride_id(), phone->ride_id()});
}

// Their seats are not free, whatever the manifest says.
TEST(Recovery, ABusThatIsBackTakesNobodyWhileItsRidersAreOnBoard) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok() && BeginShift(town, *ride).ok()) << ride.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  TakeAllOut(town);
  ASSERT_TRUE(PutBack(town, ride->vehicle_id()).ok());
  const auto offered = [&] {
    const auto found = town.FindOffers(Citizen("bert"), town.Wish(absl::Minutes(75)));
    EXPECT_TRUE(found.ok()) << found.status();
    return found->offers_size();
  };
  EXPECT_EQ(offered(), 0);
  ASSERT_TRUE(Report<v1::ReportAlightingRequest>(town, "ReportAlighting", ride->ride_id()).ok());
  EXPECT_GT(offered(), 0);
}

// Whoever found another ride when theirs was lost is not put into a second bus by a move.
TEST(Recovery, WhoHasFoundSomethingElseIsNotMovedBack) {
  Town town;
  const auto lost = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(lost.ok()) << lost.status();
  ASSERT_TRUE(Block(town, "halt-00", absl::Hours(12)).ok());
  ASSERT_EQ(town.GetRide(Citizen(), lost->ride_id())->state(), v1::Ride::AFFECTED);
  v1::FindOffersRequest from_elsewhere = town.Wish();
  from_elsewhere.mutable_origin()->set_stop_id("halt-11");
  const auto other = town.Book(Citizen(), from_elsewhere);
  ASSERT_TRUE(other.ok()) << other.status();
  v1::UnblockStopRequest open;
  open.set_stop_id("halt-00");
  ASSERT_TRUE(town.Call<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", open).ok());
  ASSERT_EQ(town.GetRide(Citizen(), lost->ride_id())->state(), v1::Ride::AFFECTED);
  const absl::Status moved = Move(town, lost->ride_id(), "bus-2").status();
  EXPECT_EQ(ReasonIn(moved), "RIDES_OVERLAP") << moved;
}

TEST(Outage, EndsWithTheDayUnlessItIsSaidOtherwise) {
  Town town;
  const auto today = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(today.ok()) << today.status();
  const auto tomorrow = town.Book(Citizen("bert"), town.Wish(absl::Hours(24 + 1)));
  ASSERT_TRUE(tomorrow.ok()) << tomorrow.status();
  TakeAllOut(town);
  EXPECT_EQ(town.GetRide(Citizen(), today->ride_id())->state(), v1::Ride::AFFECTED);
  EXPECT_EQ(town.GetRide(Citizen("bert"), tomorrow->ride_id())->state(), v1::Ride::BOOKED);
  EXPECT_TRUE(town.Book(Citizen("carla"), town.Wish(absl::Hours(24 + 1))).ok());
}

TEST(Outage, OfThreeHoursTakesThreeHours) {
  Town town;
  const auto before = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  const auto within = town.Book(Citizen("bert"), town.Wish(absl::Minutes(200)));
  const auto after = town.Book(Citizen("carla"), town.Wish(absl::Hours(7)));
  ASSERT_TRUE(before.ok() && within.ok() && after.ok());
  const absl::Time from = town.clock().Now() + absl::Minutes(180);
  v1::TakeVehicleOutRequest out;
  out.mutable_from()->set_seconds(absl::ToUnixSeconds(from));
  out.mutable_until()->set_seconds(absl::ToUnixSeconds(from + absl::Hours(3)));
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) {
    out.set_vehicle_id(vehicle);
    const auto taken = town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out);
    ASSERT_TRUE(taken.ok()) << taken.status();
  }
  EXPECT_EQ(town.GetRide(Citizen(), before->ride_id())->state(), v1::Ride::BOOKED);
  EXPECT_EQ(town.GetRide(Citizen("bert"), within->ride_id())->state(), v1::Ride::AFFECTED);
  EXPECT_EQ(town.GetRide(Citizen("carla"), after->ride_id())->state(), v1::Ride::BOOKED);
  // While it lasts nobody is booked into it, but behind it; then all is as before.
  town.clock().Set(from);
  EXPECT_FALSE(town.Book(Citizen("dora"), town.Wish(absl::Minutes(65))).ok());
  EXPECT_TRUE(town.Book(Citizen("dora"), town.Wish(absl::Minutes(200))).ok());
  town.clock().Set(from + absl::Hours(3));
  EXPECT_TRUE(town.Book(Citizen("emil"), town.Wish(absl::Minutes(70))).ok());
  v1::GetBoardRequest board;
  board.set_day("2025-03-03");
  const auto shown = town.Call<v1::GetBoardResponse>(Dispatcher(), "GetBoard", board);
  ASSERT_TRUE(shown.ok()) << shown.status();
  for (const auto& vehicle : shown->vehicles()) EXPECT_FALSE(vehicle.out_of_service());
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
    const auto ride =
        town.Book(Citizen(absl::StrCat("p", i)), town.Wish(absl::Hours(2) + absl::Minutes(10 * i)));
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
  v1::GetBoardRequest day;
  day.set_day("2025-03-03");
  const auto board = town.Call<v1::GetBoardResponse>(Dispatcher(), "GetBoard", day);
  ASSERT_TRUE(board.ok()) << board.status();
  ASSERT_THAT(board->rides(), SizeIs(1));
  EXPECT_EQ(board->rides(0).tour_id(), town.GetRide(Citizen(), ride->ride_id())->tour_id())
      << "board and ride say the same";
  EXPECT_EQ(board->rides(0).tour_id(), ride->tour_id());
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

// The live board: driven by events, details by authorised reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"
#include "testing/wait_until.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMonday[] = "2025-03-03";

absl::StatusOr<v1::GetBoardResponse> GetBoard(Town& town, const Person& person) {
  v1::GetBoardRequest request;
  request.set_day(kMonday);
  return town.Call<v1::GetBoardResponse>(person, "GetBoard", request);
}

v1::Ride::State StateOn(const v1::GetBoardResponse& board, const std::string& ride) {
  for (const auto& each : board.rides()) {
    if (each.ride_id() == ride) return each.state();
  }
  return v1::Ride::STATE_UNSPECIFIED;
}

TEST(Board, FollowsTheEventsOfTheBus) {
  RealTown real;
  Town& town = real.town;
  ASSERT_TRUE(town.service().Start().ok());
  ASSERT_TRUE(GetBoard(town, Dispatcher()).ok());  // scanned while nothing is booked
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.905, 7.305, "Geheimweg 7");
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto shows = [&](v1::Ride::State state) {
    return testing::WaitUntil(
        [&] { return StateOn(*GetBoard(town, Dispatcher()), ride->ride_id()) == state; });
  };
  EXPECT_TRUE(shows(v1::Ride::BOOKED));
  ASSERT_TRUE(Cancel(town, Citizen(), ride->ride_id()).ok());
  EXPECT_TRUE(shows(v1::Ride::CANCELLED));
}

TEST(Board, NamesNobodyAndDetailsAreForWhoMayReadThem) {
  Town town;
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.905, 7.305, "Geheimweg 7");
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto board = GetBoard(town, City());
  ASSERT_TRUE(board.ok()) << board.status();
  ASSERT_EQ(StateOn(*board, ride->ride_id()), v1::Ride::BOOKED);
  EXPECT_THAT(board->ShortDebugString(), Not(HasSubstr("Geheimweg")));
  EXPECT_THAT(board->ShortDebugString(), Not(HasSubstr(town.AliasOf(Citizen()))));
  EXPECT_TRUE(absl::IsPermissionDenied(GetBoard(town, Citizen()).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(town.GetRide(City(), ride->ride_id()).status()))
      << "the board's details are not the city's";
  EXPECT_THAT(town.GetRide(Dispatcher(), ride->ride_id())->ShortDebugString(),
              HasSubstr("Geheimweg"));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

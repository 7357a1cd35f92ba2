// The live board: driven by events, details by authorised reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <optional>
#include <string>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"
#include "testing/wait_until.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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

// A relay's series of the town's metrics; nothing where there is none.
std::optional<double> RelayMetric(const Town& town, absl::string_view name) {
  const std::string series = absl::StrCat("\nstadtmesh_relay_", name, "{service=\"buergerbus\"} ");
  const std::string text = town.metrics().Text();
  const size_t found = text.find(series);
  if (found == std::string::npos) return std::nullopt;
  return std::stod(text.substr(found + series.size()));
}

TEST(Relay, WhatItCarriesStandsInTheMetrics) {
  RealTown real;
  Town& town = real.town;
  // There before anything happens, so that no alarm lacks its series.
  EXPECT_EQ(RelayMetric(town, "published_total"), 0);
  EXPECT_EQ(RelayMetric(town, "leading"), 0);
  ASSERT_TRUE(town.Book(Citizen(), town.Wish()).ok());
  const double waiting = static_cast<double>(town.Outbox().size());
  ASSERT_GT(waiting, 0);
  ASSERT_TRUE(town.service().Start().ok());
  EXPECT_TRUE(testing::WaitUntil([&] { return RelayMetric(town, "published_total") >= waiting; }));
  EXPECT_TRUE(testing::WaitUntil([&] { return RelayMetric(town, "leading") == 2; })) << "tenants";
  EXPECT_TRUE(testing::WaitUntil([&] { return RelayMetric(town, "outbox_length") == 0; }));
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

// ---- What follows the events shows what a new reader finds.

class RandomDay {
 public:
  explicit RandomDay(Town& town) : town_(town) {}

  void Step() {
    switch (*rc::gen::weightedElement<int>(
        {{6, 0}, {1, 1}, {2, 2}, {2, 3}, {6, 4}, {1, 5}, {1, 6}, {1, 7}, {2, 8}, {1, 9}})) {
      case 0:
        return BookOne();
      case 1:
        return (void)town_.Hold(Citizen("hold"), town_.Wish(Ahead()));
      case 2:
        return OnSome(
            [&](const v1::Ride& ride) { (void)Cancel(town_, Dispatcher(), ride.ride_id()); });
      case 3:
        return OnSome([&](const v1::Ride& ride) { (void)Move(town_, ride.ride_id(), SomeBus()); });
      case 4:
        return OnSome([&](const v1::Ride& ride) { Drive(ride); });
      case 5:
        return OnSome([&](const v1::Ride& ride) {
          (void)DelayBy(town_, ride.tour_id(), absl::Minutes(*rc::gen::inRange(0, 40)));
        });
      case 6:
        return TakeOut();
      case 7:
        return (void)Block(town_, "halt-22", absl::Minutes(*rc::gen::inRange(30, 300)));
      case 8:
        return Wait();
      default:
        return OnSome([&](const v1::Ride& ride) { ReportPosition(ride.tour_id()); });
    }
  }

 private:
  absl::Duration Ahead() const { return absl::Minutes(*rc::gen::inRange(65, 400)); }
  std::string SomeBus() const { return absl::StrCat("bus-", *rc::gen::inRange(1, 4)); }

  void BookOne() {
    const auto ride = town_.Book(Citizen("anna"), town_.Wish(Ahead()));
    if (ride.ok()) rides_.push_back(ride->ride_id());
  }
  void OnSome(const std::function<void(const v1::Ride&)>& act) {
    if (rides_.empty()) return;
    const auto ride =
        town_.GetRide(Dispatcher(), rides_[*rc::gen::inRange<size_t>(0, rides_.size())]);
    if (ride.ok()) act(*ride);
  }
  // One report of its driver: whichever is accepted.
  void Drive(const v1::Ride& ride) {
    (void)BeginShift(town_, ride);
    if (*rc::gen::inRange(0, 3) == 0) {
      v1::ReportArrivalRequest arrival;
      arrival.set_tour_id(ride.tour_id());
      arrival.set_kind(v1::PICKUP);
      arrival.set_ride_id(ride.ride_id());
      (void)town_.Call<v1::Manifest>(Driver(), "ReportArrival", arrival);
      (void)Report<v1::ReportNoShowRequest>(town_, "ReportNoShow", ride.ride_id());
    }
    v1::TakeBreakRequest pause;
    pause.set_tour_id(ride.tour_id());
    (void)town_.Call<v1::Manifest>(Driver(), "TakeBreak", pause);
    if (!TryBoard(ride)) (void)AlightRider(town_, ride.ride_id());
  }
  bool TryBoard(const v1::Ride& ride) { return BoardRider(town_, ride.ride_id()).ok(); }
  void TakeOut() {
    v1::TakeVehicleOutRequest out;
    out.set_vehicle_id(SomeBus());
    (void)town_.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out);
    if (*rc::gen::inRange(0, 2) == 0) return;
    v1::ReturnVehicleRequest back;
    back.set_vehicle_id(out.vehicle_id());
    (void)town_.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back);
  }
  void Wait() {
    town_.clock().Advance(absl::Minutes(*rc::gen::inRange(1, 20)));
    town_.service().tasks().RunDue();
  }
  void ReportPosition(const std::string& tour) {
    v1::ReportPositionRequest position;
    position.set_tour_id(tour);
    position.mutable_location()->set_latitude(51.9);
    position.mutable_location()->set_longitude(7.3);
    (void)town_.Call<v1::ReportPositionResponse>(Driver(), "ReportPosition", position);
  }

  Town& town_;
  std::vector<std::string> rides_;
};

events::Event EventOf(const store::OutboxEntry& entry) {
  return {.id = entry.event_id,
          .type = entry.type,
          .service = std::string(kServiceName),
          .tenant = kTenant,
          .aggregate = entry.aggregate,
          .epoch = entry.epoch,
          .n = entry.n,
          .time = entry.time,
          .payload = entry.payload};
}

std::string Shown(buergerbus::Board& board, Town& town) {
  const Query query{auth::SystemPrincipal(kTenant, kServiceName), Town::Soon()};
  absl::StatusOr<v1::GetBoardResponse> shown = board.Get(query, absl::CivilDay(2025, 3, 3));
  RC_ASSERT(shown.ok());
  shown->clear_as_of();
  return shown->DebugString();
}

TEST(Board, ShowsWhateverHappensWhatANewReaderFinds) {
  EXPECT_TRUE(rc::check([] {
    Town town;
    Core& core = town.service().services().core;
    buergerbus::Board follows(&core.repository, &core.settings, &town.clock());
    Shown(follows, town);
    RandomDay day(town);
    const int steps = *rc::gen::inRange(5, 40);
    size_t seen = 0;
    for (int i = 0; i < steps; ++i) {
      day.Step();
      const std::vector<store::OutboxEntry> outbox = town.Outbox();
      for (; seen < outbox.size(); ++seen) follows.Apply(EventOf(outbox[seen]));
    }
    buergerbus::Board reads(&core.repository, &core.settings, &town.clock());
    RC_ASSERT(Shown(follows, town) == Shown(reads, town));
  }));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/rider_trip.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::Point;
using testing::TestTown;

Trip Wish(Place origin, Place destination, Party party = {}) {
  return {origin, destination, party, {{FareCategoryId("adult"), party.people}}};
}
Place AtStop(const char* id) { return {.stop = StopId(id)}; }
Place Door(double east, double north) { return {.location = Point(east, north), .label = "Hof 3"}; }

std::optional<Reason> Refused(const Settings& town, const Trip& trip) {
  return ReasonOf(ResolveTrip(town, trip).status());
}

TEST(ResolveTrip, FillsInStopsAndRefusesWithAReason) {
  Settings town = TestTown();
  const auto trip = ResolveTrip(town, Wish(AtStop("market"), Door(1, 1)));
  ASSERT_TRUE(trip.ok());
  EXPECT_EQ(trip->origin.location, Point(5, 5));
  EXPECT_EQ(Refused(town, Wish(AtStop("moon"), Door(1, 1))), Reason::kStopUnknown);
  EXPECT_EQ(Refused(town, Wish(Door(11, 1), Door(1, 1))), Reason::kOutsideArea);
  EXPECT_EQ(Refused(town, Wish(AtStop("market"), AtStop("market"))), Reason::kTripTooShort);
  EXPECT_EQ(Refused(town, Wish(AtStop("market"), Door(1, 1), {.people = 8, .wheelchairs = 1})),
            Reason::kPartyTooLarge);
  EXPECT_EQ(Refused(town, Wish(AtStop("market"), Door(1, 1), {.people = 7, .wheelchairs = 1})),
            std::nullopt);
  EXPECT_EQ(ResolveTrip(town, Wish(Door(1e9, 0), Door(1, 1))).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ResolveTrip(town, Wish(AtStop("market"), Door(1, 1), {.people = 0})).status().code(),
            absl::StatusCode::kInvalidArgument);
  town.stops[0].step_free = false;
  EXPECT_EQ(Refused(town, Wish(AtStop("market"), Door(1, 1), {.people = 1, .wheelchairs = 1})),
            Reason::kStopNotStepFree);
}

TEST(ResolveTrip, SaysWhatOfAPartyIsTooMuch) {
  const Settings town = TestTown();  // {8 seats, 0 wheelchairs, 2 walkers or prams} or {6, 1, 2}
  const auto bound = [&](const Party& party) {
    return FactsOf(ResolveTrip(town, Wish(AtStop("market"), Door(1, 1), party)).status());
  };
  using Facts = std::map<std::string, std::string>;
  EXPECT_EQ(bound({.people = 9}), (Facts{{"largest_party", "8"}}));
  EXPECT_EQ(bound({.people = 2, .wheelchairs = 2}), (Facts{{"most_wheelchairs", "1"}}));
  EXPECT_EQ(bound({.people = 3, .walkers = 3}), (Facts{{"most_walkers_and_prams", "2"}}));
  EXPECT_EQ(bound({.people = 3, .walkers = 1, .prams = 2}),
            (Facts{{"most_walkers_and_prams", "2"}}));
  EXPECT_EQ(bound({.people = 8, .wheelchairs = 1}), (Facts{{"largest_party", "7"}}))
      << "beside a wheelchair";
}

// Nobody is told that a party fits which does not, or the other way round.
TEST(ResolveTrip, APartyIsTooLargeWhereNoLayoutHoldsIt) {
  EXPECT_TRUE(rc::check([] {
    Settings town = TestTown();
    town.rules.largest_party = *rc::gen::inRange(1, 17);
    for (Vehicle& vehicle : town.vehicles) {
      for (Load& layout : vehicle.layouts)
        layout = {*rc::gen::inRange(0, 9), *rc::gen::inRange(0, 3), *rc::gen::inRange(0, 4)};
    }
    Party party{.people = *rc::gen::inRange(1, 10),
                .walkers = *rc::gen::inRange(0, 3),
                .prams = *rc::gen::inRange(0, 3)};
    party.wheelchairs = *rc::gen::inRange(0, party.people + 1);
    bool fits = false;
    for (const Vehicle& vehicle : town.vehicles)
      fits = fits || Fits(vehicle.layouts, LoadOf(party));
    RC_ASSERT(Refused(town, Wish(AtStop("market"), Door(1, 1), party)).has_value() ==
              !(fits && party.people <= town.rules.largest_party));
  }));
}

TEST(ResolveTrip, TripModes) {
  Settings town = TestTown();
  const Trip doors = Wish(Door(1, 1), Door(2, 3)), one_door = Wish(Door(1, 1), AtStop("market")),
             stops = Wish(AtStop("school"), AtStop("market"));
  town.rules.trip_mode = TripMode::kStopToStop;
  EXPECT_EQ(Refused(town, one_door), Reason::kTripModeNotOffered);
  EXPECT_EQ(Refused(town, stops), std::nullopt);
  town.rules.trip_mode = TripMode::kDoorToStop;
  EXPECT_EQ(Refused(town, doors), Reason::kTripModeNotOffered);
  EXPECT_EQ(Refused(town, one_door), std::nullopt);
}

TEST(CheckPlace, ApprovalsAndBlocks) {
  Settings town = TestTown();
  const TimeWindow when{At(10), At(10, 15)};
  const StopId market("market");
  const auto check = [&](const std::vector<StopBlock>& blocks, const Place& place) {
    return ReasonOf(CheckPlace(town, blocks, place, testing::kWednesday, when));
  };
  EXPECT_EQ(check({}, AtStop("market")), std::nullopt);
  EXPECT_EQ(check({{market, {At(10, 15), At(12)}}}, AtStop("market")), Reason::kStopBlocked);
  EXPECT_EQ(check({{market, {At(8), At(10)}}}, AtStop("market")), std::nullopt);
  town.stops[0].approval.valid_until = testing::kWednesday - 1;
  EXPECT_EQ(check({}, AtStop("market")), Reason::kStopNotApproved);
  town.doors.granted = false;
  EXPECT_EQ(check({}, Door(1, 1)), Reason::kDoorNotApproved);
  EXPECT_EQ(
      NearestStops(town, {{StopId("doctor"), when}}, Point(5, 5), testing::kWednesday, when, 2),
      (std::vector<StopId>{StopId("school"), StopId("station")}));
}

TEST(CheckBookable, NoticeHorizonHoursAndPast) {
  Settings town = TestTown();
  const auto check = [&](absl::Time pickup, Actor actor, absl::Time now) {
    return ReasonOf(CheckBookable(town, pickup, actor, now));
  };
  EXPECT_EQ(check(At(10), Actor::kCitizen, At(9)), std::nullopt);
  EXPECT_EQ(check(At(10), Actor::kCitizen, At(9) + absl::Seconds(1)), Reason::kNoticeTooShort);
  EXPECT_EQ(check(At(10), Actor::kDispatcher, At(9, 59)), std::nullopt);
  EXPECT_EQ(check(At(10), Actor::kSystem, At(9, 59)), std::nullopt);
  EXPECT_EQ(check(At(10), Actor::kDispatcher, At(10, 1)), Reason::kInPast);
  EXPECT_EQ(check(At(19, 46), Actor::kCitizen, At(9)),
            Reason::kOutsideServiceHours);  // the window would end after 20:00
  EXPECT_EQ(check(At(5, 55), Actor::kDispatcher, At(5)), Reason::kOutsideServiceHours);
  EXPECT_EQ(check(At(testing::kWednesday + 15, 10), Actor::kCitizen, At(9)), Reason::kTooFarAhead);
  EXPECT_EQ(check(At(testing::kWednesday + 14, 10), Actor::kCitizen, At(9)), std::nullopt);
  town.rules.notice = NoticeDayBefore{absl::Hours(16)};
  EXPECT_EQ(check(At(10), Actor::kCitizen, At(7)), Reason::kNoticeTooShort);
  EXPECT_EQ(check(At(testing::kWednesday + 1, 10), Actor::kCitizen, At(16)), std::nullopt);
}

TEST(CheckBookable, SaysWhenTheNextDayThatCanBeBookedOpens) {
  Settings town = TestTown();
  town.rules.notice = NoticeDayBefore{absl::Hours(16)};
  const auto earliest = [&](absl::Time now) {
    const auto refused = CheckBookable(town, now + absl::Hours(1), Actor::kCitizen, now);
    EXPECT_EQ(ReasonOf(refused), Reason::kNoticeTooShort);
    return FactsOf(refused)["earliest"];
  };
  const absl::CivilDay wednesday = testing::kWednesday;
  EXPECT_EQ(earliest(At(10)), FormatRfc3339(At(wednesday + 1, 6)));
  EXPECT_EQ(earliest(At(16, 1)), FormatRfc3339(At(wednesday + 2, 6)));
  EXPECT_EQ(earliest(At(wednesday + 2, 17)), FormatRfc3339(At(wednesday + 5, 6)))
      << "not Saturday's night, which reaches into the closed Sunday";
}

TEST(MakePromise, FollowsTheRules) {
  const BookingRules rules = TestTown().rules;
  const Promise promise =
      MakePromise(rules, {.people = 2}, At(10), absl::Minutes(10), std::nullopt);
  EXPECT_EQ(promise.pickup, (TimeWindow{At(10), At(10, 15)}));
  EXPECT_EQ(promise.longest_ride, absl::Minutes(35));                 // 1.5 x 10 + 20
  EXPECT_EQ(promise.latest_arrival, At(10, 50) + absl::Seconds(50));  // 30 s + 2 x 10 s to board
  EXPECT_EQ(MakePromise(rules, {}, At(10), absl::Minutes(10), At(10, 30)).latest_arrival,
            At(10, 30));
  EXPECT_EQ(ReasonOf(CheckReturn(EarliestReturn(rules, promise), At(11))),
            Reason::kReturnBeforeOutbound);
  EXPECT_TRUE(CheckReturn(EarliestReturn(rules, promise), At(11, 1)).ok());
}

TEST(PriceOf, SumsAndRefuses) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<FareCategory> fares = TestTown().fares;
    FareSelection selection;
    int people = 0;
    Money expected;
    for (const FareCategory& fare : fares) {
      const int count = *rc::gen::inRange(0, 6);
      if (count == 0) continue;
      selection[fare.id] = count;
      people += count;
      expected += fare.price * count;
    }
    if (people == 0) return;
    const auto fare = PriceOf(fares, selection, people);
    RC_ASSERT(fare.ok());
    RC_ASSERT(fare->total == expected);
    Money lines;
    for (const FareLine& line : fare->lines) lines += line.each * line.count;
    RC_ASSERT(lines == fare->total);
    RC_ASSERT(!PriceOf(fares, selection, people + 1).ok());
  }));
  EXPECT_EQ(ReasonOf(PriceOf(TestTown().fares, {{FareCategoryId("dog"), 1}}, 1).status()),
            Reason::kFareUnknown);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

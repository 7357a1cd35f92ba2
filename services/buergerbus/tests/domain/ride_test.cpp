// Every command in every state: what is allowed, what changes nothing, what is refused and why.
#include "buergerbus/domain/ride.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

#include "buergerbus/domain/open_rides.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::MakeHold;
using testing::MakePromiseAt;
using testing::TestTown;

const BookingRules kRules = TestTown().rules;
const absl::Time kPickup = At(10);

Decision<Ride> Do(const std::optional<Ride>& ride, const RideCommand& command, absl::Time now) {
  absl::StatusOr<Decision<Ride>> decision = Decide(ride, command, kRules, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return *decision;
}
Ride Held() { return Do(std::nullopt, MakeHold("ride-1", kPickup), At(8)).state; }
Ride Booked() { return Do(Held(), BookRide{}, At(8, 1)).state; }
Ride Boarded() { return Do(Booked(), BoardRide{At(10, 5)}, At(10, 5)).state; }
Ride Affected() { return Do(Booked(), MarkAffected{Reason::kVehicleOut}, At(9)).state; }
Ride Stranded() { return Do(Boarded(), MarkAffected{Reason::kVehicleOut}, At(10, 10)).state; }
Ride Completed() { return Do(Boarded(), AlightRide{At(10, 20)}, At(10, 20)).state; }
Ride NoShow() { return Do(Booked(), ReportNoShow{At(10)}, At(10, 5)).state; }
Ride Cancelled() { return Do(Booked(), CancelRide{}, At(9)).state; }
Ride Expired() { return Do(Held(), ExpireHold{}, At(8, 2)).state; }

ChangeRide MakeChange(Actor actor = Actor::kDispatcher) {
  const HoldRide hold = MakeHold("ride-1", kPickup);
  return {actor, testing::MakeTrip("market", "station"), MakePromiseAt(At(11)), hold.fare,
          hold.tour};
}

// What is expected of a command in a state: the next state's name, "same" (no event), or the
// reason's name.
std::string Outcome(const Ride& ride, const RideCommand& command, absl::Time now) {
  const absl::StatusOr<Decision<Ride>> decision = Decide(ride, command, kRules, now);
  if (!decision.ok())
    return ReasonOf(decision.status()) ? std::string(ReasonName(*ReasonOf(decision.status())))
                                       : "?";
  if (decision->events.empty()) {
    EXPECT_EQ(decision->state, ride);
    return "same";
  }
  EXPECT_EQ(AggregateOf(decision->events[0]), "ride-1");
  return std::string(NameOf(decision->events[0]));
}

struct Row {
  const char* name;
  RideCommand command;
  absl::Time now;
  // held booked affected stranded boarded completed noshow cancelled expired
  std::vector<std::string> outcomes;
};

TEST(Ride, EveryCommandInEveryState) {
  const std::vector<Ride> states = {Held(),      Booked(), Affected(),  Stranded(), Boarded(),
                                    Completed(), NoShow(), Cancelled(), Expired()};
  const std::string booked = "RIDE_NOT_BOOKED", finished = "RIDE_FINISHED",
                    cancelled = "ALREADY_CANCELLED", expired = "HOLD_EXPIRED",
                    boarded = "RIDE_ALREADY_BOARDED", aboard = "RIDE_NOT_BOARDED";
  const TourId other{VehicleId("bus-2"), testing::kWednesday};
  HoldRide elsewhere = MakeHold("ride-1", At(12));
  const std::vector<Row> rows = {
      {"hold another", elsewhere, At(8, 1), std::vector<std::string>(9, "RIDE_EXISTS")},
      {"book",
       BookRide{},
       At(8, 1),
       {"ride.booked", "same", "same", "same", "same", finished, finished, cancelled, expired}},
      {"book late",
       BookRide{},
       At(8, 2),
       {expired, "same", "same", "same", "same", finished, finished, cancelled, expired}},
      {"expire",
       ExpireHold{},
       At(8, 2),
       {"ride.hold_expired", "same", "same", "same", "same", "same", "same", "same", "same"}},
      {"expire early", ExpireHold{}, At(8, 1), std::vector<std::string>(9, "same")},
      {"change",
       MakeChange(),
       At(9),
       {booked, "ride.changed", "ride.changed", "ride.changed", boarded, finished, finished,
        cancelled, expired}},
      {"citizen changes late",
       MakeChange(Actor::kCitizen),
       At(9, 31),
       {booked, "TOO_LATE_TO_CHANGE", "ride.changed", "ride.changed", boarded, finished, finished,
        cancelled, expired}},
      {"move",
       MoveRide{other},
       At(9),
       {"ride.moved", "ride.moved", "ride.moved", boarded, boarded, finished, finished, cancelled,
        expired}},
      {"affect",
       MarkAffected{},
       At(9),
       {"ride.hold_expired", "ride.affected", "same", "same", "ride.affected", finished, finished,
        cancelled, "same"}},
      {"cancel",
       CancelRide{},
       At(9, 30),
       {"ride.cancelled", "ride.cancelled", "ride.cancelled", boarded, boarded, finished, finished,
        "same", expired}},
      {"citizen cancels late",
       CancelRide{},
       At(9, 31),
       {"ride.cancelled", "TOO_LATE_TO_CANCEL", "ride.cancelled", boarded, boarded, finished,
        finished, "same", expired}},
      {"dispatcher cancels late",
       CancelRide{Actor::kDispatcher},
       At(9, 59),
       {"ride.cancelled", "ride.cancelled", "ride.cancelled", "ride.cancelled", boarded, finished,
        finished, "same", expired}},
      {"board",
       BoardRide{At(10, 5)},
       At(10, 5),
       {booked, "ride.boarded", booked, booked, "same", finished, finished, cancelled, expired}},
      {"alight",
       AlightRide{At(10, 20)},
       At(10, 20),
       {booked, aboard, booked, "ride.completed", "ride.completed", "same", finished, cancelled,
        expired}},
      {"no-show",
       ReportNoShow{At(9, 58)},
       At(10, 5),
       {booked, "ride.no_show", booked, booked, boarded, finished, "same", cancelled, expired}},
      {"no-show early",
       ReportNoShow{At(9, 50)},
       At(10, 4),
       {booked, "TOO_EARLY_FOR_NO_SHOW", booked, booked, boarded, finished, "same", cancelled,
        expired}},
      {"fare",
       TakeFare{Payment::kCash, Money{200}},
       At(10, 6),
       {booked, aboard, booked, booked, "ride.fare_taken", "ride.fare_taken", finished, cancelled,
        expired}},
      {"too much",
       TakeFare{Payment::kCash, Money{201}},
       At(10, 6),
       {booked, aboard, booked, booked, "FARE_AMOUNT_WRONG", "FARE_AMOUNT_WRONG", finished,
        cancelled, expired}},
  };
  for (const Row& row : rows) {
    ASSERT_EQ(row.outcomes.size(), states.size());
    for (size_t i = 0; i < states.size(); ++i) {
      EXPECT_EQ(Outcome(states[i], row.command, row.now), row.outcomes[i])
          << row.name << " in state " << i;
    }
  }
}

// The promised window begins at 10:00, the rules say five minutes, and one person boards in 40
// seconds.
TEST(Ride, ANoShowIsWaitedForAsLongAsPromisesToOthersAllow) {
  const Ride ride = Booked();
  const absl::Duration boarding = BoardingTime(kRules.boarding, ride.trip.party);
  EXPECT_EQ(NoShowFrom(ride, kRules, At(9, 50), absl::InfiniteFuture()), At(10, 5));
  EXPECT_EQ(NoShowFrom(ride, kRules, At(10, 4), absl::InfiniteFuture()), At(10, 9));
  EXPECT_EQ(NoShowFrom(ride, kRules, At(10, 4), At(10, 7)), At(10, 7));
  EXPECT_EQ(NoShowFrom(ride, kRules, At(10, 4), At(10, 30)), At(10, 9));
  EXPECT_EQ(NoShowFrom(ride, kRules, At(9, 50), At(9, 55)), At(10) + boarding)
      << "not before the window";
  EXPECT_EQ(NoShowFrom(ride, kRules, At(10, 4), absl::InfinitePast()), At(10, 4) + boarding);
  EXPECT_EQ(Outcome(ride, ReportNoShow{At(9, 50), At(10, 2)}, At(10, 1)), "TOO_EARLY_FOR_NO_SHOW");
  EXPECT_EQ(Outcome(ride, ReportNoShow{At(9, 50), At(10, 2)}, At(10, 2)), "ride.no_show");
}

TEST(Ride, WithoutStateOnlyAHoldIsPossible) {
  EXPECT_EQ(ReasonOf(Decide(std::nullopt, BookRide{}, kRules, At(8)).status()),
            Reason::kRideNotFound);
  const Decision<Ride> held = Do(std::nullopt, MakeHold("ride-1", kPickup), At(8));
  EXPECT_EQ(held.state.state, RideState::kHeld);
  EXPECT_EQ(held.state.held_until, At(8, 2));
  EXPECT_EQ(NameOf(held.events.at(0)), "ride.held");
  EXPECT_TRUE(Do(held.state, MakeHold("ride-1", kPickup), At(8, 1)).events.empty());  // sent twice
}

TEST(Ride, LatenessIsCountedAndNeverChangesThePromise) {
  const Ride late = Do(Booked(), BoardRide{At(10, 22)}, At(10, 22)).state;
  EXPECT_EQ(late.journey.pickup_lateness, absl::Minutes(7));
  const Ride done = Do(late, AlightRide{At(11, 3)}, At(11, 3)).state;
  EXPECT_EQ(done.journey.arrival_lateness, absl::Minutes(3));
  EXPECT_EQ(done.promise, Booked().promise);
  EXPECT_EQ(Completed().journey.pickup_lateness, absl::ZeroDuration());
}

TEST(Ride, ReportsFromTheFutureOrBackwardsNameTheField) {
  EXPECT_EQ(Decide(Booked(), BoardRide{At(10, 10)}, kRules, At(10)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Decide(Boarded(), AlightRide{At(10, 4)}, kRules, At(10, 20)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Ride, AnAffectedRideComesBack) {
  const Ride moved =
      Do(Affected(), MoveRide{{VehicleId("bus-2"), testing::kWednesday}}, At(9)).state;
  EXPECT_EQ(moved.state, RideState::kBooked);
  EXPECT_EQ(moved.promise, Booked().promise);
  EXPECT_FALSE(moved.affected_by);
  const Ride changed = Do(Stranded(), MakeChange(), At(10, 12)).state;
  EXPECT_EQ(changed.state, RideState::kBooked);
  EXPECT_FALSE(changed.journey.boarded_at);
  EXPECT_EQ(changed.revision, 1);
}

TEST(Ride, CorrectedFareReplacesTheFirst) {
  const Ride cash = Do(Boarded(), TakeFare{Payment::kCash, Money{200}}, At(10, 6)).state;
  EXPECT_TRUE(Do(cash, TakeFare{Payment::kCash, Money{200}}, At(10, 7)).events.empty());
  const Ride pass = Do(cash, TakeFare{Payment::kPass, Money{0}}, At(10, 7)).state;
  EXPECT_EQ(pass.fare_taken->payment, Payment::kPass);
}

// Whatever is sent in whatever order: the promise changes only by ChangeRide, final states stay,
// and a repeated command adds nothing.
TEST(Ride, RandomCommandsKeepTheInvariants) {
  EXPECT_TRUE(rc::check([] {
    std::optional<Ride> ride = Held();
    absl::Time now = At(8);
    const int steps = *rc::gen::inRange(1, 25);
    for (int i = 0; i < steps; ++i) {
      now += absl::Seconds(*rc::gen::inRange(0, 1800));
      const std::vector<RideCommand> commands = {
          BookRide{},
          ExpireHold{},
          MakeChange(),
          MoveRide{{VehicleId("bus-2"), testing::kWednesday}},
          MarkAffected{},
          CancelRide{},
          CancelRide{Actor::kDispatcher},
          BoardRide{now},
          AlightRide{now},
          ReportNoShow{now - absl::Minutes(6)},
          TakeFare{Payment::kCash, Money{100}}};
      const RideCommand command = *rc::gen::elementOf(commands);
      const auto decision = Decide(ride, command, kRules, now);
      if (!decision.ok()) continue;
      const Ride& next = decision->state;
      RC_ASSERT(next.promise == ride->promise || std::holds_alternative<ChangeRide>(command));
      if (IsFinal(ride->state)) RC_ASSERT(next.state == ride->state);
      if (decision->events.empty()) RC_ASSERT(next == *ride);
      if (OccupiesPlace(next.state)) RC_ASSERT(next.tour.has_value());
      if (next.state == RideState::kCancelled) RC_ASSERT(!next.tour);
      if (next.state == RideState::kAffected)
        RC_ASSERT(next.tour.has_value() == next.journey.boarded_at.has_value());
      const auto again = Decide(next, command, kRules, now);
      RC_ASSERT(again.ok());
      RC_ASSERT(again->events.empty());
      ride = next;
    }
  }));
}

Ride OpenRide(const char* id, absl::Time pickup, RideState state = RideState::kBooked) {
  return {.id = RideId(id),
          .promise = testing::MakePromiseAt(pickup),  // arrives at the latest an hour later
          .state = state,
          .held_until = testing::At(8, 2)};
}

TEST(OpenRides, OfOnePersonDoNotOverlap) {
  const BookingRules rules;
  const auto refused = [&](const Ride& known, const Ride& wanted) {
    return ReasonOf(CheckOpenRides(rules, {known}, {wanted}, testing::At(8)));
  };
  const Ride at_ten = OpenRide("ten", testing::At(10));
  EXPECT_EQ(refused(at_ten, OpenRide("new", testing::At(10))), Reason::kRidesOverlap);
  EXPECT_EQ(refused(at_ten, OpenRide("new", testing::At(9, 1))), Reason::kRidesOverlap);
  EXPECT_EQ(refused(at_ten, OpenRide("new", testing::At(10, 59))), Reason::kRidesOverlap);
  EXPECT_EQ(refused(at_ten, OpenRide("new", testing::At(11))), std::nullopt);
  EXPECT_EQ(refused(at_ten, OpenRide("new", testing::At(9))), std::nullopt);
  EXPECT_EQ(refused(at_ten, OpenRide("ten", testing::At(10, 30))), std::nullopt) << "it moves";
  for (const RideState over :
       {RideState::kCancelled, RideState::kExpired, RideState::kNoShow, RideState::kCompleted}) {
    EXPECT_EQ(refused(OpenRide("ten", testing::At(10), over), OpenRide("new", testing::At(10))),
              std::nullopt);
  }
  Ride held = OpenRide("ten", testing::At(10), RideState::kHeld);
  EXPECT_EQ(refused(held, OpenRide("new", testing::At(10))), Reason::kRidesOverlap);
  held.held_until = testing::At(8);
  EXPECT_EQ(refused(held, OpenRide("new", testing::At(10))), std::nullopt) << "the hold is over";
}

TEST(OpenRides, OfOnePersonAreLimitedButCanBeChanged) {
  BookingRules rules;
  rules.open_rides_per_person = 2;
  const std::vector<Ride> known = {OpenRide("ten", testing::At(10)),
                                   OpenRide("one", testing::At(13))};
  const auto check = [&](const std::vector<Ride>& wanted, absl::Time now) {
    return ReasonOf(CheckOpenRides(rules, known, wanted, now));
  };
  EXPECT_EQ(check({OpenRide("new", testing::At(16))}, testing::At(8)), Reason::kTooManyOpenRides);
  EXPECT_EQ(check({OpenRide("one", testing::At(16))}, testing::At(8)), std::nullopt);
  EXPECT_EQ(check({OpenRide("new", testing::At(16))}, testing::At(11, 1)), std::nullopt)
      << "the first one is over";
}

}  // namespace
}  // namespace stadtmesh::buergerbus

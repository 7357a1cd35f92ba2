// Vehicle and stop status, cash sheet, rider card, call list; and the names of reasons and events.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include "base/error.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/domain/cash_sheet.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/domain/vehicle_status.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;

TEST(Reasons, EachHasOneNameAndFindsBack) {
  std::set<std::string> names;
  for (int i = 0; i < kReasonCount; ++i) {
    const Reason reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(std::string(ReasonName(reason))).second) << ReasonName(reason);
    const absl::Status status = Refuse(reason, {{"a", "b"}});
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(ReasonOf(status), reason);
    EXPECT_EQ(GetErrorInfo(status)->domain, "buergerbus");
  }
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), std::nullopt);
}

TEST(Reasons, ThoseOfAWishCarryAlternatives) {
  for (const Reason reason : {Reason::kOutsideArea, Reason::kStopNotStepFree,
                              Reason::kReturnBeforeOutbound, Reason::kOfferExpired})
    EXPECT_TRUE(ConcernsTheWish(reason)) << ReasonName(reason);
  for (const Reason reason : {Reason::kHoldExpired, Reason::kTooLateToChange, Reason::kRidesOverlap,
                              Reason::kNoService, Reason::kConsentMissing})
    EXPECT_FALSE(ConcernsTheWish(reason)) << ReasonName(reason);
}

TEST(VehicleStatus, OutagesJoinAndEnd) {
  VehicleStatus status{VehicleId("bus-1"), {}};
  status = Decide(status, TakeOut{{At(10), At(12)}}, At(9))->state;
  status = Decide(status, TakeOut{{At(11), absl::InfiniteFuture()}}, At(9))->state;
  EXPECT_EQ(status.outages, (std::vector<TimeWindow>{{At(10), absl::InfiniteFuture()}}));
  EXPECT_TRUE(Decide(status, TakeOut{{At(11), At(12)}}, At(9))->events.empty());  // is out anyway
  EXPECT_TRUE(IsOut(status, At(10)));
  EXPECT_FALSE(IsOut(status, At(9, 59)));
  status = Decide(status, PutBack{At(14)}, At(13))->state;
  EXPECT_FALSE(IsOut(status, At(14)));
  EXPECT_EQ(ReasonOf(Decide(status, PutBack{At(14)}, At(14)).status()), Reason::kVehicleNotOut);
  EXPECT_FALSE(Decide(status, TakeOut{{At(8), At(7)}}, At(6)).ok());
  EXPECT_FALSE(Decide(status, TakeOut{{At(7), At(8)}}, At(9)).ok());
}

TEST(VehicleStatus, RandomSpansStaySortedAndCoverTheirUnion) {
  EXPECT_TRUE(rc::check([] {
    VehicleStatus status{VehicleId("bus-1"), {}};
    std::vector<TimeWindow> all;
    for (int i = 0; i < 8; ++i) {
      const int begin = *rc::gen::inRange(0, 600), length = *rc::gen::inRange(1, 200);
      all.push_back({At(8) + absl::Minutes(begin), At(8) + absl::Minutes(begin + length)});
      status = Decide(status, TakeOut{all.back()}, At(6))->state;
    }
    for (size_t i = 1; i < status.outages.size(); ++i)
      RC_ASSERT(status.outages[i - 1].end < status.outages[i].begin);
    for (int minute = 0; minute < 840; ++minute) {
      const absl::Time time = At(8) + absl::Minutes(minute);
      bool covered = false;
      for (const TimeWindow& span : all)
        covered = covered || (span.begin <= time && time < span.end);
      RC_ASSERT(IsOut(status, time) == covered);
    }
  }));
}

TEST(StopStatus, BlocksAndReopens) {
  StopStatus status{StopId("market"), {}};
  const auto blocked = Decide(status, BlockStop{{At(8), At(18)}}, At(7));
  EXPECT_EQ(NameOf(blocked->events.at(0)), "stop.blocked");
  EXPECT_EQ(BlocksOf(blocked->state),
            (std::vector<StopBlock>{{StopId("market"), {At(8), At(18)}}}));
  EXPECT_TRUE(BlocksOf(Decide(blocked->state, ReopenStop{At(8)}, At(8))->state).empty());
  EXPECT_EQ(ReasonOf(Decide(status, ReopenStop{At(8)}, At(8)).status()), Reason::kStopNotBlocked);
}

// Whatever was recorded and corrected: the totals are the sums of the last word on each ride, and
// closing freezes them.
TEST(CashSheet, MoneySums) {
  EXPECT_TRUE(rc::check([] {
    CashSheet sheet{.tour = {VehicleId("bus-1"), testing::kWednesday},
                    .shift = ShiftId("early"),
                    .driver = DriverId("anna")};
    std::map<std::string, std::pair<Payment, int64_t>> last;
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
      const std::string ride = "ride-" + std::to_string(*rc::gen::inRange(0, 8));
      const Payment payment = *rc::gen::element(Payment::kCash, Payment::kPass, Payment::kFree);
      const int64_t amount = payment == Payment::kCash ? *rc::gen::inRange(0, 501) : 0;
      const Money before{last.contains(ride) ? last[ride].second : 0};
      sheet =
          Decide(sheet, RecordFare{RideId(ride), payment, Money{500}, Money{amount}, before}, At(9))
              ->state;
      last[ride] = {payment, amount};
    }
    int64_t cash = 0;
    int rides = 0;
    for (const auto& [ride, entry] : last) cash += entry.second, ++rides;
    const CashTotals totals = TotalsOf(sheet);
    RC_ASSERT(totals.cash.cents == cash);
    RC_ASSERT(totals.cash_rides + totals.pass_rides + totals.free_rides == rides);
    const auto closed = Decide(sheet, CloseSheet{Money{cash}}, At(13));
    RC_ASSERT(std::get<CashSheetClosed>(closed->events.at(0)).expected.cents == cash);
    RC_ASSERT(Decide(closed->state, CloseSheet{Money{cash}}, At(14))->events.empty());
    RC_ASSERT(
        ReasonOf(Decide(closed->state, RecordFare{RideId("new"), Payment::kFree, {}, {}}, At(14))
                     .status()) == Reason::kCashSheetClosed);
  }));
}

// A stranded rider goes on in another bus: whoever corrects what was paid, all sheets together hold
// what each rider paid in the end.
TEST(CashSheet, SheetsOfAllShiftsAddUpToWhatWasPaid) {
  EXPECT_TRUE(rc::check([] {
    std::vector<CashSheet> sheets(3);
    std::map<std::string, int64_t> paid;
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
      CashSheet& sheet = sheets[*rc::gen::inRange<size_t>(0, sheets.size())];
      const std::string ride = "ride-" + std::to_string(*rc::gen::inRange(0, 3));
      const Payment payment = *rc::gen::element(Payment::kCash, Payment::kPass);
      const Money amount{payment == Payment::kCash ? *rc::gen::inRange(0, 501) : 0};
      const RecordFare record{RideId(ride), payment, Money{500}, amount, Money{paid[ride]}};
      sheet = Decide(sheet, record, At(9))->state;
      paid[ride] = amount.cents;
    }
    Money cash;
    for (const CashSheet& sheet : sheets) cash += TotalsOf(sheet).cash;
    int64_t all = 0;
    for (const auto& [ride, amount] : paid) all += amount;
    RC_ASSERT(cash.cents == all);
  }));
}

TEST(CashSheet, WrongAmounts) {
  EXPECT_TRUE(CheckPayment(Payment::kCash, Money{200}, Money{150}).ok());
  EXPECT_FALSE(CheckPayment(Payment::kCash, Money{200}, Money{250}).ok());
  EXPECT_FALSE(CheckPayment(Payment::kCash, Money{200}, Money{-1}).ok());
  EXPECT_FALSE(CheckPayment(Payment::kPass, Money{200}, Money{1}).ok());
}

TEST(RiderCard, PhoneNumbersHaveOneForm) {
  for (const char* text :
       {"02595 9999", "+49 2595/9999", "0049 2595-9999", "+49 (0) 2595 9999", " (02595) 99 99 "}) {
    const auto phone = NormalisePhone("phone", text);
    ASSERT_TRUE(phone.ok()) << text;
    EXPECT_EQ(*phone, "+4925959999") << text;
  }
  for (const char* text : {"", "9999", "abc", "02595x9999", "+", "0", "+4912345678901234"}) {
    EXPECT_FALSE(NormalisePhone("phone", text).ok()) << text;
  }
}

TEST(RiderCard, NeedsConsentAndForgets) {
  RiderCard card{.id = RiderCardId("card-1"), .phone = "02595 9999", .name = "Erna"};
  EXPECT_EQ(ReasonOf(Decide(std::nullopt, SaveCard{card, false, "d1"}, At(8)).status()),
            Reason::kConsentMissing);
  const auto saved = Decide(std::nullopt, SaveCard{card, true, "d1"}, At(8));
  ASSERT_TRUE(saved.ok());
  EXPECT_EQ(saved->state->phone, "+4925959999");
  EXPECT_EQ(saved->state->consent_at, At(8));
  card.note = "klingelt zweimal";
  const auto again = Decide(saved->state, SaveCard{card, true, "d2"}, At(9));
  EXPECT_EQ(again->state->consent_by, "d1");
  const auto withdrawn =
      GetErrorInfo(Decide(saved->state, SaveCard{card, false, "d2"}, At(9)).status());
  ASSERT_TRUE(withdrawn && withdrawn->fields.size() == 1);
  EXPECT_EQ(withdrawn->fields[0].field, "card.consent");
  EXPECT_EQ(withdrawn->metadata.at("instead"), "DeleteRiderCard");
  EXPECT_TRUE(Decide(again->state, SaveCard{card, true, "d2"}, At(10))->events.empty());
  card.note = std::string(501, 'x');
  card.name = "";
  EXPECT_EQ(GetErrorInfo(Decide(again->state, SaveCard{card, true, "d2"}, At(10)).status())
                ->fields.size(),
            2u);
  EXPECT_FALSE(Decide(again->state, EraseCard{}, At(11))->state.has_value());
}

TEST(CallList, IsTickedOffOnce) {
  const auto added =
      Decide(std::nullopt,
             AddCall{CallId("call-1"), RideId("ride-1"), CallReason::kRideAffected, At(9)}, At(8));
  const auto done = Decide(added->state, TickOff{"d1"}, At(8, 30));
  EXPECT_EQ(done->state.done_by, "d1");
  EXPECT_TRUE(Decide(done->state, TickOff{"d2"}, At(8, 40))->events.empty());
  EXPECT_EQ(ReasonOf(Decide(std::nullopt, TickOff{"d1"}, At(8)).status()), Reason::kCallNotFound);
  EXPECT_TRUE(NeedsCall({.channel = Channel::kPhone}));
  EXPECT_FALSE(NeedsCall({.channel = Channel::kApp}));
}

// Which calls wait on, after each step of a ride.
TEST(CallList, NobodyIsCalledAboutWhatIsNoLongerSo) {
  using enum CallReason;
  const BookingRules rules = testing::TestTown().rules;
  const auto after = [&](const Ride& ride, const RideCommand& command, absl::Time now) {
    const auto decision = Decide(ride, command, rules, now);
    EXPECT_TRUE(decision.ok()) << decision.status();
    return decision->state;
  };
  const HoldRide hold = testing::MakeHold("ride-1", At(10));
  const Ride booked = after(Decide(std::nullopt, hold, rules, At(8))->state, BookRide{}, At(8));
  const Ride moved = after(booked, MoveRide{{VehicleId("bus-2"), testing::kWednesday}}, At(9));
  const ChangeRide change{Actor::kDispatcher, hold.trip, testing::MakePromiseAt(At(11)), hold.fare,
                          hold.tour};
  const Ride late = after(booked, AnnounceDelay{At(10, 30)}, At(9));
  const Ride boarded = after(booked, BoardRide{At(10)}, At(10));
  const Ride affected = after(booked, MarkAffected{}, At(9));
  const Ride stranded = after(boarded, MarkAffected{}, At(10));
  struct Row {
    const char* step;
    Ride before, after;
    std::set<CallReason> wait_on;
  };
  for (const Row& row : std::vector<Row>{
           {"moved", booked, moved, {kReminder, kRideMoved, kRunningLate}},
           {"late", booked, late, {kReminder, kRideMoved, kRunningLate}},
           {"in time again", late, booked, {kReminder, kRideMoved}},
           {"changed", booked, after(booked, change, At(9)), {}},
           {"cancelled", booked, after(booked, CancelRide{}, At(9)), {kRideCancelled}},
           {"boarded", booked, boarded, {}},
           {"affected", booked, affected, {kRideAffected}},
           {"found a place",
            affected,
            after(affected, MoveRide{hold.tour}, At(9)),
            {kReminder, kRideMoved}},
           {"given up", affected, after(affected, CancelRide{}, At(9)), {kRideCancelled}},
           {"stranded", boarded, stranded, {kStrandedAboard}},
           {"brought home", stranded, after(stranded, AlightRide{At(11)}, At(11)), {}},
           {"goes on", stranded, after(stranded, change, At(10)), {}}}) {
    for (const CallReason reason :
         {kRideAffected, kRideMoved, kRideCancelled, kStrandedAboard, kRunningLate, kReminder}) {
      EXPECT_EQ(StillToBeMade(reason, row.before, row.after), row.wait_on.contains(reason))
          << row.step << ", call " << static_cast<int>(reason);
    }
  }
  EXPECT_TRUE(StillToBeMade(kRunningLate, booked, booked));
}

TEST(CallList, WhoBelievesThatTheBusIsLateHearsThatItIsNot) {
  Ride booked{.promise = testing::MakePromiseAt(At(10)), .state = RideState::kBooked};
  Ride late = booked;
  late.announced = At(10, 30);
  Call call{.reason = CallReason::kRunningLate};
  EXPECT_FALSE(BelievesBusComesLate(late, booked, {call})) << "not called yet";
  call = Decide(call, TickOff{"d1", late.announced}, At(9))->state;
  EXPECT_TRUE(BelievesBusComesLate(late, booked, {call}));
  EXPECT_FALSE(BelievesBusComesLate(booked, late, {call}));
  const Call in_time =
      Decide(Call{.reason = CallReason::kRunningLate}, TickOff{"d1"}, At(9, 30))->state;
  EXPECT_FALSE(BelievesBusComesLate(late, booked, {in_time, call})) << "heard the good news since";
  Ride changed = booked;
  changed.promise = testing::MakePromiseAt(At(12));
  EXPECT_FALSE(BelievesBusComesLate(late, changed, {call})) << "who changed it knows";
  booked.state = RideState::kCancelled;
  EXPECT_FALSE(BelievesBusComesLate(late, booked, {call}));
}

TEST(CallList, WhatTheRiderBelievesIsWhatSomebodyToldThemLast) {
  Call lost{.reason = CallReason::kRideAffected};
  EXPECT_FALSE(BelievesNoBusComes({lost})) << "not called yet";
  lost.done_at = At(9);
  EXPECT_FALSE(BelievesNoBusComes({lost})) << "withdrawn by an older version";
  lost.done_by = "d1";
  EXPECT_TRUE(BelievesNoBusComes({lost}));
  const Call late{.reason = CallReason::kRunningLate, .done_at = At(10), .done_by = "d1"};
  EXPECT_TRUE(BelievesNoBusComes({lost, late}));
  const Call found{.reason = CallReason::kRideMoved, .done_at = At(10), .done_by = "d1"};
  EXPECT_FALSE(BelievesNoBusComes({lost, found}));
  EXPECT_FALSE(BelievesNoBusComes({found, lost}));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

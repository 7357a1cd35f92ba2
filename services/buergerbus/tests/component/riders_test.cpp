// Riders who book by phone: cards that several people edit, and calls before a ride.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::StatusOr<v1::RiderCard> CreateCard(Town& town, bool remind) {
  v1::CreateRiderCardRequest request;
  request.mutable_card()->set_name("Erika Mustermann");
  request.mutable_card()->set_phone("02595 1234567");
  request.mutable_card()->set_consent(true);
  request.mutable_card()->set_remind(remind);
  return town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", request);
}

absl::StatusOr<v1::RiderCard> Update(Town& town, const Person& person, const v1::RiderCard& card) {
  v1::UpdateRiderCardRequest request;
  request.set_card_id(card.card_id());
  *request.mutable_card() = card;
  return town.Call<v1::RiderCard>(person, "UpdateRiderCard", request);
}

TEST(RiderCard, WhoReadAnOlderCardDoesNotOverwriteTheNewerOne) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, false);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_NE(card->etag(), "");
  v1::RiderCard leas = *card, carls = *card;
  leas.set_note("klingelt zweimal");
  const auto saved = Update(town, Dispatcher("lea"), leas);
  ASSERT_TRUE(saved.ok()) << saved.status();
  EXPECT_NE(saved->etag(), card->etag());
  carls.set_note("wartet am Tor");
  EXPECT_EQ(ReasonIn(Update(town, Dispatcher("carl"), carls).status()), "PRECONDITION_FAILED");
  carls.clear_etag();
  EXPECT_THAT(FieldsIn(Update(town, Dispatcher("carl"), carls).status()), ElementsAre("card.etag"));
  carls.set_etag(saved->etag());
  const auto merged = Update(town, Dispatcher("carl"), carls);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->note(), "wartet am Tor");
}

TEST(RiderCard, ABookingDoesNotDisturbWhoEditsTheCard) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, false);
  ASSERT_TRUE(card.ok()) << card.status();
  ASSERT_TRUE(BookByPhone(town, town.Wish(), card->card_id()).ok());
  v1::RiderCard changed = *card;
  changed.set_note("mit Hund");
  EXPECT_TRUE(Update(town, Dispatcher(), changed).ok());
}

TEST(Reminder, IsListedTheEveningBeforeForWhoAgreed) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, /*remind=*/true);
  ASSERT_TRUE(card.ok()) << card.status();
  const auto ride = BookByPhone(town, town.Wish(absl::Hours(27)), card->card_id());
  ASSERT_TRUE(ride.ok()) << ride.status();
  town.clock().Set(BerlinTime(absl::CivilDay(2025, 3, 3), absl::Hours(17) - absl::Minutes(1)));
  town.service().tasks().RunDue();
  EXPECT_THAT(OpenCalls(town), IsEmpty());
  town.clock().Advance(absl::Minutes(2));
  town.service().tasks().RunDue();
  ASSERT_THAT(OpenCalls(town), SizeIs(1));
  EXPECT_EQ(OpenCalls(town)[0].cause(), v1::Call::REMINDER);
  EXPECT_EQ(OpenCalls(town)[0].ride_id(), ride->ride_id());
  EXPECT_EQ(OpenCalls(town)[0].contact().name(), "Erika Mustermann");
  EXPECT_EQ(TimeOf(OpenCalls(town)[0].due()), TimeOf(ride->promise().pickup().begin()));
  town.clock().Advance(absl::Hours(12));
  town.service().tasks().RunDue();
  EXPECT_THAT(OpenCalls(town), SizeIs(1)) << "once";
}

TEST(Reminder, OfTheSameDayComesTwoHoursBefore) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, /*remind=*/true);
  const auto ride = BookByPhone(town, town.Wish(absl::Hours(6)), card->card_id());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const absl::Time pickup = TimeOf(ride->promise().pickup().begin());
  town.clock().Set(pickup - absl::Hours(2) - absl::Minutes(1));
  town.service().tasks().RunDue();
  EXPECT_THAT(OpenCalls(town), IsEmpty());
  town.clock().Set(pickup - absl::Hours(2));
  town.service().tasks().RunDue();
  EXPECT_THAT(OpenCalls(town), SizeIs(1));
}

TEST(Reminder, NobodyIsCalledWhoDidNotAgreeOrDoesNotTravel) {
  RealTown real;
  Town& town = real.town;
  const auto silent = CreateCard(town, /*remind=*/false);
  ASSERT_TRUE(BookByPhone(town, town.Wish(absl::Hours(6)), silent->card_id()).ok());
  v1::RiderCard talks = *silent;
  talks.set_remind(true);
  ASSERT_TRUE(Update(town, Dispatcher(), talks).ok());
  const auto cancelled = BookByPhone(town, town.Wish(absl::Hours(7)), silent->card_id());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  ASSERT_TRUE(Cancel(town, Dispatcher(), cancelled->ride_id()).ok());
  for (const v1::Call& call : OpenCalls(town)) {  // that it was cancelled by the town
    v1::TickOffCallRequest done;
    done.set_call_id(call.call_id());
    ASSERT_TRUE(town.Call<v1::Call>(Dispatcher(), "TickOffCall", done).ok());
  }
  town.clock().Advance(absl::Hours(6));
  town.service().tasks().RunDue();
  EXPECT_THAT(OpenCalls(town), IsEmpty());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

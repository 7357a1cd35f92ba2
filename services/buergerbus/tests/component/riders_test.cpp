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

TEST(RiderCard, WithdrawnConsentIsNotIgnored) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, false);
  ASSERT_TRUE(card.ok()) << card.status();
  v1::RiderCard withdrawn = *card;
  withdrawn.set_consent(false);
  const absl::Status refused = Update(town, Dispatcher(), withdrawn).status();
  EXPECT_THAT(FieldsIn(refused), ElementsAre("card.consent"));
  EXPECT_EQ(GetErrorInfo(refused)->metadata.at("instead"), "DeleteRiderCard");
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

TEST(Reminder, IsWhatTheCardSaysWhenItIsDue) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, /*remind=*/false);
  ASSERT_TRUE(card.ok()) << card.status();
  const auto first = BookByPhone(town, town.Wish(absl::Hours(4)), card->card_id());
  const auto second = BookByPhone(town, town.Wish(absl::Hours(8)), card->card_id());
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  v1::RiderCard changed = *card;
  changed.set_remind(true);
  const auto talks = Update(town, Dispatcher(), changed);
  ASSERT_TRUE(talks.ok()) << talks.status();
  town.clock().Set(TimeOf(first->promise().pickup().begin()) - absl::Hours(2));
  town.service().tasks().RunDue();
  ASSERT_THAT(OpenCalls(town), SizeIs(1)) << "they agreed after they had booked";
  EXPECT_EQ(OpenCalls(town)[0].ride_id(), first->ride_id());
  changed = *talks;
  changed.set_remind(false);
  ASSERT_TRUE(Update(town, Dispatcher(), changed).ok());
  town.clock().Set(TimeOf(second->promise().pickup().begin()) - absl::Hours(2));
  town.service().tasks().RunDue();
  for (const v1::Call& call : OpenCalls(town)) EXPECT_NE(call.ride_id(), second->ride_id());
}

TEST(PhoneBooking, TheCardFillsWhatTheContactDoesNotSay) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, false);
  ASSERT_TRUE(card.ok()) << card.status();
  const auto offers = town.FindOffers(Dispatcher(), town.Wish());
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::BookByPhoneRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  request.set_card_id(card->card_id());
  request.mutable_contact()->set_note("Hintereingang");
  request.mutable_contact()->set_phone("garbage");
  const auto book = [&] {
    return town.Call<v1::BookByPhoneResponse>(Dispatcher(), "BookByPhone", request);
  };
  EXPECT_THAT(FieldsIn(book().status()), ElementsAre("contact.phone"));
  request.mutable_contact()->clear_phone();
  const auto booked = book();
  ASSERT_TRUE(booked.ok()) << booked.status();
  ASSERT_THAT(booked->rides(), SizeIs(1));
  EXPECT_EQ(booked->rides(0).contact().phone(), card->phone());
  EXPECT_EQ(booked->rides(0).contact().name(), "Erika Mustermann");
  EXPECT_EQ(booked->rides(0).contact().note(), "Hintereingang");
  ASSERT_TRUE(Cancel(town, Dispatcher(), booked->rides(0).ride_id()).ok());
  ASSERT_THAT(OpenCalls(town), SizeIs(1));
  EXPECT_EQ(OpenCalls(town)[0].contact().phone(), card->phone()) << "somebody must be called";
}

TEST(PhoneBooking, OfACardIsOneAtATime) {
  RealTown real;
  Town& town = real.town;
  const auto card = CreateCard(town, false);
  ASSERT_TRUE(card.ok()) << card.status();
  ASSERT_TRUE(BookByPhone(town, town.Wish(), card->card_id()).ok());
  EXPECT_EQ(ReasonIn(BookByPhone(town, town.Wish(), card->card_id()).status()), "RIDES_OVERLAP");
  EXPECT_TRUE(BookByPhone(town, town.Wish()).ok()) << "for somebody without a card";
}

TEST(RiderCard, KnowsTheTown) {
  RealTown real;
  Town& town = real.town;
  v1::CreateRiderCardRequest request;
  v1::RiderCard& card = *request.mutable_card();
  card.set_name("Erika Mustermann");
  card.set_phone("02595 1234567");
  card.set_consent(true);
  *card.mutable_home() = Town::Door(0, 0, "im Meer");
  card.add_usual_places()->set_name("Arzt");
  *card.mutable_usual_places(0)->mutable_place() = Town::StopPlace("no-such-stop");
  card.add_usual_fares()->set_category_id("no-such-fare");
  card.mutable_usual_fares(0)->set_people(1);
  const auto create = [&] {
    return town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", request);
  };
  EXPECT_THAT(FieldsIn(create().status()),
              ElementsAre("card.home.location", "card.usual_places[0].place.stop_id",
                          "card.usual_fares[0].category_id"));
  *card.mutable_home() = Town::Door(51.9, 7.3, "Hauptstraße 1");
  card.mutable_usual_places(0)->mutable_place()->set_stop_id("halt-11");
  card.clear_usual_fares();
  const auto made = create();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->usual_places(0).place().label(), "Halt 11");
  EXPECT_DOUBLE_EQ(made->usual_places(0).place().location().latitude(), 51.91);
}

// Its bus breaks, all others are busy; then one is free again.
TEST(AffectedRide, IsMovedToAFreeBusAndItsCallIsWithdrawn) {
  RealTown real;
  Town& town = real.town;
  const auto ride = BookByPhone(town, town.Wish());
  const auto told = BookByPhone(town, town.Wish(absl::Hours(5)));
  ASSERT_TRUE(ride.ok() && told.ok()) << ride.status() << told.status();
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) {
    v1::TakeVehicleOutRequest out;
    out.set_vehicle_id(vehicle);
    ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  }
  ASSERT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  ASSERT_THAT(OpenCalls(town), SizeIs(2));
  for (const v1::Call& call : OpenCalls(town)) {
    if (call.ride_id() != told->ride_id()) continue;
    v1::TickOffCallRequest done;
    done.set_call_id(call.call_id());
    ASSERT_TRUE(town.Call<v1::Call>(Dispatcher(), "TickOffCall", done).ok());
  }
  EXPECT_EQ(ReasonIn(Move(town, ride->ride_id(), "bus-2").status()), "NO_VEHICLE_FREE");
  v1::ReturnVehicleRequest back;
  back.set_vehicle_id("bus-2");
  ASSERT_TRUE(town.Call<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back).ok());
  for (const auto* each : {&*ride, &*told}) {
    const auto moved = Move(town, each->ride_id(), "bus-2");
    ASSERT_TRUE(moved.ok()) << moved.status();
    EXPECT_EQ(moved->state(), v1::Ride::BOOKED);
    EXPECT_EQ(moved->vehicle_id(), "bus-2");
    EXPECT_EQ(moved->promise().ShortDebugString(), each->promise().ShortDebugString());
  }
  ExpectWhole(town, {ride->ride_id(), told->ride_id()});
  ASSERT_THAT(OpenCalls(town), SizeIs(1)) << "only who was told of the loss is called again";
  EXPECT_EQ(OpenCalls(town)[0].ride_id(), told->ride_id());
  EXPECT_EQ(OpenCalls(town)[0].cause(), v1::Call::RIDE_MOVED);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

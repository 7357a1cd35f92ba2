// No personal data where none belongs, and none left after erasure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/town.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kName[] = "Erika Mustermann", kPhone[] = "025951234567",
               kNormalPhone[] = "25951234567", kDoor[] = "Geheimweg 7",
               kNote[] = "klingelt zweimal";

v1::CreateRiderCardRequest Card() {
  v1::CreateRiderCardRequest request;
  request.mutable_card()->set_name(kName);
  request.mutable_card()->set_phone(kPhone);
  request.mutable_card()->set_note(kNote);
  request.mutable_card()->set_consent(true);
  *request.mutable_card()->mutable_home() = Town::Door(51.905, 7.305, kDoor);
  return request;
}

absl::StatusOr<v1::Ride> BookForCard(Town& town, const std::string& card) {
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.905, 7.305, kDoor);
  const auto offers = town.FindOffers(Dispatcher(), wish);
  if (!offers.ok()) return offers.status();
  if (offers->offers().empty()) return absl::NotFoundError(offers->ShortDebugString());
  v1::BookByPhoneRequest request;
  request.set_card_id(card);
  request.set_offer_id(offers->offers(0).offer_id());
  const auto booked = town.Call<v1::BookByPhoneResponse>(Dispatcher(), "BookByPhone", request);
  if (!booked.ok()) return booked.status();
  return booked->rides(0);
}

TEST(Privacy, EventsNameNobody) {
  Town town;
  const auto card = town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", Card());
  ASSERT_TRUE(card.ok()) << card.status();
  const auto ride = BookForCard(town, card->card_id());
  ASSERT_TRUE(ride.ok()) << ride.status();
  EXPECT_EQ(ride->contact().name(), kName);
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(ride->vehicle_id());
  ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());

  double latitude = 51.905;
  const std::string door_coordinate(reinterpret_cast<const char*>(&latitude), sizeof(latitude));
  ASSERT_THAT(town.Outbox(), SizeIs(::testing::Ge(4)));
  for (const store::OutboxEntry& entry : town.Outbox()) {
    for (const std::string& secret :
         {std::string(kName), std::string(kNormalPhone), std::string(kDoor), std::string(kNote),
          std::string("Erika"), door_coordinate}) {
      EXPECT_THAT(entry.payload, Not(HasSubstr(secret))) << entry.type;
      EXPECT_THAT(entry.aggregate, Not(HasSubstr(secret)));
    }
  }
}

TEST(Privacy, ACardNeedsConsentAndIsFoundByPhone) {
  Town town;
  v1::CreateRiderCardRequest without = Card();
  without.mutable_card()->set_consent(false);
  EXPECT_EQ(ReasonIn(town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", without).status()),
            "CONSENT_MISSING");
  const auto card = town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", Card());
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(ReasonIn(town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", Card()).status()),
            "RIDER_CARD_EXISTS");
  v1::FindRiderCardRequest find;
  find.set_phone("+49 2595 1234567");
  const auto found = town.Call<v1::RiderCard>(Dispatcher(), "FindRiderCard", find);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->card_id(), card->card_id());
}

TEST(Privacy, ADeletedCardLeavesNothing) {
  Town town;
  const auto card = town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", Card());
  const auto ride = BookForCard(town, card->card_id());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::DeleteRiderCardRequest erase;
  erase.set_card_id(card->card_id());
  ASSERT_TRUE(town.Call<v1::DeleteRiderCardResponse>(Dispatcher(), "DeleteRiderCard", erase).ok());
  const auto after = town.GetRide(Dispatcher(), ride->ride_id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state(), v1::Ride::CANCELLED);
  EXPECT_THAT(after->ShortDebugString(), Not(HasSubstr(kDoor)));
  EXPECT_THAT(after->customer(), IsEmpty());
  EXPECT_FALSE(after->has_contact());
  for (const bool done : {false, true}) {
    v1::ListCallsRequest list;
    list.set_done(done);
    const auto calls = town.Call<v1::ListCallsResponse>(Dispatcher(), "ListCalls", list);
    ASSERT_TRUE(calls.ok()) << calls.status();
    EXPECT_THAT(calls->calls(), IsEmpty()) << "there is nobody to call";
  }
}

TEST(Privacy, AnErasedPersonIsGoneFromRidesAndReplies) {
  Town town;
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.905, 7.305, kDoor);
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::ExportSubjectRequest export_request;
  export_request.set_subject("me");
  const auto exported =
      town.Call<v1::ExportSubjectResponse>(Citizen(), "ExportSubject", export_request);
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_THAT(exported->rides(), SizeIs(1));

  v1::EraseSubjectRequest erase;
  erase.set_subject("me");
  const auto erased = town.Call<v1::EraseSubjectResponse>(Citizen(), "EraseSubject", erase);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->rides_erased(), 1);
  const auto after = town.GetRide(Dispatcher(), ride->ride_id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state(), v1::Ride::CANCELLED);
  EXPECT_THAT(after->ShortDebugString(), Not(HasSubstr(kDoor)));
  EXPECT_THAT(after->customer(), IsEmpty());
  EXPECT_EQ(*town.fake_store().EraseReplies(Repository::ScopeOf(kTenant), town.AliasOf(Citizen()),
                                            absl::InfiniteFuture()),
            0);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

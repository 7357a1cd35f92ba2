// No personal data where none belongs, and none left after erasure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/redis_dump.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

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

// ---- The standing roster: drivers in the shifts of the settings.

constexpr char kTuesday[] = "2025-03-04", kWednesday[] = "2025-03-05";

absl::Status PutOnRoster(Town& town, const std::map<std::string, Person>& drivers) {
  return ChangeSettings(town, [&](v1::Settings& settings) {
    for (v1::Shift& shift : *settings.mutable_shifts()) {
      if (const auto driver = drivers.find(shift.id()); driver != drivers.end())
        shift.set_driver(town.AliasOf(driver->second));
    }
  });
}

v1::GetSettingsResponse SettingsOf(Town& town) {
  return *town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
}

// Opens the tour of `vehicle` by giving its late shift to somebody.
absl::Status OpenTourOf(Town& town, const std::string& vehicle, const std::string& day) {
  v1::AssignShiftRequest assign;
  assign.set_tour_id(absl::StrCat(vehicle, "_", day));
  assign.set_shift_id(absl::StrCat(vehicle, "-spaet"));
  assign.set_driver(town.AliasOf(Driver("doris")));
  return town.Call<v1::TourShift>(Dispatcher(), "AssignShift", assign).status();
}

// The shifts that the driver has on a day, opened or not.
std::vector<std::string> ShiftsOf(Town& town, const Person& driver, const std::string& day) {
  v1::ListMyToursRequest request;
  request.set_day(day);
  const auto tours = town.Call<v1::ListMyToursResponse>(driver, "ListMyTours", request);
  if (!tours.ok()) return {tours.status().ToString()};
  std::vector<std::string> shifts;
  for (const auto& tour : tours->tours()) {
    for (const v1::TourShift& shift : tour.shifts()) {
      if (shift.driver() == town.AliasOf(driver)) shifts.push_back(shift.shift_id());
    }
  }
  return shifts;
}

int64_t SettingsEventsIn(Town& town) {
  const std::vector<store::OutboxEntry> outbox = town.Outbox();
  return std::count_if(outbox.begin(), outbox.end(), [](const store::OutboxEntry& entry) {
    return entry.type == "stadtmesh.buergerbus.settings.changed.v1";
  });
}

absl::StatusOr<v1::RevokeSubjectResponse> Revoke(Town& town, const Person& person) {
  v1::RevokeSubjectRequest revoke;
  revoke.set_subject(town.AliasOf(person));
  return town.Call<v1::RevokeSubjectResponse>({auth::Role::kOperator, "otto"}, "RevokeSubject",
                                              revoke);
}

absl::Status EraseMe(Town& town, const Person& person, const std::string& key = "") {
  v1::EraseSubjectRequest erase;
  erase.set_subject("me");
  return town.Call<v1::EraseSubjectResponse>(person, "EraseSubject", erase, key).status();
}

TEST(Privacy, ARevokedDriverHasNoShiftOnAnyDay) {
  Town town;
  const Person dirk = Driver(), doris = Driver("doris");
  ASSERT_TRUE(PutOnRoster(town, {{"bus-1-spaet", dirk}, {"bus-2-frueh", dirk}}).ok());
  ASSERT_TRUE(PutOnRoster(town, {{"bus-3-frueh", doris}}).ok());
  ASSERT_TRUE(OpenTourOf(town, "bus-2", kTuesday).ok());
  ASSERT_THAT(ShiftsOf(town, dirk, kTuesday), UnorderedElementsAre("bus-1-spaet", "bus-2-frueh"));
  ASSERT_THAT(ShiftsOf(town, dirk, kWednesday), UnorderedElementsAre("bus-1-spaet", "bus-2-frueh"));

  const auto revoked = Revoke(town, dirk);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->shifts_given_back(), 1) << "of the day that was planned";
  EXPECT_THAT(ShiftsOf(town, dirk, kTuesday), IsEmpty());
  EXPECT_THAT(ShiftsOf(town, dirk, kWednesday), IsEmpty());
  EXPECT_THAT(ShiftsOf(town, doris, kWednesday), ElementsAre("bus-3-frueh"));
  ASSERT_TRUE(OpenTourOf(town, "bus-2", kWednesday).ok());
  const auto manifest = town.GetManifest(Dispatcher(), absl::StrCat("bus-2_", kWednesday));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_THAT(manifest->ShortDebugString(), Not(HasSubstr(town.AliasOf(dirk))));
}

TEST(Privacy, LeavingTheRosterIsAChangeOfSettings) {
  Town town;
  ASSERT_TRUE(PutOnRoster(town, {{"bus-1-spaet", Driver()}, {"bus-3-frueh", Driver("d")}}).ok());
  const v1::GetSettingsResponse before = SettingsOf(town);
  const int64_t events = SettingsEventsIn(town);
  ASSERT_TRUE(Revoke(town, Driver()).ok());

  const v1::GetSettingsResponse after = SettingsOf(town);
  v1::Settings expected = before.settings();
  for (v1::Shift& shift : *expected.mutable_shifts()) {
    if (shift.id() == "bus-1-spaet") shift.clear_driver();
  }
  EXPECT_EQ(after.settings().DebugString(), expected.DebugString()) << "and nothing else";
  EXPECT_EQ(SettingsEventsIn(town), events + 1);
  v1::UpdateSettingsRequest late;
  *late.mutable_settings() = before.settings();
  late.set_etag(before.etag());
  EXPECT_EQ(
      ReasonIn(town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", late).status()),
      "PRECONDITION_FAILED")
      << "who has read them before must not bring the driver back unseen";

  ASSERT_TRUE(Revoke(town, Driver()).ok());
  EXPECT_EQ(SettingsOf(town).etag(), after.etag()) << "nothing was left to change";
  EXPECT_EQ(SettingsEventsIn(town), events + 1);
}

TEST(Privacy, AnErasedDriverIsNamedInNoRecord) {
  RealTown real;
  Town& town = real.town;
  const std::string alias = town.AliasOf(Driver());
  ASSERT_TRUE(PutOnRoster(town, {{"bus-1-frueh", Driver()}, {"bus-2-frueh", Driver()}}).ok());
  ASSERT_TRUE(OpenTourOf(town, "bus-1", kTuesday).ok());
  ASSERT_THAT(RedisDump(real.redis).All(), HasSubstr(alias));
  ASSERT_TRUE(EraseMe(town, Driver()).ok());
  EXPECT_THAT(RedisDump(real.redis).All(), Not(HasSubstr(alias)));
  ASSERT_TRUE(OpenTourOf(town, "bus-1", kWednesday).ok());
  ASSERT_TRUE(OpenTourOf(town, "bus-2", kTuesday).ok());
  // Every planned day takes over the settings' shifts again.
  ASSERT_TRUE(
      ChangeSettings(town, [](v1::Settings& settings) { settings.set_phone("+4925001"); }).ok());
  EXPECT_THAT(RedisDump(real.redis).All(), Not(HasSubstr(alias)));
}

TEST(Privacy, WhileADriverIsErasedNoTourTakesThemFromTheRoster) {
  Town town;
  ASSERT_TRUE(PutOnRoster(town, {{"bus-1-frueh", Driver()}, {"bus-2-frueh", Driver()}}).ok());
  ASSERT_TRUE(OpenTourOf(town, "bus-1", kTuesday).ok());
  int commits = 0;
  town.fake_store().SetFault([&](absl::string_view operation) {
    return operation == "Commit" && commits++ >= 1 ? absl::InternalError("dead") : absl::OkStatus();
  });
  ASSERT_FALSE(EraseMe(town, Driver(), "erase-1").ok()) << "it broke off";
  town.fake_store().SetFault(nullptr);
  ASSERT_THAT(ShiftsOf(town, Driver(), kTuesday), ElementsAre("bus-1-frueh")) << "not yet";
  ASSERT_TRUE(OpenTourOf(town, "bus-2", kTuesday).ok());
  ASSERT_THAT(ShiftsOf(town, Driver(), kTuesday), ElementsAre("bus-1-frueh")) << "and no more";
  ASSERT_TRUE(EraseMe(town, Driver(), "erase-1").ok());
  EXPECT_THAT(ShiftsOf(town, Driver(), kTuesday), IsEmpty());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

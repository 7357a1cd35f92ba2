// Bad input names its field, and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "buergerbus/tests/component/town.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct BadWish {
  std::string field;
  std::function<void(v1::FindOffersRequest&)> spoil;
};

TEST(BadInput, EveryFieldOfAWishIsNamed) {
  Town town;
  const std::vector<BadWish> cases = {
      {"origin", [](auto& wish) { wish.clear_origin(); }},
      {"origin.location", [](auto& wish) { wish.mutable_origin()->clear_stop_id(); }},
      {"origin.stop_id", [](auto& wish) { wish.mutable_origin()->set_stop_id("no-such-stop"); }},
      {"origin.stop_id", [](auto& wish) { wish.mutable_origin()->set_stop_id("Not An Id"); }},
      {"origin.location.latitude",
       [](auto& wish) { *wish.mutable_origin() = Town::Door(91, 7.3, ""); }},
      {"origin.location.longitude",
       [](auto& wish) {
         *wish.mutable_origin() = Town::Door(51.9, std::numeric_limits<double>::quiet_NaN(), "");
       }},
      {"origin.location",
       [](auto& wish) { *wish.mutable_origin() = Town::Door(40, 7.3, "far away"); }},
      {"origin.label",
       [](auto& wish) { *wish.mutable_origin() = Town::Door(51.9, 7.3, std::string(201, 'x')); }},
      {"destination", [](auto& wish) { wish.clear_destination(); }},
      {"party", [](auto& wish) { wish.clear_party(); }},
      {"party.people", [](auto& wish) { wish.mutable_party()->set_people(0); }},
      {"party.people", [](auto& wish) { wish.mutable_party()->set_people(1'000'000'000); }},
      {"party.wheelchairs", [](auto& wish) { wish.mutable_party()->set_wheelchairs(-1); }},
      {"party.walkers", [](auto& wish) { wish.mutable_party()->set_walkers(99); }},
      {"party.prams", [](auto& wish) { wish.mutable_party()->set_prams(99); }},
      {"fares[0].category_id", [](auto& wish) { wish.add_fares()->set_people(1); }},
      {"fares",
       [](auto& wish) {
         wish.add_fares()->set_category_id("no-such-fare");
         wish.mutable_fares(0)->set_people(1);
       }},
      {"when.depart_at", [](auto& wish) { wish.clear_when(); }},
      {"when.depart_at",
       [](auto& wish) { wish.mutable_when()->mutable_depart_at()->set_seconds(1); }},
      {"when.depart_at",
       [](auto& wish) {
         wish.mutable_when()->mutable_depart_at()->set_seconds(std::numeric_limits<int64_t>::max());
       }},
      {"when.depart_at",
       [](auto& wish) { wish.mutable_when()->mutable_depart_at()->set_nanos(-5); }},
      {"back.depart_at",
       [](auto& wish) { wish.mutable_back()->mutable_depart_at()->set_seconds(1); }},
      {"replaces_ride_id", [](auto& wish) { wish.set_replaces_ride_id("../../etc"); }},
  };
  for (const BadWish& bad : cases) {
    v1::FindOffersRequest wish = town.Wish();
    bad.spoil(wish);
    const absl::Status status = town.FindOffers(Citizen(), wish).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad.field << ": " << status;
    EXPECT_THAT(FieldsIn(status), Contains(bad.field)) << status;
  }
}

TEST(BadInput, OffersThatWeDidNotMakeAreNamed) {
  Town town;
  for (const std::string& offer :
       {std::string(), std::string("nonsense"), std::string(5000, 'A'), std::string("AAAA")}) {
    v1::HoldRideRequest request;
    request.set_offer_id(offer);
    const absl::Status status =
        town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request).status();
    EXPECT_THAT(FieldsIn(status), ElementsAre("offer_id")) << status;
  }
  EXPECT_THAT(town.Outbox(), ::testing::SizeIs(1)) << "only the settings";
}

TEST(BadInput, SettingsAreRefusedAsAWholeNamingEveryField) {
  Town town;
  const auto settings =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  ASSERT_TRUE(settings.ok()) << settings.status();
  v1::UpdateSettingsRequest update;
  *update.mutable_settings() = settings->settings();
  update.set_etag(settings->etag());
  update.mutable_settings()->mutable_stops(1)->mutable_location()->set_latitude(99);
  update.mutable_settings()->mutable_rules()->mutable_notice()->mutable_ahead()->set_seconds(-1);
  update.mutable_settings()->mutable_shifts(0)->set_begin("25 o'clock");
  update.mutable_settings()->mutable_calendar()->set_state("NRW");
  update.mutable_settings()->mutable_calendar()->add_municipal_holidays(
      static_cast<v1::MunicipalHoliday>(99));
  const absl::Status status =
      town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
  EXPECT_THAT(FieldsIn(status), Contains("settings.stops[1].location.latitude")) << status;
  EXPECT_THAT(FieldsIn(status), Contains("settings.shifts[0].begin")) << status;
  EXPECT_THAT(FieldsIn(status), Contains("settings.calendar.state")) << status;
  EXPECT_THAT(FieldsIn(status), Contains("settings.calendar.municipal_holidays[0]")) << status;
  const auto after =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  EXPECT_EQ(after->etag(), settings->etag());
}

TEST(BadInput, SettingsThatChangedMeanwhileAreNotOverwritten) {
  Town town;
  const auto settings =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  v1::UpdateSettingsRequest update;
  *update.mutable_settings() = settings->settings();
  update.set_etag(settings->etag());
  ASSERT_TRUE(town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).ok());
  const absl::Status late =
      town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
  EXPECT_EQ(ReasonIn(late), "PRECONDITION_FAILED") << late;
}

TEST(BadInput, AnotherTenantsRideDoesNotExist) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::GetRideRequest request;
  request.set_ride_id(ride->ride_id());
  const absl::Status status =
      town.Call<v1::Ride>(Citizen(), "GetRide", request, "", "anderswo").status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

}  // namespace
}  // namespace stadtmesh::buergerbus

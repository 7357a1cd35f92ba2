// Bad input names its field, and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "buergerbus/rpc/methods.h"
#include "buergerbus/tests/component/town.h"
#include "routing/road_graph_builder.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct BadWish {
  std::string field;
  std::function<void(v1::FindOffersRequest&)> spoil;
};

// Limits stand in German and in English texts: numbers, forms, names of fields and values, no
// words.
void ExpectNoWords(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  ASSERT_TRUE(info.has_value()) << status;
  for (const FieldError& error : info->fields) {
    if (error.reason == FieldReason::kConflict) continue;  // the other field
    if (error.reason == FieldReason::kTooLong || error.reason == FieldReason::kOutOfRange) {
      EXPECT_FALSE(error.limit.empty()) << error.field;
    }
    EXPECT_THAT(error.limit, ::testing::Not(::testing::ContainsRegex("[a-z][a-z]+ [a-z]")))
        << error.field;
    EXPECT_THAT(error.limit, ::testing::Not(::testing::HasSubstr("UNSPECIFIED"))) << error.field;
  }
}

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
      {"fares[0].category_id",
       [](auto& wish) {
         wish.add_fares()->set_category_id("no-such-fare");
         wish.mutable_fares(0)->set_people(1);
       }},
      {"fares[1].people",
       [](auto& wish) {
         wish.add_fares()->set_category_id("kinder");
         wish.mutable_fares(0)->set_people(1);
         wish.add_fares()->set_category_id("erwachsene");
         wish.mutable_fares(1)->set_people(2);
       }},
      {"origin.label",
       [](auto& wish) { *wish.mutable_origin() = Town::Door(51.9, 7.3, std::string("a\0b", 3)); }},
      {"when.depart_at",
       [](auto& wish) { *wish.mutable_when()->mutable_arrive_by() = wish.when().depart_at(); }},
      {"when.depart_at",
       [](auto& wish) {
         wish.mutable_when()->mutable_depart_at()->set_seconds(
             absl::ToUnixSeconds(MondayMorning() + absl::Hours(24 * 500)));
       }},
      {"when", [](auto& wish) { wish.clear_when(); }},
      {"when", [](auto& wish) { wish.mutable_when()->clear_depart_at(); }},
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
    ExpectNoWords(status);
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

// However far a limit is exceeded, it is the same one that is said.
TEST(BadInput, SettingsThatAreTooLongSayWhatIsAllowed) {
  Town town;
  const auto settings =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  const auto limits = [&](const std::function<void(v1::Settings&)>& spoil) {
    v1::UpdateSettingsRequest update;
    *update.mutable_settings() = settings->settings();
    update.set_etag(settings->etag());
    spoil(*update.mutable_settings());
    const absl::Status status =
        town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
    std::set<std::string> found;
    for (const FieldError& error : GetErrorInfo(status).value_or(ErrorInfo{}).fields) {
      if (error.reason == FieldReason::kTooLong) found.insert(error.field + " " + error.limit);
    }
    return found;
  };
  using Limits = std::set<std::string>;
  for (const size_t length : {101, 1001, 5000}) {
    EXPECT_EQ(limits([&](v1::Settings& to) { to.set_name(std::string(length, 'x')); }),
              (Limits{"settings.name 100"}));
    EXPECT_EQ(limits([&](v1::Settings& to) {
                to.mutable_doors()->set_reference(std::string(length, 'x'));
                to.mutable_vehicles(0)->set_plate(std::string(length, 'x'));
              }),
              (Limits{"settings.doors.reference 100", "settings.vehicles[0].plate 20"}));
  }
  for (const int count : {2001, 5001}) {
    EXPECT_EQ(limits([&](v1::Settings& to) {
                while (to.stops_size() < count) {
                  *to.add_stops() = to.stops(0);
                  to.mutable_stops()->rbegin()->set_id(absl::StrCat("s", to.stops_size()));
                }
              }),
              (Limits{"settings.stops 2000"}));
  }
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

// The document that closed a town: it could be written, but not read again.
TEST(BadInput, AnAreaThatIsNoneIsRefusedAndTheTownStaysOpen) {
  Town town;
  const auto before =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  ASSERT_TRUE(before.ok()) << before.status();
  const auto location = [](double latitude, double longitude) {
    return Town::Door(latitude, longitude, "").location();
  };
  const std::vector<std::vector<v1::Location>> areas = {
      {location(51.9, 7.3), location(51.9, 7.3), location(51.9, 7.3), location(51.9, 7.3)},
      {location(51.9, 7.3), location(51.91, 7.3)},
      {location(51.9, 7.3), location(51.91, 7.31), location(51.92, 7.32)},
      {location(51.9, 7.3), location(52, 7.4), location(51.9, 7.4), location(52, 7.3)},
      {location(-80, -170), location(-80, 170), location(80, 170), location(80, -170)}};
  for (const std::vector<v1::Location>& area : areas) {
    v1::UpdateSettingsRequest update;
    *update.mutable_settings() = before->settings();
    update.set_etag(before->etag());
    update.mutable_settings()->clear_stops();
    update.mutable_settings()->clear_area();
    for (const v1::Location& point : area) *update.mutable_settings()->add_area() = point;
    const absl::Status status =
        town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
    EXPECT_THAT(FieldsIn(status), Contains("settings.area")) << area.size() << status;
    const auto after =
        town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->etag(), before->etag());
  }
}

// One road past all stops of the town.
std::shared_ptr<const routing::TravelTimes> Roads() {
  routing::RoadGraphBuilder builder;
  std::optional<routing::NodeIndex> before;
  for (const DemoStop& stop : TownStops()) {
    const routing::NodeIndex node = builder.AddNode(stop.location);
    if (before)
      builder.AddSegment({.first = *before, .last = node, .forward = 60'000, .backward = 60'000});
    before = node;
  }
  return *routing::TravelTimes::Create(*builder.Build());
}

TEST(BadInput, WhereNoRoadLeadsIsNoDepotAndNoStop) {
  Town town(nullptr, Roads());
  const auto before =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  ASSERT_TRUE(before.ok()) << before.status();
  v1::UpdateSettingsRequest update;
  *update.mutable_settings() = before->settings();
  update.set_etag(before->etag());
  const auto send = [&] {
    return town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
  };
  update.mutable_settings()->mutable_vehicles(1)->mutable_depot()->set_longitude(7.2);
  update.mutable_settings()->mutable_stops(2)->mutable_location()->set_longitude(7.335);
  const absl::Status status = send();
  ASSERT_THAT(FieldsIn(status),
              ElementsAre("settings.stops[2].location", "settings.vehicles[1].depot"))
      << status;
  EXPECT_EQ(GetErrorInfo(status)->fields[0].limit, "buergerbus.map");
  const auto after =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  EXPECT_EQ(after->etag(), before->etag());
  *update.mutable_settings() = before->settings();
  update.mutable_settings()->mutable_vehicles(1)->mutable_depot()->set_longitude(7.301);
  EXPECT_TRUE(send().ok()) << "70 m from the road";
}

// Zero degrees are what a place has whose other half was forgotten, and lie in no town.
TEST(BadInput, HalfAPlaceIsNone) {
  Town town;
  v1::SearchPlacesRequest search;
  search.set_text("Halt");
  const auto find = [&] {
    return town.Call<v1::SearchPlacesResponse>(Citizen(), "SearchPlaces", search).status();
  };
  search.mutable_near()->set_latitude(51.9);
  EXPECT_THAT(FieldsIn(find()), ElementsAre("near.longitude"));
  search.mutable_near()->Clear();
  search.mutable_near()->set_longitude(7.3);
  ASSERT_THAT(FieldsIn(find()), ElementsAre("near.latitude"));
  EXPECT_EQ(GetErrorInfo(find())->fields[0].reason, FieldReason::kRequired);
  search.mutable_near()->set_latitude(51.9);
  EXPECT_TRUE(find().ok()) << find();
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.9, 0, "");
  EXPECT_THAT(FieldsIn(town.FindOffers(Citizen(), wish).status()),
              ElementsAre("origin.location.longitude"));
}

TEST(BadInput, AStopIsNotClosedByAnEmptyRequest) {
  Town town;
  v1::BlockStopRequest request;
  request.set_stop_id("halt-00");
  const auto block = [&] {
    return town.Call<v1::BlockStopResponse>(Dispatcher(), "BlockStop", request).status();
  };
  EXPECT_THAT(FieldsIn(block()), ElementsAre("span"));
  request.mutable_span()->mutable_end()->set_seconds(
      absl::ToUnixSeconds(town.clock().Now() + absl::Hours(1)));
  EXPECT_THAT(FieldsIn(block()), ElementsAre("span.begin"));
  EXPECT_TRUE(town.Book(Citizen(), town.Wish()).ok()) << "it is open";
  // Until further notice.
  request.mutable_span()->clear_end();
  request.mutable_span()->mutable_begin()->set_seconds(absl::ToUnixSeconds(town.clock().Now()));
  EXPECT_TRUE(block().ok());
  const auto offers = town.FindOffers(Citizen("bert"), town.Wish(absl::Hours(24 * 10)));
  EXPECT_EQ(offers->refusal().reason(), v1::STOP_BLOCKED);
}

TEST(BadInput, AnOutageInThePastNamesItsOwnField) {
  Town town;
  v1::TakeVehicleOutRequest request;
  request.set_vehicle_id("bus-1");
  request.mutable_until()->set_seconds(absl::ToUnixSeconds(town.clock().Now() - absl::Hours(1)));
  const absl::Status status =
      town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", request).status();
  EXPECT_THAT(FieldsIn(status), ElementsAre("until"));
  EXPECT_EQ(GetErrorInfo(status)->fields[0].reason, FieldReason::kInPast);
}

TEST(BadInput, TextsAreMeasuredAsPeopleCountThem) {
  Town town;
  v1::FindOffersRequest wish = town.Wish();
  std::string label;
  for (int i = 0; i < 200; ++i) label += "ß";
  *wish.mutable_origin() = Town::Door(51.9, 7.3, label);
  const auto offers = town.FindOffers(Citizen(), wish);
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::HoldRideRequest hold;
  hold.set_offer_id(offers->offers(0).offer_id());
  hold.mutable_contact()->set_name("Erika\nMustermann");
  hold.mutable_contact()->set_phone("garbage");
  EXPECT_THAT(FieldsIn(town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", hold).status()),
              ElementsAre("contact.name", "contact.phone"));
  hold.mutable_contact()->set_name("Erika Müßtermann");
  hold.mutable_contact()->set_phone("02595 1234567");
  hold.mutable_contact()->set_note("klingelt\nzweimal");
  const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", hold);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->rides(0).contact().phone(), "+4925951234567");
}

// A plan that broke a promise would name whose: a stranger's ride.
TEST(Inside, WhatWentWrongHereIsNotTold) {
  Town town;
  const absl::Status told =
      WithoutFacts(Refuse(Reason::kPromiseBroken, {{"what", "arrival"}, {"ride", "ride-of-anna"}}),
                   town.service().services().core);
  EXPECT_TRUE(absl::IsInternal(told));
  EXPECT_FALSE(GetErrorInfo(told).has_value());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

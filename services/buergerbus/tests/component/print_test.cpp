// The manifest on paper.
#include "buergerbus/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/steps.h"
#include "stadtmesh/http/v1/raw.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;

TEST(PrintedManifest, SaysWhatIsPromisedAndWhatIsOnlyHeld) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto held = town.Hold(Citizen("bert"), town.Wish(absl::Hours(3) + absl::Minutes(20)));
  ASSERT_TRUE(held.ok()) << held.status();
  if (held->rides(0).tour_id() != ride->tour_id()) {
    ASSERT_TRUE(Move(town, held->rides(0).ride_id(), ride->vehicle_id()).ok());
  }
  const auto manifest = town.GetManifest(Dispatcher(), ride->tour_id());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  v1::PrintManifestRequest print;
  print.set_tour_id(ride->tour_id());
  print.set_shift_id(ShiftOf(*manifest, ride->ride_id()));
  const auto page = town.Call<http::v1::RawResponse>(Dispatcher(), "PrintManifest", print);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->body(), HasSubstr("Montag, 03.03.2025"));
  const auto clock = [](const google::protobuf::Timestamp& time) {
    return absl::FormatTime("%H:%M", TimeOf(time), Berlin());
  };
  EXPECT_THAT(page->body(), HasSubstr(absl::StrCat(clock(ride->promise().pickup().begin()), "–",
                                                   clock(ride->promise().pickup().end()))));
  EXPECT_THAT(page->body(), HasSubstr("spätestens " + clock(ride->promise().latest_arrival())));
  EXPECT_THAT(page->body(), HasSubstr("nur vorgemerkt"));
  print.set_shift_id("no-such-shift");
  EXPECT_EQ(
      ReasonIn(town.Call<http::v1::RawResponse>(Dispatcher(), "PrintManifest", print).status()),
      "SHIFT_UNKNOWN");
}

TEST(PrintedManifest, SpeaksTheLanguageThatWasAskedFor) {
  TourView view{.tour = {.id = {VehicleId("bus-1"), absl::CivilDay(2025, 3, 3)}}};
  view.tour.shifts.push_back({.id = ShiftId("early")});
  EXPECT_THAT(*PrintManifest(view, ShiftId("early"), "en"), HasSubstr("Monday, 2025-03-03"));
  EXPECT_THAT(*PrintManifest(view, ShiftId("early"), "en"), HasSubstr("lang=\"en\""));
  EXPECT_THAT(*PrintManifest(view, ShiftId("early"), "de"), HasSubstr("Montag, 03.03.2025"));
}

// Summer time ends at three in the night, which is two once more.
TEST(PrintedManifest, TellsTheTwoHoursOfTheOctoberNightApart) {
  const absl::CivilDay saturday(2026, 10, 24);
  TourView view{.tour = {.id = {VehicleId("bus-1"), saturday}}};
  const absl::Time change =
      absl::FromCivil(absl::CivilSecond(2026, 10, 25, 1), absl::UTCTimeZone());
  view.tour.shifts.push_back({.id = ShiftId("night"),
                              .begin = change - absl::Minutes(30),
                              .end = change + absl::Minutes(30)});
  const std::string page = *PrintManifest(view, ShiftId("night"), "de");
  EXPECT_THAT(page, HasSubstr("02A:30–02B:30"));
  view.tour.shifts[0].begin = change - absl::Hours(2);
  view.tour.shifts[0].end = change + absl::Hours(1);
  EXPECT_THAT(*PrintManifest(view, ShiftId("night"), "de"), HasSubstr("01:00–03:00"));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/settings.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::Point;
using testing::TestTown;

// Every field that is refused after the change, as "field REASON", in order.
std::vector<std::string> Refused(const std::function<void(Settings&)>& change) {
  Settings town = TestTown();
  change(town);
  const absl::Status status = ValidateSettings(town);
  std::vector<std::string> fields;
  if (status.ok()) return fields;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  for (const FieldError& error : info->fields) {
    fields.push_back(error.field + " " + std::string(FieldReasonName(error.reason)));
  }
  return fields;
}
using Fields = std::vector<std::string>;

TEST(Settings, TheTestTownIsValid) {
  EXPECT_TRUE(ValidateSettings(TestTown()).ok()) << ValidateSettings(TestTown());
}

TEST(Settings, WhatIsPersonalHasItsTime) {
  EXPECT_EQ(Refused([](Settings& town) { town.retention.rides = 0; }),
            (Fields{"retention.rides_days OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.retention.cash_sheets = 5000; }),
            (Fields{"retention.cash_sheets_days OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.reminders.evening = absl::Hours(25); }),
            (Fields{"reminders.evening OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.rules.walking_metres = -1; }),
            (Fields{"rules.walking_metres OUT_OF_RANGE"}));
}

TEST(Settings, MunicipalHolidaysBelongToTheirState) {
  EXPECT_EQ(Refused([](Settings& town) {
              town.calendar.municipal_holidays = {MunicipalHoliday::kPeaceFestival};
            }),
            (Fields{"calendar.municipal_holidays CONFLICT"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.calendar.state = FederalState::kBavaria;
              town.calendar.municipal_holidays = {MunicipalHoliday::kPeaceFestival};
            }),
            Fields{});
}

// The evening before while it is to come, else some time before; never when the ride is nearer than
// that.
TEST(Reminders, ComeOnceAndInTime) {
  const Reminders rules;
  const absl::Time pickup = testing::At(10);
  const absl::Time evening = BerlinTime(testing::kWednesday - 1, absl::Hours(17));
  EXPECT_EQ(RemindAt(rules, pickup, evening - absl::Hours(30)), evening);
  EXPECT_EQ(RemindAt(rules, pickup, evening), testing::At(8));
  EXPECT_EQ(RemindAt(rules, pickup, testing::At(7, 59)), testing::At(8));
  EXPECT_EQ(RemindAt(rules, pickup, testing::At(8)), std::nullopt);
  EXPECT_EQ(RemindAt(rules, pickup, testing::At(11)), std::nullopt);
}

TEST(Settings, StopsAreInTheAreaOnceAndApprovedWithAReference) {
  EXPECT_EQ(Refused([](Settings& town) { town.stops[1].location = Point(20, 5); }),
            (Fields{"stops[1].location OUTSIDE_AREA"}));
  EXPECT_EQ(Refused([](Settings& town) { town.stops[1].id = town.stops[0].id; }),
            (Fields{"stops[1].id DUPLICATE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.stops[0].id = StopId("Großer Markt"); }),
            (Fields{"stops[0].id INVALID_FORMAT"}));
  EXPECT_EQ(Refused([](Settings& town) { town.stops[0].approval.reference = ""; }),
            (Fields{"stops[0].approval.reference REQUIRED"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.doors.valid_from = absl::CivilDay(2026, 2, 1);
              town.doors.valid_until = absl::CivilDay(2026, 1, 1);
            }),
            (Fields{"doors.valid_until CONFLICT"}));
}

TEST(Settings, HoursAreOrderedAndInsideTheServiceDay) {
  EXPECT_EQ(Refused([](Settings& town) {
              town.hours.rules[0].hours = {{absl::Hours(8), absl::Hours(8)}};
            }),
            (Fields{"hours.rules[0].hours[0].end CONFLICT"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.hours.rules[0].hours = {{absl::Hours(8), absl::Hours(31)}};
            }),
            (Fields{"hours.rules[0].hours[0].end OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.hours.exceptions[testing::kWednesday] = {{absl::Hours(8), absl::Hours(12)},
                                                            {absl::Hours(11), absl::Hours(13)}};
            }),
            (Fields{"hours.exceptions[0].hours[1].begin CONFLICT"}));
  EXPECT_EQ(Refused([](Settings& town) { town.hours.rules[1].days.kinds.clear(); }),
            (Fields{"hours.rules[1].days.kinds REQUIRED"}));
  EXPECT_EQ(Refused([](Settings& town) {
              std::swap(town.calendar.school_holidays[0].first,
                        town.calendar.school_holidays[0].last);
            }),
            (Fields{"calendar.school_holidays[0].last CONFLICT"}));
}

TEST(Settings, VehiclesHaveRoom) {
  EXPECT_EQ(Refused([](Settings& town) { town.vehicles[0].layouts.clear(); }),
            (Fields{"vehicles[0].layouts REQUIRED"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.vehicles[1].layouts[0] = {0, 0, 2};
            }),
            (Fields{"vehicles[1].layouts[0] REQUIRED"}));
  EXPECT_EQ(
      Refused([](Settings& town) { town.vehicles[1].layouts[0].seats = -1; }),
      (Fields{"vehicles[1].layouts[0].seats OUT_OF_RANGE", "vehicles[1].layouts[0] REQUIRED"}));
}

TEST(Settings, ShiftsDoNotOverlapAndBreaksLieInside) {
  EXPECT_EQ(Refused([](Settings& town) { town.shifts[1].begin = absl::Hours(12); }),
            (Fields{"shifts[1].begin CONFLICT"}));
  EXPECT_EQ(Refused([](Settings& town) { town.shifts[0].vehicle = VehicleId("bus-9"); }),
            (Fields{"shifts[0].vehicle UNKNOWN_VALUE"}));
  EXPECT_EQ(Refused([](Settings& town) {
              town.shifts[0].breaks[0].latest_start = absl::Minutes(12 * 60 + 45);
            }),
            (Fields{"shifts[0].breaks[0].latest_start CONFLICT"}));
  EXPECT_TRUE(Refused([](Settings& town) {  // other days: no overlap
                town.shifts[1].begin = absl::Hours(12);
                town.shifts[0].days.weekdays = {absl::Weekday::monday};
                town.shifts[1].days.weekdays = {absl::Weekday::tuesday};
              })
                  .empty());
}

TEST(Settings, EveryFaultIsNamedAtOnce) {
  EXPECT_EQ(Refused([](Settings& town) {
              town.name = "";
              town.rules.ride_time.factor = 0.5;
              town.rules.largest_party = 0;
              town.fares[0].price = Money{-1};
            }),
            (Fields{"name REQUIRED", "rules.ride_time.factor OUT_OF_RANGE",
                    "rules.largest_party OUT_OF_RANGE", "fares[0].price.cents OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.rules.ride_time.factor = std::nan(""); }),
            (Fields{"rules.ride_time.factor OUT_OF_RANGE"}));
}

TEST(ShiftsOn, AreInstantsOfTheDay) {
  const std::vector<Shift> shifts = ShiftsOn(TestTown(), VehicleId("bus-1"), testing::kWednesday);
  ASSERT_EQ(shifts.size(), 2u);
  EXPECT_EQ(shifts[0].begin, testing::At(6));
  EXPECT_EQ(shifts[0].breaks.at(0).latest_start, testing::At(10));
  EXPECT_EQ(shifts[1].end, testing::At(testing::kWednesday + 1, 3));
  EXPECT_TRUE(ShiftsOn(TestTown(), VehicleId("bus-1"), absl::CivilDay(2026, 12, 25)).empty());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

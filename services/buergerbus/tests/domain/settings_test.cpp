#include "buergerbus/domain/settings.h"

#include <gtest/gtest.h>

#include <cmath>
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

TEST(Settings, AShiftThatReachesIntoTheMorningEndsBeforeTheNextOne) {
  const auto night = [](absl::Duration end, absl::Weekday next) {
    return Refused([&](Settings& town) {
      town.shifts[1].vehicle = town.shifts[0].vehicle;
      town.shifts[0].begin = absl::Hours(4);
      town.shifts[0].days.weekdays = {next};
      town.shifts[1].begin = absl::Hours(18);
      town.shifts[1].end = end;
      town.shifts[1].days.weekdays = {absl::Weekday::sunday};
    });
  };
  EXPECT_EQ(night(absl::Hours(29), absl::Weekday::monday), (Fields{"shifts[1].begin CONFLICT"}));
  EXPECT_TRUE(night(absl::Hours(28), absl::Weekday::monday).empty());
  EXPECT_TRUE(night(absl::Hours(29), absl::Weekday::tuesday).empty());
}

TEST(Settings, EveryFaultIsNamedAtOnce) {
  EXPECT_EQ(Refused([](Settings& town) {
              town.name = "";
              town.rules.ride_time.factor = 0.5;
              town.rules.largest_party = 0;
              town.fares[0].price = Money{-1};
            }),
            (Fields{"name REQUIRED", "rules.ride_time.factor OUT_OF_RANGE",
                    "rules.largest_party OUT_OF_RANGE", "fares[0].price_cents OUT_OF_RANGE"}));
  EXPECT_EQ(Refused([](Settings& town) { town.rules.ride_time.factor = std::nan(""); }),
            (Fields{"rules.ride_time.factor OUT_OF_RANGE"}));
}

TEST(Settings, ALimitThatIsBrokenIsSaid) {
  Settings town = TestTown();
  town.stops[0].location = {99, 7};
  town.vehicles[0].depot = {51, 200};
  town.area = Polygon({Point(0, 0), {91, 0}, Point(10, 10)});
  town.fares[0].price = Money{10'001};
  town.name = std::string(101, 'x');
  const std::optional<ErrorInfo> info = GetErrorInfo(ValidateSettings(town));
  ASSERT_TRUE(info.has_value());
  EXPECT_GE(info->fields.size(), 5u);
  for (const FieldError& error : info->fields) {
    if (error.reason == FieldReason::kOutOfRange || error.reason == FieldReason::kTooLong) {
      EXPECT_FALSE(error.limit.empty()) << error.field;
    }
  }
}

TEST(Settings, NamesAreMoreThanBlanks) {
  for (const char* blank : {" ", "  ", "\u00a0", "\u200b ", "\u3000"}) {
    EXPECT_EQ(Refused([&](Settings& town) { town.stops[0].name = blank; }),
              (Fields{"stops[0].name REQUIRED"}));
    EXPECT_EQ(Refused([&](Settings& town) { town.fares[1].name = blank; }),
              (Fields{"fares[1].name REQUIRED"}));
  }
  EXPECT_EQ(Refused([](Settings& town) {
              town.name = " ";
              town.doors.reference = " ";
              town.vehicles[0].name = " ";
            }),
            (Fields{"name REQUIRED", "doors.reference REQUIRED", "vehicles[0].name REQUIRED"}));
  EXPECT_EQ(Refused([](Settings& town) { town.stops[0].name = "Am\u00a0Markt"; }), Fields{});
}

TEST(Settings, RidesFromStopsNeedStops) {
  const auto with = [](TripMode mode, size_t stops) {
    return Refused([&](Settings& town) {
      town.rules.trip_mode = mode;
      town.stops.resize(stops);
    });
  };
  EXPECT_EQ(with(TripMode::kStopToStop, 0), (Fields{"stops OUT_OF_RANGE"}));
  EXPECT_EQ(with(TripMode::kStopToStop, 1), (Fields{"stops OUT_OF_RANGE"}));
  EXPECT_EQ(with(TripMode::kStopToStop, 2), Fields{});
  EXPECT_EQ(with(TripMode::kDoorToStop, 0), (Fields{"stops OUT_OF_RANGE"}));
  EXPECT_EQ(with(TripMode::kDoorToStop, 1), Fields{});
  EXPECT_EQ(with(TripMode::kDoorToDoor, 0), Fields{});
}

// A town that sets itself up, closes for the winter, or keeps the roster of other hours.
TEST(Settings, ShiftsNeedNotMatchTheHours) {
  EXPECT_EQ(Refused([](Settings& town) { town.shifts.clear(); }), Fields{});
  EXPECT_EQ(Refused([](Settings& town) { town.hours.rules[0].hours.clear(); }), Fields{});
  EXPECT_EQ(Refused([](Settings& town) {
              for (HoursRule& rule : town.hours.rules)
                rule.hours = {{absl::Hours(3), absl::Hours(4)}};
            }),
            Fields{});
}

TEST(ShiftsOn, AreInstantsOfTheDay) {
  const std::vector<Shift> shifts = ShiftsOn(TestTown(), VehicleId("bus-1"), testing::kWednesday);
  ASSERT_EQ(shifts.size(), 2u);
  EXPECT_EQ(shifts[0].begin, testing::At(6));
  EXPECT_EQ(shifts[0].breaks.at(0).latest_start, testing::At(10));
  EXPECT_EQ(shifts[1].end, testing::At(testing::kWednesday + 1, 3));
  EXPECT_TRUE(ShiftsOn(TestTown(), VehicleId("bus-1"), absl::CivilDay(2026, 12, 25)).empty());
}

Fields RefusedArea(std::vector<LatLon> ring) {
  return Refused([&](Settings& town) {
    town.area = Polygon(ring);
    town.stops.clear();
    town.vehicles[0].depot = town.vehicles[1].depot = ring.empty() ? LatLon{} : ring[0];
  });
}

TEST(Settings, TheAreaIsOne) {
  const LatLon a = Point(0, 0), b = Point(10, 0), c = Point(10, 10), d = Point(0, 10);
  EXPECT_EQ(RefusedArea({a, b, c, d}), Fields{});
  EXPECT_EQ(RefusedArea({d, c, b, a}), Fields{});
  EXPECT_EQ(RefusedArea({a, b, b, c, d, a}), Fields{}) << "a corner may be given twice";
  EXPECT_EQ(RefusedArea({a, b, c, Point(5, 1), d}), Fields{}) << "nor need it be convex";
  EXPECT_EQ(RefusedArea({}), (Fields{"area REQUIRED"}));
  EXPECT_EQ(RefusedArea({a, b}), (Fields{"area OUT_OF_RANGE"}));
  EXPECT_EQ(RefusedArea({a, b, a, b}), (Fields{"area INVALID_FORMAT"}));
  EXPECT_EQ(RefusedArea({a, Point(5, 5), c}), (Fields{"area INVALID_FORMAT"})) << "a line";
  EXPECT_EQ(RefusedArea({a, c, b, d}), (Fields{"area INVALID_FORMAT"})) << "it crosses itself";
  EXPECT_EQ(RefusedArea({a, Point(200, 0), Point(200, 10)}), (Fields{"area INVALID_FORMAT"}));
  std::vector<LatLon> round;
  for (int i = 0; i < 5000; ++i)
    round.push_back(
        Point(5 + 5 * std::cos(i * 2 * M_PI / 5000), 5 + 5 * std::sin(i * 2 * M_PI / 5000)));
  EXPECT_EQ(RefusedArea(round), Fields{});
}

TEST(Settings, DepotsPhoneAndIdsAreThoseOfATown) {
  EXPECT_EQ(Refused([](Settings& town) {
              town.vehicles[1].depot = {0, 0};
            }),
            (Fields{"vehicles[1].depot OUTSIDE_AREA"}));
  EXPECT_EQ(Refused([](Settings& town) { town.vehicles[1].depot = Point(28, 5); }), Fields{});
  Settings far = TestTown();
  far.vehicles[1].depot = Point(32, 5);
  EXPECT_EQ(GetErrorInfo(ValidateSettings(far))->fields[0].limit, "20 km");
  EXPECT_EQ(Refused([](Settings& town) { town.vehicles[1].depot = Point(32, 5); }),
            (Fields{"vehicles[1].depot OUTSIDE_AREA"}));
  EXPECT_EQ(Refused([](Settings& town) { town.phone = "garbage"; }),
            (Fields{"phone INVALID_FORMAT"}));
  for (const char* phone : {"", "115", "02595 9999", "+49 (0) 2595/9999"})
    EXPECT_EQ(Refused([&](Settings& town) { town.phone = phone; }), Fields{}) << phone;
  EXPECT_EQ(Refused([](Settings& town) { town.stops[0].id = StopId(std::string(33, 'a')); }),
            (Fields{"stops[0].id TOO_LONG"}));
  EXPECT_EQ(Refused([](Settings& town) { town.rules.largest_party = 9; }),
            (Fields{"rules.largest_party CONFLICT"}));
  EXPECT_EQ(Refused([](Settings& town) { town.stops[0].name = "Markt\n"; }),
            (Fields{"stops[0].name INVALID_FORMAT"}));
  std::string name;
  for (int i = 0; i < 100; ++i) name += "ü";
  EXPECT_EQ(Refused([&](Settings& town) { town.stops[0].name = name; }), Fields{});
  EXPECT_EQ(Refused([&](Settings& town) { town.stops[0].name = name + "x"; }),
            (Fields{"stops[0].name TOO_LONG"}));
  EXPECT_EQ(Refused([](Settings& town) { town.rules.open_rides_per_person = 0; }),
            (Fields{"rules.open_rides_per_person OUT_OF_RANGE"}));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

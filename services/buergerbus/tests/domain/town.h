// A small town for the tests of the Bürgerbus: 10 km square, two buses, hours and holidays as a
// real town has them.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "base/time.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus::testing {

// A point so many kilometres east and north of the town's south-west corner.
inline LatLon Point(double east_km, double north_km) {
  return {51.70 + north_km / 111.2, 7.40 + east_km / 68.9};
}

inline const std::set<absl::Weekday> kWorkdays = {absl::Weekday::monday, absl::Weekday::tuesday,
                                                  absl::Weekday::wednesday, absl::Weekday::thursday,
                                                  absl::Weekday::friday};
inline const std::set<DayKind> kNoPublicHoliday = {DayKind::kSchoolDay, DayKind::kSchoolHoliday};
inline const Approval kApproved{.granted = true, .reference = "25.10.01-2026"};

inline Stop MakeStop(const char* id, double east_km, double north_km) {
  return {
      .id = StopId(id), .name = id, .location = Point(east_km, north_km), .approval = kApproved};
}

// Workdays 6 to 20 h, Saturdays 9 to 26 h (service past midnight), closed on public holidays.
inline Settings TestTown() {
  Settings town;
  town.name = "Bürgerbus Musterstadt";
  town.area = Polygon({Point(0, 0), Point(10, 0), Point(10, 10), Point(0, 10)});
  town.stops = {MakeStop("market", 5, 5), MakeStop("doctor", 6, 5), MakeStop("school", 5, 7),
                MakeStop("station", 2, 2), MakeStop("farm", 9, 9)};
  town.doors = kApproved;
  town.calendar.school_holidays = {{absl::CivilDay(2026, 7, 20), absl::CivilDay(2026, 9, 1)}};
  town.hours.rules = {
      {{kWorkdays, kNoPublicHoliday}, {{absl::Hours(6), absl::Hours(20)}}},
      {{{absl::Weekday::saturday}, kNoPublicHoliday}, {{absl::Hours(9), absl::Hours(26)}}}};
  for (const char* id : {"bus-1", "bus-2"}) {
    town.vehicles.push_back({VehicleId(id), id, "MS-BB 1", {{8, 0, 2}, {6, 1, 2}}, Point(5, 5)});
    const std::string early = std::string(id) + "-early", late = std::string(id) + "-late";
    const DayRule days{{absl::Weekday::monday, absl::Weekday::tuesday, absl::Weekday::wednesday,
                        absl::Weekday::thursday, absl::Weekday::friday, absl::Weekday::saturday},
                       kNoPublicHoliday};
    town.shifts.push_back({ShiftId(early),
                           VehicleId(id),
                           DriverId("anna"),
                           days,
                           absl::Hours(6),
                           absl::Hours(13),
                           {{absl::Hours(9), absl::Hours(10), absl::Minutes(30)}}});
    town.shifts.push_back({ShiftId(late),
                           VehicleId(id),
                           DriverId("bernd"),
                           days,
                           absl::Hours(13),
                           absl::Hours(27),
                           {}});
  }
  town.rules.trip_mode = TripMode::kDoorToDoor;
  town.fares = {{FareCategoryId("adult"), "Erwachsene", Money{200}},
                {FareCategoryId("child"), "Kinder", Money{120}},
                {FareCategoryId("companion"), "Begleitperson", Money{0}, true}};
  return town;
}

// A Wednesday in term time.
inline const absl::CivilDay kWednesday(2026, 11, 25);
inline absl::Time At(absl::CivilDay day, int hours, int minutes = 0) {
  return BerlinTime(day, absl::Hours(hours) + absl::Minutes(minutes));
}
inline absl::Time At(int hours, int minutes = 0) { return At(kWednesday, hours, minutes); }

inline Trip MakeTrip(const char* from, const char* to, int people = 1, int wheelchairs = 0) {
  Trip trip;
  trip.origin.stop = StopId(from);
  trip.destination.stop = StopId(to);
  trip.party = {.people = people, .wheelchairs = wheelchairs};
  trip.fares = {{FareCategoryId("adult"), people}};
  return *ResolveTrip(TestTown(), trip);
}

inline Promise MakePromiseAt(absl::Time pickup) {
  return {{pickup, pickup + absl::Minutes(15)}, pickup + absl::Minutes(60), absl::Minutes(40)};
}

inline HoldRide MakeHold(const char* id, absl::Time pickup) {
  const Trip trip = MakeTrip("market", "doctor");
  return {.id = RideId(id),
          .booking = BookingId("booking-1"),
          .customer = {.alias = "alias-1"},
          .trip = trip,
          .promise = MakePromiseAt(pickup),
          .fare = *PriceOf(TestTown().fares, trip.fares, trip.party.people),
          .tour = {VehicleId("bus-1"), kWednesday}};
}

}  // namespace stadtmesh::buergerbus::testing

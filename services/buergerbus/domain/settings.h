// Everything the town decides about its bus, as one value that is replaced as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/geo.h"
#include "buergerbus/domain/booking_rules.h"
#include "buergerbus/domain/calendar.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/reminders.h"
#include "buergerbus/domain/retention.h"
#include "buergerbus/domain/service_hours.h"
#include "buergerbus/domain/shift.h"
#include "buergerbus/domain/vehicle.h"

namespace stadtmesh::buergerbus {

struct Settings {
  std::string name;   // "Bürgerbus Musterstadt"
  std::string phone;  // of the dispatcher, shown to citizens
  Polygon area;
  std::vector<Stop> stops;
  Approval doors;  // of the doors in the area
  Calendar calendar;
  ServiceHours hours;
  std::vector<Vehicle> vehicles;
  std::vector<ShiftTemplate> shifts;
  BookingRules rules;
  std::vector<FareCategory> fares;
  Retention retention;
  Reminders reminders;
};

// OK, or INVALID_ARGUMENT with every field at fault, in proto names
// ("vehicles[1].layouts[0].seats").
absl::Status ValidateSettings(const Settings& settings);

const Stop* FindStop(const Settings& settings, const StopId& id);           // nullptr: unknown
const Vehicle* FindVehicle(const Settings& settings, const VehicleId& id);  // nullptr: unknown

// The shifts of a vehicle on a service day, by begin. Templates whose vehicle is unknown give none.
std::vector<Shift> ShiftsOn(const Settings& settings, const VehicleId& vehicle, absl::CivilDay day);

}  // namespace stadtmesh::buergerbus

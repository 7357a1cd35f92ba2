// The names of things. Ids are made outside (IdSource) and passed in with the command; the domain
// only compares them.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "base/ids.h"
#include "base/time.h"

namespace stadtmesh::buergerbus {

using BookingId = Id<struct BookingTag>;  // one act of booking: one ride, or out and back
using CallId = Id<struct CallTag>;        // an entry of the call list
using DriverId =
    Id<struct DriverTag>;  // the driver's subject alias or the town's own number, never a name
using FareCategoryId = Id<struct FareCategoryTag>;
using RideId = Id<struct RideTag>;  // one leg: once in, once out
using RiderCardId = Id<struct RiderCardTag>;
using ShiftId = Id<struct ShiftTag>;  // of the shift's template in the settings, e.g. "morning-1"
using StopId = Id<struct StopTag>;
using VehicleId = Id<struct VehicleTag>;

// A tour is what one vehicle does on one service day (which may reach past midnight).
struct TourId {
  VehicleId vehicle;
  absl::CivilDay day;
  bool operator==(const TourId&) const = default;
  bool operator<(const TourId& other) const {
    return day != other.day ? day < other.day : vehicle < other.vehicle;
  }
  // "bus-1_2026-11-21": the key and the event aggregate of the tour.
  std::string ToString() const { return vehicle.value() + "_" + FormatDay(day); }
};

}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/shift.h"

#include <algorithm>

#include "base/time.h"
#include "buergerbus/domain/settings.h"

namespace stadtmesh::buergerbus {
namespace {

Shift MakeShift(const ShiftTemplate& from, const Vehicle& vehicle, absl::CivilDay day) {
  Shift shift{.id = from.id,
              .driver = from.driver,
              .begin = BerlinTime(day, from.begin),
              .end = BerlinTime(day, from.end),
              .depot = vehicle.depot};
  for (const BreakTemplate& pause : from.breaks) {
    shift.breaks.push_back(
        {BerlinTime(day, pause.earliest_start), BerlinTime(day, pause.latest_start), pause.length});
  }
  return shift;
}

}  // namespace

std::vector<Shift> ShiftsOn(const Settings& settings, const VehicleId& id, absl::CivilDay day) {
  std::vector<Shift> shifts;
  const Vehicle* vehicle = FindVehicle(settings, id);
  if (vehicle == nullptr) return shifts;
  for (const ShiftTemplate& shift : settings.shifts) {
    if (shift.vehicle == id && shift.days.Matches(settings.calendar, day))
      shifts.push_back(MakeShift(shift, *vehicle, day));
  }
  std::sort(shifts.begin(), shifts.end(),
            [](const Shift& a, const Shift& b) { return a.begin < b.begin; });
  return shifts;
}

}  // namespace stadtmesh::buergerbus

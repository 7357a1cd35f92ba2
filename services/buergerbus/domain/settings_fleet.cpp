// The part of ValidateSettings that is about who drives, in what, and when.
#include <algorithm>
#include <set>

#include "buergerbus/domain/area.h"
#include "buergerbus/domain/settings_findings.h"
#include "buergerbus/domain/vehicle.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr double kFarthestDepotMetres = 20'000;  // from the area: a garage in the next town

void CheckVehicles(const Settings& settings, Findings& found) {
  if (settings.vehicles.empty()) found.Add("vehicles", FieldReason::kRequired);
  found.Count("vehicles", settings.vehicles.size(), kMostVehicles);
  std::set<VehicleId> seen;
  for (size_t i = 0; i < settings.vehicles.size(); ++i) {
    const Vehicle& vehicle = settings.vehicles[i];
    const std::string field = At("vehicles", i);
    found.NewId(field + ".id", vehicle.id, seen);
    found.Name(field + ".name", vehicle.name);
    found.Text(field + ".plate", vehicle.plate, kLongestPlate);
    if (!IsValid(vehicle.depot)) {
      found.Add(field + ".depot", FieldReason::kOutOfRange, std::string(kDegrees));
    } else if (!settings.area.empty() &&
               MetresFrom(settings.area, vehicle.depot) > kFarthestDepotMetres) {
      found.Add(field + ".depot", FieldReason::kOutsideArea,
                absl::StrCat(kFarthestDepotMetres / 1000, " km"));
    }
    if (vehicle.layouts.empty()) found.Add(field + ".layouts", FieldReason::kRequired);
    found.Count(field + ".layouts", vehicle.layouts.size(), kMostLayouts);
    for (size_t k = 0; k < vehicle.layouts.size(); ++k) {
      const std::string layout = At(field + ".layouts", k);
      found.Range(layout + ".seats", vehicle.layouts[k].seats, 0, 60);
      found.Range(layout + ".wheelchair_places", vehicle.layouts[k].wheelchair_places, 0, 16);
      found.Range(layout + ".storage_places", vehicle.layouts[k].storage_places, 0, 16);
      if (vehicle.layouts[k].seats + vehicle.layouts[k].wheelchair_places < 1)
        found.Add(layout, FieldReason::kRequired);
    }
  }
}

void CheckBreaks(const std::string& field, const ShiftTemplate& shift, Findings& found) {
  for (size_t k = 0; k < shift.breaks.size(); ++k) {
    const BreakTemplate& pause = shift.breaks[k];
    const std::string at = At(field + ".breaks", k);
    found.Range(at + ".length", pause.length, absl::Minutes(5), absl::Hours(4));
    if (pause.latest_start < pause.earliest_start)
      found.Add(at + ".latest_start", FieldReason::kConflict, "earliest_start");
    if (pause.earliest_start < shift.begin)
      found.Add(at + ".earliest_start", FieldReason::kConflict, "begin");
    if (pause.latest_start + pause.length > shift.end)
      found.Add(at + ".latest_start", FieldReason::kConflict, "end");
    if (k > 0 &&
        pause.earliest_start < shift.breaks[k - 1].latest_start + shift.breaks[k - 1].length) {
      found.Add(at + ".earliest_start", FieldReason::kConflict, At("breaks", k - 1));
    }
  }
}

bool ShareADay(const DayRule& a, const DayRule& b) {
  const auto share = [](const auto& x, const auto& y) {
    return std::any_of(x.begin(), x.end(), [&](const auto& value) { return y.count(value) > 0; });
  };
  return share(a.weekdays, b.weekdays) && share(a.kinds, b.kinds);
}

// Whether a day of `b` may follow one of `a`. Of what kind it is the calendar says, and that
// changes.
bool MayFollow(const DayRule& a, const DayRule& b) {
  return std::any_of(a.weekdays.begin(), a.weekdays.end(), [&](absl::Weekday day) {
    return b.weekdays.count(static_cast<absl::Weekday>((static_cast<int>(day) + 1) % 7)) > 0;
  });
}

bool Overlap(const ShiftTemplate& a, const ShiftTemplate& b) {
  const bool by_day =
      a.id != b.id && ShareADay(a.days, b.days) && a.begin < b.end && b.begin < a.end;
  const bool by_night = MayFollow(a.days, b.days) && b.begin + absl::Hours(24) < a.end;
  return by_day || by_night;
}

// A vehicle is driven by one driver at a time; a shift may reach into the next morning.
void CheckOverlap(const Settings& settings, size_t i, Findings& found) {
  const ShiftTemplate& shift = settings.shifts[i];
  for (size_t k = 0; k <= i; ++k) {
    const ShiftTemplate& other = settings.shifts[k];
    if (other.vehicle == shift.vehicle && (Overlap(other, shift) || Overlap(shift, other)))
      found.Add(At("shifts", i) + ".begin", FieldReason::kConflict, At("shifts", k));
  }
}

void CheckShifts(const Settings& settings, Findings& found) {
  found.Count("shifts", settings.shifts.size(), kMostShifts);
  std::set<ShiftId> seen;
  for (size_t i = 0; i < settings.shifts.size(); ++i) {
    const ShiftTemplate& shift = settings.shifts[i];
    const std::string field = At("shifts", i);
    found.NewId(field + ".id", shift.id, seen);
    if (FindVehicle(settings, shift.vehicle) == nullptr)
      found.Add(field + ".vehicle", FieldReason::kUnknownValue);
    CheckDays(field + ".days", shift.days, found);
    found.Range(field + ".begin", shift.begin, absl::ZeroDuration(), kLatestTimeOfDay);
    found.Range(field + ".end", shift.end, absl::ZeroDuration(), kLatestTimeOfDay);
    if (shift.end <= shift.begin) found.Add(field + ".end", FieldReason::kConflict, "begin");
    CheckBreaks(field, shift, found);
    CheckOverlap(settings, i, found);
  }
}

}  // namespace

void CheckFleet(const Settings& settings, Findings& found) {
  CheckVehicles(settings, found);
  CheckShifts(settings, found);
}

}  // namespace stadtmesh::buergerbus

// The part of ValidateSettings that asks whether anybody could ever ride.
#include "absl/strings/str_cat.h"
#include "buergerbus/domain/settings_findings.h"

namespace stadtmesh::buergerbus {
namespace {

// So many ends of a ride must be stops, hence so many stops there must be.
size_t StopsOfARide(TripMode mode) {
  switch (mode) {
    case TripMode::kStopToStop:
      return 2;
    case TripMode::kDoorToStop:
      return 1;
    case TripMode::kDoorToDoor:
      return 0;
  }
  return 0;
}

void CheckStopsSuffice(const Settings& settings, Findings& found) {
  const size_t least = StopsOfARide(settings.rules.trip_mode);
  if (settings.stops.size() < least)
    found.Add("stops", FieldReason::kOutOfRange, absl::StrCat(least, "..", kMostStops));
}

}  // namespace

void CheckUse(const Settings& settings, Findings& found) {
  CheckStopsSuffice(settings, found);
}

}  // namespace stadtmesh::buergerbus

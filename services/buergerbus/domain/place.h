// Where riders get on and off, and what the authority allows there (§ 44 PBefG).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

// The approval of the authority; without `granted` the place may not be served.
struct Approval {
  bool granted = false;
  std::string reference;                     // file number
  std::optional<absl::CivilDay> valid_from;  // both days included; open where absent
  std::optional<absl::CivilDay> valid_until;
  bool HoldsOn(absl::CivilDay day) const;
  bool operator==(const Approval&) const = default;
};

struct Stop {
  StopId id;
  std::string name;
  LatLon location;
  Approval approval;
  bool step_free = true;  // a wheelchair can be boarded here
  bool operator==(const Stop&) const = default;
};

// An end of a trip: a stop of the settings, or a door.
struct Place {
  std::optional<StopId> stop;  // absent: a door
  LatLon location;             // of the door; filled from the settings for a stop
  std::string label;  // the address as the rider knows it; personal, never in events or logs
  bool is_door() const { return !stop.has_value(); }
  bool operator==(const Place&) const = default;
};

enum class TripMode {
  kStopToStop,
  kDoorToStop,  // one end at least is a stop
  kDoorToDoor,
};

// A stop that is closed for a while (a building site, the fair).
struct StopBlock {
  StopId stop;
  TimeWindow span;
  bool operator==(const StopBlock&) const = default;
};

bool IsBlocked(const std::vector<StopBlock>& blocks, const StopId& stop, const TimeWindow& when);

// Whether this refuses a place, whatever the time: other stops help, other times do not.
bool IsAboutAPlace(Reason reason);

}  // namespace stadtmesh::buergerbus

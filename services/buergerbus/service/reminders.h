// Calls that riders get before a ride, when their card says that they want to.
#pragma once

#include "absl/status/status.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Within the unit of work that books or changes a ride, or ends it. A ride of a rider card has one
// reminder; scheduling it again moves it. Whether the rider wants it the card says when it is due.
void ScheduleReminder(UnitOfWork& unit, const Settings& settings, const Ride& ride);
void DropReminder(UnitOfWork& unit, const Ride& ride);

// Thread-safe.
class ReminderService {
 public:
  explicit ReminderService(Core* core) : core_(core) {}

  // The task: puts the rider on the call list if the ride still stands and the card wants that.
  absl::Status Remind(const Command& command, const RideId& ride);

 private:
  Core* core_;
};

inline constexpr absl::string_view kRemindTask = "remind";  // payload: the ride's id

}  // namespace stadtmesh::buergerbus

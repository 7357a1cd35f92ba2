#include "buergerbus/service/reminders.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/service/calls.h"

namespace stadtmesh::buergerbus {
namespace {

std::string TaskOf(const RideId& ride) { return absl::StrCat("remind:", ride.value()); }

}  // namespace

void ScheduleReminder(UnitOfWork& unit, const Settings& settings, const Ride& ride) {
  if (!ride.customer.card) return;
  const std::optional<absl::Time> at =
      RemindAt(settings.reminders, ride.promise.pickup.begin, unit.now());
  if (at) {
    unit.Later(TaskOf(ride.id), *at, std::string(kRemindTask), ride.id.value());
  } else {
    DropReminder(unit, ride);
  }
}

void DropReminder(UnitOfWork& unit, const Ride& ride) {
  if (ride.customer.card) unit.CancelLater(TaskOf(ride.id));
}

absl::Status ReminderService::Remind(const Command& command, const RideId& id) {
  const auto remind = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const Stored<Ride> ride, unit.Read<Ride>(keys::Ride(id)));
    const bool stands = ride.value && ride.value->state == RideState::kBooked &&
                        unit.now() < ride.value->promise.pickup.end;
    if (!stands || !ride.value->customer.card) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Stored<RiderCard> card,
                     unit.Read<RiderCard>(keys::Card(*ride.value->customer.card)));
    unit.RelyOn(card);  // what the rider says now counts, not what they said when they booked
    return card.value && card.value->remind ? ListCall(unit, *ride.value, CallReason::kReminder)
                                            : absl::OkStatus();
  };
  return core_->executor.Run(command, keys::Ride(id), remind).status();
}

}  // namespace stadtmesh::buergerbus

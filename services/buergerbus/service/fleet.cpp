#include "buergerbus/service/fleet.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus {
namespace {

// The service days that a span may touch and that may hold rides already.
std::vector<absl::CivilDay> DaysOf(const Settings& settings, const TimeWindow& span, absl::Time now) {
  const absl::CivilDay today = BerlinDay(now);
  const absl::CivilDay last = std::min(span.end == absl::InfiniteFuture() ? absl::CivilDay::max() : BerlinDay(span.end),
                                       today + settings.rules.days_ahead + 1);
  std::vector<absl::CivilDay> days;
  // A service day may reach past midnight, so the day before the span counts too.
  for (absl::CivilDay day = std::max(BerlinDay(span.begin) - 1, today - 1); day <= last; ++day) days.push_back(day);
  return days;
}

bool Overlaps(const Tour& tour, const TimeWindow& span) {
  return std::any_of(tour.shifts.begin(), tour.shifts.end(),
                     [&](const Shift& shift) { return shift.begin < span.end && span.begin < shift.end; });
}

absl::Status Affect(UnitOfWork& unit, const Settings& settings, const RideId& id, Reason reason, CallReason call) {
  ASSIGN_OR_RETURN(Stored<Ride> ride, unit.Read<Ride>(keys::Ride(id)));
  ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.value, MarkAffected{reason}, settings.rules, unit.now()));
  const bool promised = decision.state.state == RideState::kAffected;  // a mere hold is lost without a word
  unit.Save(ride, std::move(decision));
  unit.receipt.affected.push_back(id);
  return promised ? ListCall(unit, *ride.value, call) : absl::OkStatus();
}

}  // namespace

absl::Status FleetService::Replan(UnitOfWork& unit, const Settings& settings, const VehicleId& vehicle, const TimeWindow& span,
                                  absl::CivilDay service_day) {
  ASSIGN_OR_RETURN(Day day, unit.ReadDay(settings, service_day));
  Stored<Tour>* tour = day.FindTour({vehicle, service_day});
  if (tour == nullptr || !Overlaps(*tour->value, span)) return absl::OkStatus();
  const std::vector<DroppedRide> dropped = RidesDroppedBy(*tour->value, span.begin);
  ASSIGN_OR_RETURN(Decision<Tour> decision, Decide(*tour->value, TakeVehicleOut{span.begin}, settings.rules, unit.now()));
  unit.Save(*tour, std::move(decision));
  for (Tour& planned : day.plan.tours) {
    if (planned.id == tour->value->id) planned = *tour->value;
  }
  day.plan.outages[vehicle].push_back(span);

  std::vector<Assignment> homeless;
  for (const DroppedRide& ride : dropped) {
    if (!ride.aboard) homeless.push_back(ride.assignment);
  }
  Replanning replanning;
  if (!homeless.empty()) {
    ASSIGN_OR_RETURN(replanning, core_->planner->Replan(settings, day.plan, homeless, unit.now()));
  }
  for (const TourPlan& plan : replanning.plans) RETURN_IF_ERROR(Adopt(unit, settings, day, plan, {}));
  for (const DroppedRide& each : dropped) {
    const RideId& id = each.assignment.ride;
    const auto placed = replanning.placed.find(id);
    if (placed == replanning.placed.end()) {
      RETURN_IF_ERROR(Affect(unit, settings, id, Reason::kVehicleOut,
                             each.aboard ? CallReason::kStrandedAboard : CallReason::kRideAffected));
      continue;
    }
    ASSIGN_OR_RETURN(Stored<Ride> ride, unit.Read<Ride>(keys::Ride(id)));
    ASSIGN_OR_RETURN(Decision<Ride> moved, Decide(ride.value, MoveRide{placed->second}, settings.rules, unit.now()));
    unit.Save(ride, std::move(moved));
    unit.receipt.rides.push_back(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<Receipt> FleetService::TakeOut(const Command& command, const VehicleId& vehicle, const TimeWindow& span) {
  return core_->executor.Run(command, QueueOf(BerlinDay(span.begin)), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (FindVehicle(*settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
    ASSIGN_OR_RETURN(Stored<VehicleStatus> status, unit.Read<VehicleStatus>(keys::Vehicle(vehicle)));
    ASSIGN_OR_RETURN(Decision<VehicleStatus> decision,
                     Decide(status.value.value_or(VehicleStatus{vehicle, {}}), buergerbus::TakeOut{span}, unit.now()));
    unit.Save(status, std::move(decision));
    for (absl::CivilDay day : DaysOf(*settings, span, unit.now())) {
      RETURN_IF_ERROR(Replan(unit, *settings, vehicle, span, day));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> FleetService::Return(const Command& command, const VehicleId& vehicle, absl::Time from) {
  return core_->executor.Run(command, QueueOf(BerlinDay(from)), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (FindVehicle(*settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
    ASSIGN_OR_RETURN(Stored<VehicleStatus> status, unit.Read<VehicleStatus>(keys::Vehicle(vehicle)));
    ASSIGN_OR_RETURN(Decision<VehicleStatus> decision,
                     Decide(status.value.value_or(VehicleStatus{vehicle, {}}), PutBack{from}, unit.now()));
    unit.Save(status, std::move(decision));
    for (absl::CivilDay day : DaysOf(*settings, {from, absl::InfiniteFuture()}, unit.now())) {
      ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(keys::Tour({vehicle, day})));
      if (!tour.value || !tour.value->out_from) continue;
      ASSIGN_OR_RETURN(Decision<Tour> back, Decide(*tour.value, ReturnVehicle{}, settings->rules, unit.now()));
      unit.Save(tour, std::move(back));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> FleetService::BlockStop(const Command& command, const StopId& stop, const TimeWindow& span) {
  return core_->executor.Run(command, QueueOf(BerlinDay(span.begin)), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (FindStop(*settings, stop) == nullptr) return Refuse(Reason::kStopUnknown);
    ASSIGN_OR_RETURN(Stored<StopStatus> status, unit.Read<StopStatus>(keys::Stop(stop)));
    ASSIGN_OR_RETURN(Decision<StopStatus> decision,
                     Decide(status.value.value_or(StopStatus{stop, {}}), buergerbus::BlockStop{span}, unit.now()));
    unit.Save(status, std::move(decision));
    for (absl::CivilDay service_day : DaysOf(*settings, span, unit.now())) {
      ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
      for (Stored<Tour>& tour : day.tours) {
        for (const RideId& ride : RidesUsing(*tour.value, {stop, span})) {
          RETURN_IF_ERROR(FreePlace(unit, *settings, tour, ride));
          RETURN_IF_ERROR(Affect(unit, *settings, ride, Reason::kStopBlocked, CallReason::kRideAffected));
        }
      }
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> FleetService::UnblockStop(const Command& command, const StopId& stop) {
  return core_->executor.Run(command, keys::Stop(stop), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<StopStatus> status, unit.Read<StopStatus>(keys::Stop(stop)));
    if (!status.value) return Refuse(Reason::kStopNotBlocked);
    ASSIGN_OR_RETURN(Decision<StopStatus> decision, Decide(*status.value, ReopenStop{unit.now()}, unit.now()));
    unit.Save(status, std::move(decision));
    return absl::OkStatus();
  });
}

}  // namespace stadtmesh::buergerbus

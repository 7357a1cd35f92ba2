#include "buergerbus/service/fleet.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/affected.h"

namespace stadtmesh::buergerbus {
namespace {

// Receipt::count of a vehicle that is empty, and whose rides are still to be planned again.
constexpr int kReviewFollows = 1;

// The service days that a span may touch and that may hold rides already.
std::vector<absl::CivilDay> DaysOf(const Settings& settings, const TimeWindow& span,
                                   absl::Time now) {
  const absl::CivilDay today = BerlinDay(now);
  const absl::CivilDay last =
      std::min(span.end == absl::InfiniteFuture() ? absl::CivilDay::max() : BerlinDay(span.end),
               today + settings.rules.days_ahead + 1);
  std::vector<absl::CivilDay> days;
  // A service day may reach past midnight, so the day before the span counts too.
  for (absl::CivilDay day = std::max(BerlinDay(span.begin) - 1, today - 1); day <= last; ++day)
    days.push_back(day);
  return days;
}

bool Overlaps(const Tour& tour, const TimeWindow& span) {
  return std::any_of(tour.shifts.begin(), tour.shifts.end(), [&](const Shift& shift) {
    return shift.begin < span.end && span.begin < shift.end;
  });
}

// One of the settings, or one that left them while it was on the road.
absl::StatusOr<bool> IsKnown(UnitOfWork& unit, const Settings& settings, const VehicleId& vehicle,
                             const std::vector<absl::CivilDay>& days) {
  if (FindVehicle(settings, vehicle) != nullptr) return true;
  for (const absl::CivilDay day : days) {
    ASSIGN_OR_RETURN(const Day planned, unit.ReadDay(settings, day));
    if (planned.plan.leaving.count(vehicle) > 0) return true;
  }
  return false;
}

}  // namespace

// The vehicle leaves its tour of that day. Who is on board is stranded; everybody else is planned
// again, or found by the review, because no tour holds them any more.
absl::Status FleetService::Empty(UnitOfWork& unit, const Settings& settings,
                                 const VehicleId& vehicle, const TimeWindow& span,
                                 absl::CivilDay service_day, bool at_once) {
  ASSIGN_OR_RETURN(Day day, unit.ReadDay(settings, service_day));
  Stored<Tour>* tour = day.FindTour({vehicle, service_day});
  if (tour == nullptr || !Overlaps(*tour->value, span)) return absl::OkStatus();
  const std::vector<DroppedRide> dropped = RidesDroppedBy(*tour->value, span, unit.now());
  ASSIGN_OR_RETURN(Decision<Tour> decision,
                   Decide(*tour->value, TakeVehicleOut{span}, settings.rules, unit.now()));
  unit.Save(*tour, std::move(decision));
  Keep(day, *tour->value);
  std::vector<std::string> ride_keys;
  for (const DroppedRide& each : dropped) ride_keys.push_back(keys::Ride(each.assignment.ride));
  ASSIGN_OR_RETURN(
      std::vector<Stored<Ride>> rides,
      unit.repository().ReadAll<Ride>(unit.tenant(), ride_keys, unit.command().deadline));
  std::vector<Stored<Ride>> waiting;
  for (size_t i = 0; i < dropped.size(); ++i) {
    if (!rides[i].value) continue;
    if (dropped[i].aboard) {
      RETURN_IF_ERROR(LosePlace(unit, settings, std::move(rides[i]), Reason::kVehicleOut,
                                CallReason::kStrandedAboard));
    } else {
      waiting.push_back(std::move(rides[i]));
    }
  }
  if (!at_once) return absl::OkStatus();
  const absl::Status placed = FindPlaces(unit, settings, *core_->planner, day, std::move(waiting));
  // A plan that a tour refuses must not keep the vehicle in service.
  return ReasonOf(placed) ? NotInOneTransaction() : placed;
}

absl::Status FleetService::Decommission(UnitOfWork& unit, const VehicleId& vehicle,
                                        const TimeWindow& span, bool at_once) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
  const std::vector<absl::CivilDay> days = DaysOf(*settings, span, unit.now());
  ASSIGN_OR_RETURN(const bool known, IsKnown(unit, *settings, vehicle, days));
  if (!known) return Refuse(Reason::kVehicleUnknown);
  ASSIGN_OR_RETURN(Stored<VehicleStatus> status, unit.Read<VehicleStatus>(keys::Vehicle(vehicle)));
  ASSIGN_OR_RETURN(Decision<VehicleStatus> decision,
                   Decide(status.value.value_or(VehicleStatus{vehicle, {}}),
                          buergerbus::TakeOut{span}, unit.now()));
  unit.Save(status, std::move(decision));
  for (const absl::CivilDay day : days) {
    RETURN_IF_ERROR(Empty(unit, *settings, vehicle, span, day, at_once));
  }
  if (at_once) return unit.Fits() ? absl::OkStatus() : NotInOneTransaction();
  unit.receipt.count = kReviewFollows;
  ReviewLater(unit, unit.now() + kTakenOver, Whom::kDisplaced);
  return absl::OkStatus();
}

absl::StatusOr<Receipt> FleetService::TakeOut(const Command& command, const VehicleId& vehicle,
                                              const TimeWindow& span) {
  const auto decommission = [&](bool at_once) {
    return core_->executor.Run(command, QueueOf(BerlinDay(span.begin)), [&](UnitOfWork& unit) {
      return Decommission(unit, vehicle, span, at_once);
    });
  };
  absl::StatusOr<Receipt> receipt = decommission(true);
  if (absl::IsResourceExhausted(receipt.status())) receipt = decommission(false);
  if (!receipt.ok() || receipt->count != kReviewFollows) return receipt;
  ASSIGN_OR_RETURN(const Receipt review, review_->Run(command, span, Whom::kDisplaced));
  receipt->rides = review.rides;
  receipt->affected.insert(receipt->affected.end(), review.affected.begin(), review.affected.end());
  return receipt;
}

absl::StatusOr<Receipt> FleetService::Return(const Command& command, const VehicleId& vehicle,
                                             absl::Time from) {
  const auto put_back = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (FindVehicle(*settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
    ASSIGN_OR_RETURN(Stored<VehicleStatus> status,
                     unit.Read<VehicleStatus>(keys::Vehicle(vehicle)));
    ASSIGN_OR_RETURN(
        Decision<VehicleStatus> decision,
        Decide(status.value.value_or(VehicleStatus{vehicle, {}}), PutBack{from}, unit.now()));
    unit.Save(status, std::move(decision));
    for (absl::CivilDay day : DaysOf(*settings, {from, absl::InfiniteFuture()}, unit.now())) {
      ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(keys::Tour({vehicle, day})));
      if (!tour.value) continue;
      ASSIGN_OR_RETURN(
          Decision<Tour> back,
          Decide(*tour.value, ReturnVehicle{status.value->outages}, settings->rules, unit.now()));
      unit.Save(tour, std::move(back));
    }
    ReviewLater(unit, unit.now() + kTakenOver, Whom::kAffectedToo);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(core_->executor.Run(command, QueueOf(BerlinDay(from)), put_back).status());
  return review_->Run(command, {from, absl::InfiniteFuture()}, Whom::kAffectedToo);
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/service/tours.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/area.h"
#include "buergerbus/domain/cash_sheet.h"
#include "buergerbus/service/calls.h"
#include "buergerbus/service/lateness.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kPositionLife = absl::Hours(1);

DriverId DriverOf(const Command& command) { return DriverId(command.principal.alias); }

DriverId DriverOf(const Tour& tour, const ShiftId& shift) {
  for (const Shift& each : tour.shifts) {
    if (each.id == shift) return each.driver;
  }
  return {};
}

// The stored sheet of a shift, or a new one.
absl::StatusOr<Stored<CashSheet>> ReadSheet(UnitOfWork& unit, const Tour& tour,
                                            const ShiftId& shift) {
  ASSIGN_OR_RETURN(Stored<CashSheet> sheet, unit.Read<CashSheet>(keys::Cash(tour.id, shift)));
  if (!sheet.value)
    sheet.value = CashSheet{.tour = tour.id, .shift = shift, .driver = DriverOf(tour, shift)};
  return sheet;
}

bool HasEnded(const Tour& tour, const ShiftId& id) {
  return std::any_of(tour.shifts.begin(), tour.shifts.end(), [&](const Shift& shift) {
    return shift.id == id && shift.state == ShiftState::kEnded;
  });
}

constexpr int kDaysAhead = 366;  // rosters are made long before rides can be booked
constexpr double kFarthestVehicleMetres = 50'000;  // from the area: a garage, a charter

// Nobody is given a shift that is over, nor one that nobody can know yet.
absl::Status CheckShiftTime(const Tour& tour, const ShiftId& id, absl::Time now) {
  const absl::CivilDay latest = BerlinDay(now) + kDaysAhead;
  if (tour.id.day > latest) return Refuse(Reason::kTooFarAhead, {{"latest", FormatDay(latest)}});
  for (const Shift& shift : tour.shifts) {
    if (shift.id == id && shift.state == ShiftState::kPlanned && shift.end < now)
      return Refuse(Reason::kInPast);
  }
  return absl::OkStatus();
}

// Until when the bus may wait for the party of this ride; without an answer of the planner, as long
// as the rules say.
absl::StatusOr<absl::Time> LeaveBy(const Planner& planner, const Settings& settings,
                                   const PlanningDay& day, const Ride& ride, absl::Time now) {
  const auto latest = planner.LeaveBy(settings, day, *ride.tour, now);
  if (absl::IsUnavailable(latest.status())) return absl::InfiniteFuture();
  RETURN_IF_ERROR(latest.status());
  const auto found = latest->find(ride.id);
  return found == latest->end() ? absl::InfiniteFuture() : found->second;
}

}  // namespace

absl::StatusOr<Receipt> TourService::ChangeTour(const Command& command, const TourId& id,
                                                const TourCommand& change) {
  return core_->executor.Run(command, QueueOf(id.day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(Stored<Tour> tour, unit.FindTour(id));
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour.value, change, settings->rules, unit.now()));
    unit.Save(tour, std::move(decision));
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> TourService::ChangeOrOpen(const Command& command, const TourId& id,
                                                  const ShiftId& shift, const TourCommand& change) {
  return core_->executor.Run(command, QueueOf(id.day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(keys::Tour(id)));
    if (!tour.value) {
      if (ShiftsOn(*settings, id.vehicle, id.day).empty()) return Refuse(Reason::kTourNotFound);
      ASSIGN_OR_RETURN(const Stored<VehicleStatus> status,
                       unit.Read<VehicleStatus>(keys::Vehicle(id.vehicle)));
      ASSIGN_OR_RETURN(tour.value, OpenTour(*settings, id.vehicle, id.day, OutagesOf(status)));
    }
    RETURN_IF_ERROR(CheckShiftTime(*tour.value, shift, unit.now()));
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour.value, change, settings->rules, unit.now()));
    unit.Save(tour, std::move(decision));
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> TourService::StartShift(const Command& command, const TourId& tour,
                                                const ShiftId& shift) {
  return ChangeOrOpen(command, tour, shift, buergerbus::StartShift{shift, DriverOf(command)});
}

absl::StatusOr<Receipt> TourService::AssignShift(const Command& command, const TourId& tour,
                                                 const ShiftId& shift, const DriverId& driver) {
  return ChangeOrOpen(command, tour, shift, AssignDriver{shift, driver});
}

absl::StatusOr<Receipt> TourService::EndShift(const Command& command, const TourId& id,
                                              const ShiftId& shift, Money counted) {
  return core_->executor.Run(command, QueueOf(id.day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(Stored<Tour> tour, unit.FindTour(id));
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour.value, buergerbus::EndShift{shift, DriverOf(command)},
                            settings->rules, unit.now()));
    unit.Save(tour, std::move(decision));
    if (!HasEnded(*tour.value, shift)) return absl::OkStatus();  // it was started by mistake
    ASSIGN_OR_RETURN(Stored<CashSheet> sheet, ReadSheet(unit, *tour.value, shift));
    CashSheet counting = *sheet.value;
    // Who hands the money in, also where somebody else has taken the first of it.
    if (!counting.closed_at) counting.driver = DriverOf(*tour.value, shift);
    ASSIGN_OR_RETURN(Decision<CashSheet> closed, Decide(counting, CloseSheet{counted}, unit.now()));
    unit.Save(sheet, std::move(closed));
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> TourService::ReportArrival(const Command& command, const TourId& tour,
                                                   VisitKind kind, const RideId& ride) {
  return ChangeTour(command, tour, ArriveAt{DriverOf(command), kind, ride});
}

absl::StatusOr<Receipt> TourService::TakeBreak(const Command& command, const TourId& tour) {
  return ChangeTour(command, tour, buergerbus::TakeBreak{DriverOf(command)});
}

absl::StatusOr<Receipt> TourService::ReportDelay(const Command& command, const TourId& id,
                                                 absl::Duration delay) {
  return core_->executor.Run(command, QueueOf(id.day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    RETURN_IF_ERROR(unit.FindTour(id).status());  // the caller's?
    ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, id.day));
    Stored<Tour>* tour = day.FindTour(id);
    if (tour == nullptr) return Refuse(Reason::kTourNotFound);
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour->value, buergerbus::ReportDelay{DriverOf(command), delay},
                            settings->rules, unit.now()));
    if (decision.events.empty()) return absl::OkStatus();
    unit.Save(*tour, std::move(decision));
    return PlanOnward(unit, *settings, day, *tour);
  });
}

absl::Status TourService::PlanOnward(UnitOfWork& unit, const Settings& settings, Day& day,
                                     Stored<Tour>& tour) {
  Keep(day, *tour.value);
  absl::StatusOr<TourPlan> plan =
      core_->planner->Reschedule(settings, day.plan, tour.value->id, {}, unit.now());
  if (absl::IsUnavailable(plan.status())) return plan.status();
  // What the driver says is a fact also where no better plan follows from it.
  if (plan.ok()) (void)Adopt(unit, settings, day, *plan, {});
  return TellRiders(unit, settings, tour);
}

absl::StatusOr<Receipt> TourService::ReportPosition(const Command& command, const TourId& id,
                                                    const LatLon& location, absl::Time at) {
  const absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(command.AsQuery());
  if (entry.ok() && MetresFrom(entry->settings->area, location) > kFarthestVehicleMetres)
    return InvalidField("location", FieldReason::kOutsideArea,
                        absl::StrCat(kFarthestVehicleMetres / 1000, " km"));
  return core_->executor.Run(command, keys::Position(id.vehicle),
                             [&](UnitOfWork& unit) -> absl::Status {
                               RETURN_IF_ERROR(unit.FindTour(id).status());
                               ASSIGN_OR_RETURN(Stored<Position> position,
                                                unit.Read<Position>(keys::Position(id.vehicle)));
                               if (position.value && position.value->at >= at)
                                 return absl::OkStatus();  // overtaken
                               unit.Put(position, Position{id, location, at}, kPositionLife);
                               unit.Publish({PositionReported{id, location, at}});
                               return absl::OkStatus();
                             });
}

absl::StatusOr<Receipt> TourService::ChangeBoth(
    const Command& command, const RideId& id,
    const std::function<absl::StatusOr<std::pair<TourCommand, RideCommand>>(
        const Ride&, const Tour&, absl::Time)>& choose) {
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> guarded,
                   core_->repository.FindRide(command.tenant(), id, command.deadline));
  ASSIGN_OR_RETURN(const RideOnTour peeked, std::move(guarded).For(command.principal));
  const absl::CivilDay day =
      peeked.ride.value->tour ? peeked.ride.value->tour->day : absl::CivilDay();
  return core_->executor.Run(command, QueueOf(day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour found, unit.FindRide(id));
    if (!found.tour || !found.tour->value) return Refuse(Reason::kRideNotOnTour);
    ASSIGN_OR_RETURN(const auto commands,
                     choose(*found.ride.value, *found.tour->value, unit.now()));
    ASSIGN_OR_RETURN(Decision<Tour> tour,
                     Decide(*found.tour->value, commands.first, settings->rules, unit.now()));
    ASSIGN_OR_RETURN(Decision<Ride> ride,
                     Decide(found.ride.value, commands.second, settings->rules, unit.now()));
    unit.Save(*found.tour, std::move(tour));
    RETURN_IF_ERROR(SaveRide(unit, found.ride, std::move(ride)));
    unit.receipt.rides = {id};
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> TourService::ReportBoarding(const Command& command, const RideId& id) {
  absl::StatusOr<Receipt> receipt = ChangeBoth(
      command, id,
      [&](const Ride&, const Tour&,
          absl::Time now) -> absl::StatusOr<std::pair<TourCommand, RideCommand>> {
        return std::make_pair(TourCommand(ServeVisit{DriverOf(command), VisitKind::kPickup, id}),
                              RideCommand(BoardRide{now}));
      });
  return receipt;
}

absl::StatusOr<Receipt> TourService::ReportAlighting(const Command& command, const RideId& id) {
  return ChangeBoth(command, id,
                    [&](const Ride&, const Tour&,
                        absl::Time now) -> absl::StatusOr<std::pair<TourCommand, RideCommand>> {
                      return std::make_pair(
                          TourCommand(ServeVisit{DriverOf(command), VisitKind::kDropoff, id}),
                          RideCommand(AlightRide{now}));
                    });
}

absl::StatusOr<Receipt> TourService::ReportNoShow(const Command& command, const RideId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> guarded,
                   core_->repository.FindRide(command.tenant(), id, command.deadline));
  ASSIGN_OR_RETURN(const RideOnTour peeked, std::move(guarded).For(command.principal));
  if (!peeked.ride.value->tour) return Refuse(Reason::kRideNotOnTour);
  const absl::CivilDay service_day = peeked.ride.value->tour->day;
  return core_->executor.Run(command, QueueOf(service_day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour found, unit.FindRide(id));
    ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
    Stored<Tour>* tour = found.ride.value->tour ? day.FindTour(*found.ride.value->tour) : nullptr;
    const int visit = tour == nullptr ? -1 : FindVisit(*tour->value, VisitKind::kPickup, id);
    if (visit < 0) return Refuse(Reason::kRideNotOnTour);
    const std::optional<absl::Time> arrived = tour->value->visits[visit].arrived_at;
    if (!arrived) return Refuse(Reason::kNotArrived);
    ASSIGN_OR_RETURN(Decision<Tour> skipped, Decide(*tour->value, SkipRide{DriverOf(command), id},
                                                    settings->rules, unit.now()));
    ASSIGN_OR_RETURN(const absl::Time leave_by,
                     LeaveBy(*core_->planner, *settings, day.plan, *found.ride.value, unit.now()));
    ASSIGN_OR_RETURN(
        Decision<Ride> ride,
        Decide(found.ride.value, RideCommand(buergerbus::ReportNoShow{*arrived, leave_by}),
               settings->rules, unit.now()));
    const bool reported_before = ride.events.empty();
    unit.Save(*tour, std::move(skipped));
    RETURN_IF_ERROR(SaveRide(unit, found.ride, std::move(ride)));
    unit.receipt.rides = {id};
    return reported_before ? absl::OkStatus() : PlanOnward(unit, *settings, day, *tour);
  });
}

absl::StatusOr<Receipt> TourService::TakeFare(const Command& command, const RideId& id,
                                              Payment payment, Money amount) {
  return core_->executor.Run(command, keys::Ride(id), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour found, unit.FindRide(id));
    if (!found.tour || !found.tour->value) return Refuse(Reason::kRideNotOnTour);
    const Tour& tour = *found.tour->value;
    const int visit = FindVisit(tour, VisitKind::kPickup, id);
    if (visit < 0) return Refuse(Reason::kRideNotOnTour);
    const Shift& shift = tour.shifts[tour.visits[visit].shift];
    if (shift.driver != DriverOf(command)) return Refuse(Reason::kNotYourShift);
    ASSIGN_OR_RETURN(Decision<Ride> ride,
                     Decide(found.ride.value, buergerbus::TakeFare{payment, amount},
                            settings->rules, unit.now()));
    unit.receipt.rides = {id};
    if (ride.events.empty()) return absl::OkStatus();  // said before, maybe in another vehicle
    ASSIGN_OR_RETURN(Stored<CashSheet> sheet, ReadSheet(unit, tour, shift.id));
    const std::optional<FareTaken>& before = found.ride.value->fare_taken;
    const RecordFare record{.ride = id,
                            .payment = payment,
                            .due = found.ride.value->fare.total,
                            .amount = amount,
                            .before = before ? before->amount : Money{}};
    ASSIGN_OR_RETURN(Decision<CashSheet> entry, Decide(*sheet.value, record, unit.now()));
    unit.Save(sheet, std::move(entry));
    RETURN_IF_ERROR(SaveRide(unit, found.ride, std::move(ride)));
    return absl::OkStatus();
  });
}

}  // namespace stadtmesh::buergerbus

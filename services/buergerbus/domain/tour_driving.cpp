#include "buergerbus/domain/tour_driving.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

// Brings the wanted visit to the front of those to do: stops are served in order, but people at one
// stop get on and off as they come.
absl::StatusOr<Tour> BringToFront(const Tour& tour, VisitKind kind, const RideId& ride,
                                  const DriverId& driver) {
  const int wanted = FindVisit(tour, kind, ride);
  if (wanted < 0) return Refuse(Reason::kRideNotOnTour);
  RETURN_IF_ERROR(CheckDriver(tour.shifts[tour.visits[wanted].shift], driver));
  const LatLon here = LocationOf(tour, tour.executed);
  for (int i = tour.executed; i <= wanted; ++i) {
    const Visit& visit = tour.visits[i];
    const bool own_pickup =
        kind == VisitKind::kDropoff && visit.kind == VisitKind::kPickup && visit.ride == ride;
    if (visit.kind == VisitKind::kBreak || own_pickup || visit.shift != tour.visits[wanted].shift ||
        !(LocationOf(tour, i) == here)) {
      return Refuse(Reason::kVisitNotNext);
    }
  }
  Tour next = tour;
  const auto first = next.visits.begin() + next.executed, last = next.visits.begin() + wanted;
  if (first != last)
    std::swap(first->drive, last->drive);  // the drive belongs to the first at the stop
  std::rotate(first, last, last + 1);
  return next;
}

VehicleArrived ArrivalOf(const Tour& tour, const Visit& visit, absl::Time now) {
  const Assignment& ride = *FindAssignment(tour, visit.ride);
  const bool pickup = visit.kind == VisitKind::kPickup;
  return {tour.id, visit.ride, pickup, pickup ? ride.origin_stop : ride.destination_stop, now};
}

// The visit at the front is done.
void Finish(Tour& tour, absl::Time now) {
  tour.visits[tour.executed].begun_at = now;
  ++tour.executed;
  ClearDelay(tour);
}

// When the vehicle leaves for the next visit of this shift, by the plan; now, where there is none.
absl::Time LeavesAt(const Tour& tour, int shift, absl::Time now) {
  const auto next = tour.visits.begin() + tour.executed;
  return next != tour.visits.end() && next->shift == shift ? next->leave_at() : now;
}

bool Done(const Tour& tour, VisitKind kind, const RideId& ride) {
  const int visit = FindVisit(tour, kind, ride);
  return visit >= 0 && visit < tour.executed;
}

// Got in, and the vehicle was taken out: where they get off is not planned any more. (Or nobody
// came: then the ride refuses.)
bool Stranded(const Tour& tour, const RideId& ride) {
  return Done(tour, VisitKind::kPickup, ride) && FindVisit(tour, VisitKind::kDropoff, ride) < 0;
}

// The next break of a driver who has nobody to drive: it stands in no plan.
std::optional<Visit> IdleBreak(const Tour& tour, absl::Time now) {
  for (int shift = 0; shift < static_cast<int>(tour.shifts.size()); ++shift) {
    if (tour.shifts[shift].state != ShiftState::kRunning || DrivesOn(tour, shift)) continue;
    for (const int index : BreaksOwed(tour, shift, now)) {
      if (FindBreak(tour, shift, index) >= 0) continue;
      return Visit{.kind = VisitKind::kBreak,
                   .shift = shift,
                   .break_index = index,
                   .arrival = now,
                   .begin = now,
                   .end = now + tour.shifts[shift].breaks[index].length};
    }
  }
  return std::nullopt;
}

}  // namespace

absl::Status CheckDriver(const Shift& shift, const DriverId& driver) {
  if (shift.state == ShiftState::kPlanned) return Refuse(Reason::kShiftNotStarted);
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (!driver.empty() && driver != shift.driver) return Refuse(Reason::kNotYourShift);
  return absl::OkStatus();
}

Decided<Tour> Drive(const Tour& tour, const ArriveAt& command, absl::Time now) {
  if (Done(tour, command.kind, command.ride)) return Unchanged(tour);
  ASSIGN_OR_RETURN(Tour next, BringToFront(tour, command.kind, command.ride, command.driver));
  Visit& visit = next.visits[next.executed];
  if (visit.arrived_at) return Unchanged(tour);
  visit.arrived_at = now;
  CountLoads(next);
  VehicleArrived event = ArrivalOf(next, visit, now);
  return Decision<Tour>{std::move(next), {std::move(event)}};
}

Decided<Tour> Drive(const Tour& tour, const ServeVisit& command, absl::Time now) {
  if (Done(tour, command.kind, command.ride)) return Unchanged(tour);
  if (command.kind == VisitKind::kDropoff && Stranded(tour, command.ride)) {
    const int pickup = FindVisit(tour, VisitKind::kPickup, command.ride);
    RETURN_IF_ERROR(CheckDriver(tour.shifts[tour.visits[pickup].shift], command.driver));
    Tour next = tour;
    std::erase(next.stranded, command.ride);
    return Decision<Tour>{std::move(next), {}};
  }
  ASSIGN_OR_RETURN(Tour next, BringToFront(tour, command.kind, command.ride, command.driver));
  Decision<Tour> decision;
  Visit& visit = next.visits[next.executed];
  if (!visit.arrived_at) {
    visit.arrived_at = now;
    decision.events.push_back(ArrivalOf(next, visit, now));
  }
  Finish(next, now);
  CountLoads(next);
  decision.state = std::move(next);
  return decision;  // boarding and alighting are the ride's events
}

Decided<Tour> Drive(const Tour& tour, const SkipRide& command, absl::Time now) {
  const int pickup = FindVisit(tour, VisitKind::kPickup, command.ride);
  const int dropoff = FindVisit(tour, VisitKind::kDropoff, command.ride);
  if (pickup >= 0 && pickup < tour.executed) {
    return dropoff < 0 ? Unchanged(tour) : Decided<Tour>(Refuse(Reason::kRideAlreadyBoarded));
  }
  ASSIGN_OR_RETURN(Tour next, BringToFront(tour, VisitKind::kPickup, command.ride, command.driver));
  Visit& visit = next.visits[next.executed];
  if (!visit.arrived_at) return Refuse(Reason::kNotArrived);
  visit.end = visit.begin;  // nobody boarded
  Finish(next, now);
  const int gone = FindVisit(next, VisitKind::kDropoff, command.ride);
  DropVisit(next, gone);
  CountLoads(next);
  ++next.plan_revision;
  return Decision<Tour>{std::move(next), {}};  // the no-show is the ride's event
}

Decided<Tour> Drive(const Tour& tour, const TakeBreak& command, absl::Time now) {
  if (tour.executed > 0 && tour.visits[tour.executed - 1].kind == VisitKind::kBreak) {
    const Visit& last = tour.visits[tour.executed - 1];
    if (now < *last.begun_at + (last.end - last.begin)) return Unchanged(tour);  // reported twice
  }
  Tour next = tour;
  if (std::optional<Visit> idle = IdleBreak(tour, now))
    next.visits.insert(next.visits.begin() + next.executed, *std::move(idle));
  if (next.executed == static_cast<int>(next.visits.size())) return Refuse(Reason::kVisitNotNext);
  const Visit& visit = next.visits[next.executed];
  if (visit.kind != VisitKind::kBreak) return Refuse(Reason::kVisitNotNext);
  RETURN_IF_ERROR(CheckDriver(tour.shifts[visit.shift], command.driver));
  // Who breaks off early for long would have no break when it is needed; late is a fact.
  constexpr absl::Duration kEarly = absl::Minutes(10);
  const absl::Time earliest =
      tour.shifts[visit.shift].breaks[visit.break_index].earliest_start - kEarly;
  if (now < earliest)
    return Refuse(Reason::kTooEarlyForBreak, {{"earliest", FormatRfc3339(earliest)}});
  next.visits[next.executed].arrived_at = now;
  Finish(next, now);
  return Decision<Tour>{std::move(next), {BreakTaken{tour.id, now}}};
}

Decided<Tour> Drive(const Tour& tour, const ReportDelay& command, absl::Time now) {
  if (command.delay < absl::ZeroDuration() || command.delay > absl::Hours(3)) {
    return InvalidField("delay", FieldReason::kOutOfRange, "0s..3h");
  }
  const auto running = std::find_if(tour.shifts.begin(), tour.shifts.end(), [](const Shift& shift) {
    return shift.state == ShiftState::kRunning;
  });
  if (running == tour.shifts.end()) return Refuse(Reason::kShiftNotStarted);
  RETURN_IF_ERROR(CheckDriver(*running, command.driver));
  if (tour.delay == command.delay) return Unchanged(tour);
  // A plan that follows from a delay lies later by it: the next report is not added to that.
  const absl::Time leave =
      tour.delayed_until ? *tour.delayed_until - tour.delay
                         : LeavesAt(tour, static_cast<int>(running - tour.shifts.begin()), now);
  Tour next = tour;
  ClearDelay(next);
  if (command.delay > absl::ZeroDuration()) {
    next.delay = command.delay;
    next.delayed_until = leave + command.delay;
  }
  return Decision<Tour>{std::move(next), {DelayReported{tour.id, command.delay}}};
}

}  // namespace stadtmesh::buergerbus

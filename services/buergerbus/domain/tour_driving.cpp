#include "buergerbus/domain/tour_driving.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

int FindShift(const Tour& tour, const ShiftId& id) {
  for (size_t i = 0; i < tour.shifts.size(); ++i) {
    if (tour.shifts[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

// Whoever fetches and checks the bus comes before its shift. Who starts it earlier still means
// another bus, or another day.
constexpr absl::Duration kStartLead = absl::Hours(2);

// Started before its time, by mistake: nobody has driven in it.
bool NotDriven(const Tour& tour, int shift, absl::Time now) {
  return now < tour.shifts[shift].begin &&
         std::none_of(tour.visits.begin(), tour.visits.end(),
                      [&](const Visit& visit) { return visit.shift == shift && visit.arrived_at; });
}

// A dispatcher who reports for the driver gives no driver.
absl::Status CheckDriver(const Shift& shift, const DriverId& driver) {
  if (shift.state == ShiftState::kPlanned) return Refuse(Reason::kShiftNotStarted);
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (!driver.empty() && driver != shift.driver) return Refuse(Reason::kNotYourShift);
  return absl::OkStatus();
}

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

void NoDelay(Tour& tour) {
  tour.delay = absl::ZeroDuration();
  tour.delayed_until.reset();
}

// The visit at the front is done, and what the driver said about a delay is overtaken by facts.
void Finish(Tour& tour, absl::Time now) {
  tour.visits[tour.executed].begun_at = now;
  ++tour.executed;
  NoDelay(tour);
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

}  // namespace

Decided<Tour> Drive(const Tour& tour, const StartShift& command, absl::Time now) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (!shift.driver.empty() && !command.driver.empty() && shift.driver != command.driver) {
    return Refuse(Reason::kNotYourShift);
  }
  if (shift.state == ShiftState::kRunning) {
    if (!shift.driver.empty() || command.driver.empty()) return Unchanged(tour);
    // Whoever had it was erased: somebody must be able to drive it to its end.
    return Drive(tour, AssignDriver{shift.id, command.driver}, now);
  }
  if (const absl::Time earliest = shift.begin - kStartLead; now < earliest)
    return Refuse(Reason::kTooFarAhead, {{"earliest", FormatRfc3339(earliest)}});
  for (const Shift& other : tour.shifts) {
    if (other.state == ShiftState::kRunning)
      return Refuse(Reason::kShiftRunning, {{"shift", other.id.value()}});
  }
  Tour next = tour;
  next.shifts[index].state = ShiftState::kRunning;
  if (shift.driver.empty()) next.shifts[index].driver = command.driver;
  ShiftStarted event{tour.id, shift.id, next.shifts[index].driver, now};
  return Decision<Tour>{std::move(next), {std::move(event)}};
}

Decided<Tour> Drive(const Tour& tour, const AssignDriver& command, absl::Time) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (shift.driver == command.driver) return Unchanged(tour);
  // Only its driver can report, and the riders are on the way: it can be handed over, not left.
  if (shift.state == ShiftState::kRunning && command.driver.empty())
    return Refuse(Reason::kShiftRunning, {{"shift", shift.id.value()}});
  Tour next = tour;
  next.shifts[index].driver = command.driver;
  return Decision<Tour>{std::move(next), {DriverAssigned{tour.id, command.shift, command.driver}}};
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
    return Unchanged(tour);
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
  if (tour.executed == static_cast<int>(tour.visits.size())) return Refuse(Reason::kVisitNotNext);
  const Visit& visit = tour.visits[tour.executed];
  if (visit.kind != VisitKind::kBreak) return Refuse(Reason::kVisitNotNext);
  RETURN_IF_ERROR(CheckDriver(tour.shifts[visit.shift], command.driver));
  // Who breaks off early for long would have no break when it is needed; late is a fact.
  constexpr absl::Duration kEarly = absl::Minutes(10);
  const absl::Time earliest =
      tour.shifts[visit.shift].breaks[visit.break_index].earliest_start - kEarly;
  if (now < earliest)
    return Refuse(Reason::kTooEarlyForBreak, {{"earliest", FormatRfc3339(earliest)}});
  Tour next = tour;
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
  NoDelay(next);
  if (command.delay > absl::ZeroDuration()) {
    next.delay = command.delay;
    next.delayed_until = leave + command.delay;
  }
  return Decision<Tour>{std::move(next), {DelayReported{tour.id, command.delay}}};
}

Decided<Tour> Drive(const Tour& tour, const EndShift& command, absl::Time now) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Unchanged(tour);
  RETURN_IF_ERROR(CheckDriver(shift, command.driver));
  const bool by_mistake = NotDriven(tour, index, now);
  if (!by_mistake && !RidesAboard(tour).empty()) return Refuse(Reason::kRidersAboard);
  if (!by_mistake && DrivesOn(tour, index)) return Refuse(Reason::kRidesLeft);
  Tour next = tour;
  next.shifts[index].state = by_mistake ? ShiftState::kPlanned : ShiftState::kEnded;
  NoDelay(next);
  for (int i = static_cast<int>(next.visits.size()) - 1; i >= next.executed && !by_mistake; --i) {
    if (next.visits[i].shift == index) next.visits.erase(next.visits.begin() + i);
  }
  return Decision<Tour>{std::move(next), {ShiftEnded{tour.id, shift.id, shift.driver, now}}};
}

}  // namespace stadtmesh::buergerbus

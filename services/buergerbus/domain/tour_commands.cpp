#include "buergerbus/domain/tour_commands.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/spans.h"
#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/tour_driving.h"
#include "buergerbus/domain/tour_refit.h"
#include "buergerbus/domain/tour_times.h"

namespace stadtmesh::buergerbus {
namespace {

TourPlanned PlannedOf(const Tour& tour) {
  TourPlanned event{.tour = tour.id, .revision = tour.plan_revision};
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak) continue;
    const Assignment& ride = *FindAssignment(tour, visit.ride);
    const bool pickup = visit.kind == VisitKind::kPickup;
    event.visits.push_back(
        {pickup, visit.ride, pickup ? ride.origin_stop : ride.destination_stop, visit.begin});
  }
  return event;
}

// A tour whose plan has changed, and the event that says so.
Decision<Tour> Planned(Tour tour) {
  const std::vector<Load> loads = LoadsOf(tour.assignments, tour.visits);
  for (size_t i = 0; i < loads.size(); ++i) tour.visits[i].load_after = loads[i];
  ++tour.plan_revision;
  TourPlanned event = PlannedOf(tour);
  return {std::move(tour), {std::move(event)}};
}

void DropOpenVisits(Tour& tour, const RideId& ride) {
  for (int i = static_cast<int>(tour.visits.size()) - 1; i >= tour.executed; --i) {
    if (tour.visits[i].kind != VisitKind::kBreak && tour.visits[i].ride == ride) DropVisit(tour, i);
  }
  if (FindVisit(tour, VisitKind::kPickup, ride) >= 0)
    return;  // on board, or a no-show: stays in the record
  std::erase_if(tour.assignments,
                [&](const Assignment& assignment) { return assignment.ride == ride; });
}

// Breaks of a shift that drives nobody any more are not planned.
void DropIdleBreaks(Tour& tour) {
  for (int i = static_cast<int>(tour.visits.size()) - 1; i >= tour.executed; --i) {
    if (!DrivesOn(tour, tour.visits[i].shift)) DropVisit(tour, i);
  }
}

// A ride that the tour cannot drive around `out` any more.
std::optional<RideId> RideWithin(const Tour& tour, const TimeWindow& out, absl::Time now) {
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  for (const RideId& ride : OpenRides(tour)) {
    const int last = FindVisit(tour, VisitKind::kDropoff, ride);
    if (out.begin > now && expected[last].end <= out.begin) continue;
    const int first = FindVisit(tour, VisitKind::kPickup, ride);
    if (first >= tour.executed && tour.visits[first].leave_at() >= out.end) continue;
    return ride;
  }
  return std::nullopt;
}

// A break to come that is planned into `out`, or the drive to it; -1: none.
int BreakWithin(const Tour& tour, const TimeWindow& out) {
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak && visit.leave_at() < out.end && visit.end > out.begin)
      return static_cast<int>(i);
  }
  return -1;
}

// A tour with one more outage, and whom it dropped.
struct Emptied {
  Tour tour;
  std::vector<DroppedRide> dropped;
};

// Who loses a neighbour may lose the way that was planned: from where that one was, the bus would
// have to leave before the outage is over. So one after the other.
Emptied EmptiedBy(const Tour& tour, const TimeWindow& span, absl::Time now) {
  Emptied result{.tour = tour};
  Tour& next = result.tour;
  next.outages.push_back(span);
  next.outages = Joined(std::move(next.outages));
  const TimeWindow out = *RunningOrNext(next.outages, span.begin);
  const std::vector<RideId> aboard = RidesAboard(tour);
  while (true) {
    if (const std::optional<RideId> ride = RideWithin(next, out, now)) {
      const bool stranded = std::find(aboard.begin(), aboard.end(), *ride) != aboard.end();
      result.dropped.push_back({*FindAssignment(tour, *ride), stranded});
      if (stranded) next.stranded.push_back(*ride);
      DropOpenVisits(next, *ride);
    } else if (const int pause = BreakWithin(next, out); pause >= 0) {
      DropVisit(next, pause);
    } else {
      break;
    }
  }
  DropIdleBreaks(next);
  return result;
}

// Those that touch a shift.
std::vector<TimeWindow> TouchingShifts(std::vector<TimeWindow> spans, const Tour& tour) {
  std::erase_if(spans, [&](const TimeWindow& span) {
    return std::none_of(tour.shifts.begin(), tour.shifts.end(), [&](const Shift& shift) {
      return shift.begin < span.end && span.begin < shift.end;
    });
  });
  return spans;
}

class Step {
 public:
  Step(const Tour& tour, const BookingRules& rules, absl::Time now)
      : tour_(tour), rules_(rules), now_(now) {}

  Decided<Tour> operator()(const AdoptPlan& command) const {
    RETURN_IF_ERROR(CheckPlan(tour_, command.plan, command.removed, rules_.freeze, now_));
    Tour next = tour_;
    next.assignments = command.plan.assignments;
    next.visits = command.plan.visits;
    for (Assignment& assignment : next.assignments) {
      if (FindAssignment(tour_, assignment.ride) == nullptr)
        assignment.announced.reset();  // of the bus it had
    }
    if (next == tour_) return Unchanged(tour_);
    return Planned(std::move(next));
  }

  Decided<Tour> operator()(const RemoveRide& command) const {
    const std::vector<RideId> open = OpenRides(tour_);
    Tour next = tour_;
    const bool stranded = std::erase(next.stranded, command.ride) > 0;
    if (!stranded && std::find(open.begin(), open.end(), command.ride) == open.end())
      return Unchanged(tour_);
    DropOpenVisits(next, command.ride);
    DropIdleBreaks(next);
    return Planned(std::move(next));
  }

  Decided<Tour> operator()(const TakeVehicleOut& command) const {
    Emptied emptied = EmptiedBy(tour_, command.span, now_);
    if (emptied.tour == tour_) return Unchanged(tour_);
    TourTakenOut event{tour_.id, command.span, {}, emptied.tour.outages};
    for (const DroppedRide& each : emptied.dropped) event.dropped.push_back(each.assignment.ride);
    Decision<Tour> decision = Planned(std::move(emptied.tour));
    decision.events.insert(decision.events.begin(), std::move(event));
    return decision;
  }

  Decided<Tour> operator()(const NoteAnnounced& command) const {
    Tour next = tour_;
    for (Assignment& assignment : next.assignments) {
      if (assignment.ride == command.ride) assignment.announced = command.announced;
    }
    return Decision<Tour>{std::move(next), {}};  // the announcement is the ride's event
  }

  Decided<Tour> operator()(const ReturnVehicle& command) const {
    Tour next = tour_;
    next.outages = TouchingShifts(command.outages, tour_);
    if (next == tour_) return Unchanged(tour_);
    ++next.plan_revision;
    TourReturned event{tour_.id, next.outages};
    return Decision<Tour>{std::move(next), {std::move(event)}};
  }

  Decided<Tour> operator()(const RefitTour& command) const {
    Tour next = Refitted(tour_, command.layouts, command.shifts, rules_.freeze, now_);
    if (next == tour_) return Unchanged(tour_);
    return Planned(std::move(next));
  }

  template <typename DriverReport>
  Decided<Tour> operator()(const DriverReport& command) const {
    return Drive(tour_, command, now_);
  }

 private:
  const Tour& tour_;
  const BookingRules& rules_;
  absl::Time now_;
};

}  // namespace

absl::StatusOr<Tour> OpenTour(const Settings& settings, const VehicleId& vehicle,
                              absl::CivilDay day, const std::vector<TimeWindow>& outages) {
  const Vehicle* known = FindVehicle(settings, vehicle);
  if (known == nullptr) return Refuse(Reason::kVehicleUnknown, {{"vehicle", vehicle.value()}});
  Tour tour{
      .id = {vehicle, day}, .layouts = known->layouts, .shifts = ShiftsOn(settings, vehicle, day)};
  tour.outages = TouchingShifts(outages, tour);
  return tour;
}

absl::StatusOr<Decision<Tour>> Decide(const Tour& tour, const TourCommand& command,
                                      const BookingRules& rules, absl::Time now) {
  return std::visit(Step(tour, rules, now), command);
}

std::vector<DroppedRide> RidesDroppedBy(const Tour& tour, const TimeWindow& span, absl::Time now) {
  return EmptiedBy(tour, span, now).dropped;
}

std::vector<RideId> RidesLost(const Tour& before, const Tour& after) {
  std::vector<RideId> lost;
  const std::vector<RideId> kept = OpenRides(after);
  for (const RideId& ride : OpenRides(before)) {
    if (std::find(kept.begin(), kept.end(), ride) == kept.end()) lost.push_back(ride);
  }
  return lost;
}

std::vector<RideId> RidesUsing(const Tour& tour, const StopBlock& block) {
  std::vector<RideId> rides;
  for (const RideId& ride : OpenRides(tour)) {
    const Assignment& assignment = *FindAssignment(tour, ride);
    const auto uses = [&](VisitKind kind, const std::optional<StopId>& stop) {
      const int visit = FindVisit(tour, kind, ride);
      return stop == block.stop && visit >= tour.executed &&
             tour.visits[visit].begin < block.span.end && tour.visits[visit].end > block.span.begin;
    };
    if (uses(VisitKind::kPickup, assignment.origin_stop) ||
        uses(VisitKind::kDropoff, assignment.destination_stop)) {
      rides.push_back(ride);
    }
  }
  return rides;
}

}  // namespace stadtmesh::buergerbus

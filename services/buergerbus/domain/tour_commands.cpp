#include "buergerbus/domain/tour_commands.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"
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

// A tour knows one outage: two that are still to come are one, with the time between them.
TimeWindow Together(const std::optional<TimeWindow>& known, const TimeWindow& span,
                    absl::Time now) {
  if (!known || known->end <= now) return span;
  return {std::min(known->begin, span.begin), std::max(known->end, span.end)};
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
    const TimeWindow out = Together(tour_.out, command.span, now_);
    if (tour_.out == out) return Unchanged(tour_);
    Tour next = tour_;
    next.out = out;
    TourTakenOut event{tour_.id, out, {}};
    for (const DroppedRide& dropped : RidesDroppedBy(tour_, out, now_)) {
      DropOpenVisits(next, dropped.assignment.ride);
      event.dropped.push_back(dropped.assignment.ride);
      if (dropped.aboard) next.stranded.push_back(dropped.assignment.ride);
    }
    for (int i = static_cast<int>(next.visits.size()) - 1; i >= next.executed; --i) {
      const Visit& visit = next.visits[i];
      if (visit.kind == VisitKind::kBreak && visit.begin < out.end && visit.end > out.begin)
        DropVisit(next, i);
    }
    DropIdleBreaks(next);
    Decision<Tour> decision = Planned(std::move(next));
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

  Decided<Tour> operator()(const ReturnVehicle&) const {
    if (!tour_.out) return Unchanged(tour_);
    Tour next = tour_;
    next.out.reset();
    ++next.plan_revision;
    return Decision<Tour>{std::move(next), {TourReturned{tour_.id}}};
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
                              absl::CivilDay day) {
  const Vehicle* known = FindVehicle(settings, vehicle);
  if (known == nullptr) return Refuse(Reason::kVehicleUnknown, {{"vehicle", vehicle.value()}});
  return Tour{
      .id = {vehicle, day}, .layouts = known->layouts, .shifts = ShiftsOn(settings, vehicle, day)};
}

absl::StatusOr<Decision<Tour>> Decide(const Tour& tour, const TourCommand& command,
                                      const BookingRules& rules, absl::Time now) {
  return std::visit(Step(tour, rules, now), command);
}

std::vector<DroppedRide> RidesDroppedBy(const Tour& tour, const TimeWindow& span, absl::Time now) {
  std::vector<DroppedRide> dropped;
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  const std::vector<RideId> aboard = RidesAboard(tour);
  for (const RideId& ride : OpenRides(tour)) {
    const int last = FindVisit(tour, VisitKind::kDropoff, ride);
    if (span.begin > now && expected[last].end <= span.begin) continue;
    const int first = FindVisit(tour, VisitKind::kPickup, ride);
    if (first >= tour.executed && tour.visits[first].leave_at() >= span.end) continue;
    dropped.push_back({*FindAssignment(tour, ride),
                       std::find(aboard.begin(), aboard.end(), ride) != aboard.end()});
  }
  return dropped;
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

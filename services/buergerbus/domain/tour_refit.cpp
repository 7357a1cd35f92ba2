#include "buergerbus/domain/tour_refit.h"

#include <algorithm>
#include <utility>

#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/vehicle.h"

namespace stadtmesh::buergerbus {
namespace {

bool Begun(const Shift& shift) { return shift.state != ShiftState::kPlanned; }

bool Overlap(const Shift& a, const Shift& b) { return a.begin < b.end && b.begin < a.end; }

const Shift* FindShift(const std::vector<Shift>& shifts, const ShiftId& id) {
  const auto found = std::find_if(shifts.begin(), shifts.end(),
                                  [&](const Shift& shift) { return shift.id == id; });
  return found == shifts.end() ? nullptr : &*found;
}

// Those that have begun, and those of the settings beside them.
std::vector<Shift> Merged(const std::vector<Shift>& known, const std::vector<Shift>& wanted) {
  std::vector<Shift> merged;
  std::copy_if(known.begin(), known.end(), std::back_inserter(merged), Begun);
  const size_t begun = merged.size();
  for (Shift shift : wanted) {
    const Shift* former = FindShift(known, shift.id);
    if (former != nullptr && Begun(*former)) continue;
    const auto end = merged.begin() + static_cast<ptrdiff_t>(begun);
    if (std::any_of(merged.begin(), end, [&](const Shift& other) { return Overlap(other, shift); }))
      continue;
    if (former != nullptr && !former->driver.empty()) shift.driver = former->driver;
    merged.push_back(std::move(shift));
  }
  std::sort(merged.begin(), merged.end(),
            [](const Shift& a, const Shift& b) { return a.begin < b.begin; });
  return merged;
}

// The visits to do may stay: the drive of the first leads from the depot, and breaks are planned
// with it.
bool SameDrive(const Shift& former, const Shift& next) {
  return former.depot == next.depot && former.breaks.size() == next.breaks.size();
}

void AddVisits(const Tour& from, int former, int next, Tour& to) {
  for (const Visit& visit : from.visits) {
    if (visit.shift != former) continue;
    to.visits.push_back(visit);
    to.visits.back().shift = next;
  }
}

// Rides that are in no visit any more are in no assignment either.
void DropAssignments(const Tour& from, Tour& to) {
  to.assignments.clear();
  for (const Assignment& assignment : from.assignments) {
    if (FindVisit(to, VisitKind::kPickup, assignment.ride) >= 0)
      to.assignments.push_back(assignment);
  }
}

// New layouts count as soon as they hold who is on board.
bool HoldWhoIsAboard(const std::vector<Load>& layouts, const Tour& tour) {
  return !layouts.empty() &&
         (tour.executed == 0 || Fits(layouts, tour.visits[tour.executed - 1].load_after));
}

// Who is still to get in where there is no room any more loses the place; the others keep theirs.
void DropWhoDoesNotFit(Tour& tour) {
  CountLoads(tour);
  for (size_t i = tour.executed; i < tour.visits.size();) {
    if (Fits(tour.layouts, tour.visits[i].load_after)) {
      ++i;
      continue;
    }
    // The first that is too much is a pick-up: who is on board fits.
    DropVisit(tour, FindVisit(tour, VisitKind::kDropoff, tour.visits[i].ride));
    DropVisit(tour, static_cast<int>(i));
    CountLoads(tour);
  }
}

// `tour` with the visits of one more shift, or as it is where they break something.
Tour WithShift(const Tour& tour, const Tour& from, int former, int next, absl::Duration freeze,
               absl::Time now) {
  Tour with = tour;
  AddVisits(from, former, next, with);
  if (with.visits.size() == tour.visits.size()) return tour;  // nothing is planned in it
  DropAssignments(from, with);
  CountLoads(with);
  const TourPlan plan{tour.id, tour.plan_revision, with.assignments, with.visits};
  return CheckPlan(tour, plan, {}, freeze, now).ok() ? with : tour;
}

}  // namespace

Tour Refitted(const Tour& tour, const std::vector<Load>& layouts, const std::vector<Shift>& shifts,
              absl::Duration freeze, absl::Time now) {
  Tour next = tour;
  next.shifts = Merged(tour.shifts, shifts);
  if (HoldWhoIsAboard(layouts, tour)) next.layouts = layouts;
  if (next == tour) return tour;
  next.visits.clear();
  for (size_t i = 0; i < next.shifts.size(); ++i) {
    for (size_t former = 0; former < tour.shifts.size(); ++former) {
      if (tour.shifts[former].id != next.shifts[i].id) continue;
      const bool same = tour.shifts[former] == next.shifts[i] && next.layouts == tour.layouts;
      if (Begun(tour.shifts[former]) || same) {
        AddVisits(tour, static_cast<int>(former), static_cast<int>(i), next);
        DropAssignments(tour, next);
        if (next.layouts != tour.layouts) DropWhoDoesNotFit(next);
      } else if (SameDrive(tour.shifts[former], next.shifts[i])) {
        next = WithShift(next, tour, static_cast<int>(former), static_cast<int>(i), freeze, now);
      }
    }
  }
  DropAssignments(tour, next);
  CountLoads(next);
  return next;
}

}  // namespace stadtmesh::buergerbus

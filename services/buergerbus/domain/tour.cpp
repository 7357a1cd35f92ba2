#include "buergerbus/domain/tour.h"

#include <algorithm>

namespace stadtmesh::buergerbus {
const Assignment* FindAssignment(const Tour& tour, const RideId& ride) {
  const auto found =
      std::find_if(tour.assignments.begin(), tour.assignments.end(),
                   [&](const Assignment& assignment) { return assignment.ride == ride; });
  return found == tour.assignments.end() ? nullptr : &*found;
}

int FindVisit(const Tour& tour, VisitKind kind, const RideId& ride) {
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    if (tour.visits[i].kind == kind && tour.visits[i].ride == ride) return static_cast<int>(i);
  }
  return -1;
}

int FindBreak(const Tour& tour, int shift, int break_index) {
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak && visit.shift == shift && visit.break_index == break_index)
      return static_cast<int>(i);
  }
  return -1;
}

std::vector<RideId> OpenRides(const Tour& tour) {
  std::vector<RideId> rides;
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak ||
        std::find(rides.begin(), rides.end(), visit.ride) != rides.end())
      continue;
    rides.push_back(visit.ride);
  }
  return rides;
}

std::vector<RideId> RidesAboard(const Tour& tour) {
  std::vector<RideId> rides;
  for (int i = 0; i < tour.executed; ++i) {
    if (tour.visits[i].kind != VisitKind::kPickup) continue;
    if (FindVisit(tour, VisitKind::kDropoff, tour.visits[i].ride) >= tour.executed)
      rides.push_back(tour.visits[i].ride);
  }
  return rides;
}

LatLon LocationOf(const Tour& tour, int visit) {
  const int shift = tour.visits[visit].shift;
  for (int i = visit; i >= 0 && tour.visits[i].shift == shift; --i) {
    if (tour.visits[i].place) return *tour.visits[i].place;
    if (tour.visits[i].kind == VisitKind::kBreak) continue;
    const Assignment* assignment = FindAssignment(tour, tour.visits[i].ride);
    return tour.visits[i].kind == VisitKind::kPickup ? assignment->origin : assignment->destination;
  }
  return tour.shifts[shift].depot;
}

void DropVisit(Tour& tour, int visit) {
  const size_t next = static_cast<size_t>(visit) + 1;
  const int shift = tour.visits[visit].shift;
  if (next < tour.visits.size() && tour.visits[next].shift == shift) {
    Visit& after = tour.visits[next];
    after.drive += tour.visits[visit].drive;
    const bool first = visit == 0 || tour.visits[visit - 1].shift != shift;
    const LatLon before = first ? tour.shifts[shift].depot : LocationOf(tour, visit - 1);
    const LatLon here = LocationOf(tour, visit);
    if (after.kind == VisitKind::kBreak && !after.place && !(here == before)) after.place = here;
  }
  tour.visits.erase(tour.visits.begin() + visit);
}

bool HasStranded(const Tour& tour, int shift) {
  return std::any_of(tour.stranded.begin(), tour.stranded.end(), [&](const RideId& ride) {
    const int pickup = FindVisit(tour, VisitKind::kPickup, ride);
    return pickup >= 0 && tour.visits[pickup].shift == shift;
  });
}

void ClearDelay(Tour& tour) {
  tour.delay = absl::ZeroDuration();
  tour.delayed_until.reset();
}

bool WasPickedUp(const Tour& tour, const RideId& ride) {
  return std::any_of(
      tour.visits.begin(), tour.visits.begin() + tour.executed,
      [&](const Visit& visit) { return visit.kind == VisitKind::kPickup && visit.ride == ride; });
}

bool DrivesOn(const Tour& tour, int shift) {
  return std::any_of(
      tour.visits.begin() + tour.executed, tour.visits.end(),
      [&](const Visit& visit) { return visit.shift == shift && visit.kind != VisitKind::kBreak; });
}

bool CanBegin(const Break& pause, const std::vector<TimeWindow>& outages, absl::Time from) {
  absl::Time begin = std::max(pause.earliest_start, from);
  for (const TimeWindow& out : outages) {
    if (begin < out.end && out.begin < begin + pause.length) begin = out.end;
  }
  return begin <= pause.latest_start;
}

std::vector<int> BreaksOwed(const Tour& tour, int shift, absl::Time now) {
  std::vector<int> owed;
  const bool drives = DrivesOn(tour, shift);
  const std::vector<Break>& breaks = tour.shifts[shift].breaks;
  for (int i = 0; i < static_cast<int>(breaks.size()); ++i) {
    const bool planned = FindBreak(tour, shift, i) >= 0;
    if (planned || (!drives && CanBegin(breaks[i], tour.outages, now))) owed.push_back(i);
  }
  return owed;
}

std::vector<Load> LoadsOf(const std::vector<Assignment>& assignments,
                          const std::vector<Visit>& visits) {
  const auto load_of = [&](const RideId& ride) {
    const auto found =
        std::find_if(assignments.begin(), assignments.end(),
                     [&](const Assignment& assignment) { return assignment.ride == ride; });
    return found == assignments.end() ? Load{} : found->load;
  };
  const auto drops_off = [&](const RideId& ride) {
    return std::any_of(visits.begin(), visits.end(), [&](const Visit& visit) {
      return visit.kind == VisitKind::kDropoff && visit.ride == ride;
    });
  };
  std::vector<Load> loads;
  Load aboard;
  for (const Visit& visit : visits) {
    if (visit.kind == VisitKind::kPickup && drops_off(visit.ride))
      aboard = aboard + load_of(visit.ride);
    if (visit.kind == VisitKind::kDropoff) aboard = aboard - load_of(visit.ride);
    loads.push_back(aboard);
  }
  return loads;
}

void CountLoads(Tour& tour) {
  const std::vector<Load> loads = LoadsOf(tour.assignments, tour.visits);
  for (size_t i = 0; i < loads.size(); ++i) tour.visits[i].load_after = loads[i];
}

}  // namespace stadtmesh::buergerbus

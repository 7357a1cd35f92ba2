#include "buergerbus/domain/tour_times.h"

#include <algorithm>

namespace stadtmesh::buergerbus {
namespace {

// The first visit of the shift that is not done, or -1.
int NextVisit(const Tour& tour, int shift) {
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    if (tour.visits[i].shift == shift) return static_cast<int>(i);
  }
  return -1;
}

bool UnderWay(const Visit& visit, absl::Time now) {
  return visit.arrived_at || visit.leave_at() <= now;
}

}  // namespace

absl::Time ReadyAt(const Tour& tour, int shift, absl::Time now) {
  absl::Time ready = tour.shifts[shift].begin;
  for (int i = 0; i < tour.executed; ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.shift == shift) ready = *visit.begun_at + (visit.end - visit.begin);
  }
  if (tour.delayed_until && tour.shifts[shift].state == ShiftState::kRunning)
    ready = std::max(ready, *tour.delayed_until);
  const int next = NextVisit(tour, shift);
  if (next < 0) return std::max(ready, now);
  const Visit& visit = tour.visits[next];
  if (next == tour.executed && UnderWay(visit, now)) {
    // It left when the plan said, and has not begun yet: so it cannot begin before now.
    const absl::Time left = visit.arrived_at ? *visit.arrived_at - visit.drive : visit.leave_at();
    return std::max({ready, left, now - visit.drive});
  }
  return std::max(ready, now);
}

std::vector<VisitTimes> ExpectedTimes(const Tour& tour, absl::Time now) {
  std::vector<VisitTimes> times;
  int shift = -1;
  absl::Time ready;
  for (size_t i = 0; i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (static_cast<int>(i) < tour.executed) {
      const absl::Time begin = *visit.begun_at;
      times.push_back({visit.arrived_at.value_or(begin), begin, begin + (visit.end - visit.begin)});
      continue;
    }
    if (visit.shift != shift) ready = ReadyAt(tour, shift = visit.shift, now);
    const absl::Time arrival =
        visit.arrived_at.value_or(std::max(ready + visit.drive, visit.arrival));
    const absl::Time begin = std::max({arrival, ready + visit.drive, visit.begin});
    ready = begin + (visit.end - visit.begin);
    times.push_back({arrival, begin, ready});
  }
  return times;
}

int FrozenPrefix(const Tour& tour, absl::Duration freeze, absl::Time now) {
  int frozen = tour.executed;
  if (frozen == static_cast<int>(tour.visits.size())) return frozen;
  const Visit& next = tour.visits[frozen];
  // A break where the bus stands is no drive: it can be moved until it is taken.
  const bool drive = next.kind != VisitKind::kBreak || next.place;
  if (drive && UnderWay(next, now + freeze)) ++frozen;
  return frozen;
}

}  // namespace stadtmesh::buergerbus

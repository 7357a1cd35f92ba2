#include "buergerbus/domain/tour_times.h"

#include <algorithm>
#include <functional>

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

// The last visit of the shift that is done, or -1.
int LastDone(const Tour& tour, int shift) {
  for (int i = tour.executed - 1; i >= 0; --i) {
    if (tour.visits[i].shift == shift) return i;
  }
  return -1;
}

bool IsDelayed(const Tour& tour, int shift) {
  return tour.delayed_until && tour.shifts[shift].state == ShiftState::kRunning;
}

// When the vehicle could leave where the last visit of the shift was done.
absl::Time ReadyFrom(const Tour& tour, int shift) {
  const int last = LastDone(tour, shift);
  const absl::Time done =
      last < 0 ? tour.shifts[shift].begin
               : *tour.visits[last].begun_at + (tour.visits[last].end - tour.visits[last].begin);
  return IsDelayed(tour, shift) ? std::max(done, *tour.delayed_until) : done;
}

// When a visit that was reached can begin, as far as driving goes: not before a reported delay is
// over.
absl::Time StandsFrom(const Tour& tour, const Visit& visit) {
  if (!IsDelayed(tour, visit.shift)) return *visit.arrived_at;
  return std::max(*visit.arrived_at, ReadyFrom(tour, visit.shift) + visit.drive);
}

// As WhereaboutsOf, by the visits of this shift alone.
Whereabouts WithinShift(const Tour& tour, int shift, absl::Time now) {
  const absl::Time ready = ReadyFrom(tour, shift);
  const int next = NextVisit(tour, shift);
  if (next < 0 || next != tour.executed || !UnderWay(tour.visits[next], now))
    return {LastDone(tour, shift), std::max(ready, now), false};
  const Visit& visit = tour.visits[next];
  const absl::Time there =
      visit.arrived_at ? StandsFrom(tour, visit) : std::max(ready + visit.drive, visit.begin);
  return {next, std::max(there, now), true};
}

// How a visit that is not done counts.
struct Counting {
  std::function<absl::Time(const Visit&)> not_before;
  // Of one that was reached, and could begin at `earliest`, when it counts as begun.
  std::function<absl::Time(const Visit&, absl::Time earliest)> standing;
};

std::vector<VisitTimes> TimesOf(const Tour& tour, absl::Time now, const Counting& counting) {
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
    absl::Duration drive = visit.drive;
    if (visit.shift != shift) {
      // Not before the shift before is over: it is the same vehicle.
      const absl::Time free = shift < 0 ? absl::InfinitePast() : ready;
      const Whereabouts from = WithinShift(tour, shift = visit.shift, now);
      ready = std::max(from.ready, free);
      if (from.on_the_way) drive = absl::ZeroDuration();
    }
    const absl::Time planned = counting.not_before(visit);
    const absl::Time arrival =
        visit.arrived_at.value_or(std::max(ready + drive, std::min(visit.arrival, planned)));
    absl::Time begin = std::max({arrival, ready + drive, planned});
    if (visit.arrived_at) begin = counting.standing(visit, begin);
    ready = std::max(begin + (visit.end - visit.begin), now);
    times.push_back({arrival, begin, ready});
  }
  return times;
}

// When a visit begins by the plan; where that is too late, when it may begin.
absl::Time NotBefore(const Tour& tour, const Visit& visit) {
  TimeWindow window{absl::InfinitePast(), absl::InfiniteFuture()};
  if (visit.kind == VisitKind::kBreak) {
    const Break& pause = tour.shifts[visit.shift].breaks[visit.break_index];
    window = {pause.earliest_start, pause.latest_start};
  } else {
    const Promise& promise = FindAssignment(tour, visit.ride)->promise;
    window = promise.pickup;
    if (visit.kind == VisitKind::kDropoff) window = {absl::InfinitePast(), promise.latest_arrival};
  }
  return visit.begin <= window.end ? visit.begin : window.begin;
}

}  // namespace

Whereabouts WhereaboutsOf(const Tour& tour, int shift, absl::Time now) {
  Whereabouts place = WithinShift(tour, shift, now);
  const bool busy_before = std::any_of(tour.visits.begin() + tour.executed, tour.visits.end(),
                                       [&](const Visit& visit) { return visit.shift < shift; });
  if (!busy_before) return place;
  const std::vector<VisitTimes> driven = DrivenTimes(tour, now);
  for (size_t i = tour.executed; i < tour.visits.size(); ++i) {
    if (tour.visits[i].shift < shift) place.ready = std::max(place.ready, driven[i].end);
  }
  return place;
}

std::vector<VisitTimes> ExpectedTimes(const Tour& tour, absl::Time now) {
  return TimesOf(tour, now,
                 {.not_before = [](const Visit& visit) { return visit.begin; },
                  .standing = [](const Visit&, absl::Time earliest) { return earliest; }});
}

std::vector<VisitTimes> DrivenTimes(const Tour& tour, absl::Time now) {
  const auto planned = [&](const Visit& visit) { return NotBefore(tour, visit); };
  return TimesOf(tour, now,
                 {.not_before = planned, .standing = [&](const Visit& visit, absl::Time) {
                    return std::max(StandsFrom(tour, visit), planned(visit));
                  }});
}

std::vector<VisitTimes> ToleratedTimes(const Tour& tour, absl::Time now) {
  std::vector<VisitTimes> times = DrivenTimes(tour, now);
  const size_t next = static_cast<size_t>(tour.executed);
  if (next == tour.visits.size() || !tour.visits[next].arrived_at) return times;
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  for (size_t i = next; i < times.size(); ++i) {
    if (tour.visits[i].ride == tour.visits[next].ride) times[i] = expected[i];
  }
  return times;
}

absl::Duration ToleratedRide(const std::vector<VisitTimes>& tolerated,
                             const std::vector<VisitTimes>& expected, int pickup, int dropoff) {
  return std::min(tolerated[dropoff].begin - tolerated[pickup].end,
                  expected[dropoff].begin - expected[pickup].end);
}

bool IsWaiting(const Tour& tour, absl::Time now) {
  if (tour.executed == static_cast<int>(tour.visits.size())) return false;
  const Visit& next = tour.visits[tour.executed];
  return next.kind == VisitKind::kPickup && next.arrived_at &&
         std::max(*next.arrived_at, next.begin) < now;
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

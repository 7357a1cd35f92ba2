#include "buergerbus/planner/pauses.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "buergerbus/domain/tour_times.h"

namespace stadtmesh::buergerbus {
namespace {

// When the break can begin between two moments, beside the outages.
std::optional<absl::Time> BeginOf(const Break& pause, const std::vector<TimeWindow>& outages,
                                  absl::Time from, absl::Time until) {
  absl::Time begin = std::max(pause.earliest_start, from);
  for (const TimeWindow& out : outages) {
    if (begin < out.end && out.begin < begin + pause.length) begin = out.end;
  }
  if (begin > pause.latest_start || begin + pause.length > until) return std::nullopt;
  return begin;
}

// A shift as it will be driven, as far as is known.
struct Outlook {
  const Tour& tour;
  int shift;
  std::vector<VisitTimes> times;
  absl::Time ready;  // when the bus can drive on
  absl::Time end;
};

// The first moment between the visits at which the break can begin, with nobody on board.
std::optional<Pause> GapFor(const Break& pause, int index, const Outlook& of) {
  bool empty = RidesAboard(of.tour).empty();
  absl::Time ready = of.ready;
  const auto taken = [&](size_t before, absl::Time leave) -> std::optional<Pause> {
    const auto begin = BeginOf(pause, of.tour.outages, ready, leave);
    if (!empty || !begin) return std::nullopt;
    return Pause{.break_index = index, .before = before, .begin = *begin};
  };
  for (size_t i = of.tour.executed; i < of.tour.visits.size(); ++i) {
    const Visit& visit = of.tour.visits[i];
    if (visit.shift != of.shift) continue;
    if (const auto found = taken(i, of.times[i].begin - visit.drive)) return found;
    ready = of.times[i].end;
    empty = visit.load_after == Load{};
  }
  return taken(of.tour.visits.size(), of.end);
}

}  // namespace

std::vector<Pause> PausesOf(const Tour& tour, int shift, const TimeWindow& usable, absl::Time now) {
  const Outlook outlook{tour, shift, DrivenTimes(tour, now),
                        std::max(usable.begin, WhereaboutsOf(tour, shift, now).ready), usable.end};
  std::vector<Pause> pauses;
  const std::vector<Break>& breaks = tour.shifts[shift].breaks;
  for (int index = 0; index < static_cast<int>(breaks.size()); ++index) {
    if (const int planned = FindBreak(tour, shift, index); planned >= 0) {
      pauses.push_back({.break_index = index,
                        .planned = true,
                        .before = static_cast<size_t>(planned),
                        .begin = tour.visits[planned].begin});
    } else if (const auto gap = GapFor(breaks[index], index, outlook)) {
      pauses.push_back(*gap);
    }
  }
  // Of those before one visit the visit itself, a planned break, is the last.
  std::stable_sort(pauses.begin(), pauses.end(), [](const Pause& a, const Pause& b) {
    return std::tie(a.before, a.planned, a.begin) < std::tie(b.before, b.planned, b.begin);
  });
  return pauses;
}

void PauseQueue::TakeNext(dispatch::Route& route) {
  route.stops.push_back({dispatch::StopKind::kBreak, static_cast<int>(next_)});
  ++next_;
}

void PauseQueue::TakeBefore(size_t visit, dispatch::Route& route) {
  while (next_ < pauses_.size() && !pauses_[next_].planned && pauses_[next_].before <= visit)
    TakeNext(route);
}

void PauseQueue::TakeBreak(size_t visit, dispatch::Route& route) {
  while (next_ < pauses_.size() && pauses_[next_].before <= visit) TakeNext(route);
}

void PauseQueue::TakeRest(dispatch::Route& route) {
  while (next_ < pauses_.size()) TakeNext(route);
}

}  // namespace stadtmesh::buergerbus

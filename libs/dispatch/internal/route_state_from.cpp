// A route state from another with the same beginning: a search changes the end of a route half of
// the time.
#include <algorithm>

#include "dispatch/internal/route_state.h"

namespace stadtmesh::dispatch::internal {

bool RouteState::BuildFrom(const RouteState& base, const Compiled& problem,
                           absl::Span<const NodeId> stops, Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(base.vehicle());
  const bool plain = !NeedsClock(problem) && !problem.has_company() && !problem.has_one_sided() &&
                     facts.breaks.empty() && !base.open();
  if (!plain || stops.empty()) return Build(problem, base.vehicle(), stops, work);
  const size_t known = TakeOver(base, stops, work);
  for (size_t i = known + 1; i < at_.size(); ++i) {
    Position& at = at_[i];
    at.node = i <= stops.size() ? stops[i - 1] : facts.end;
    at.visit = problem.node(at.node);
    at.place = at.visit.place;
    at.traits = at.repels = 0;
  }
  if (!LoadsFrom(known, problem) || !Labels(known, problem, work) || !Latest()) return false;
  Summarise(problem);
  return true;
}

// The positions that are the same as in `base`; returns the last of them, and leaves its label in
// `work`.
size_t RouteState::TakeOver(const RouteState& base, absl::Span<const NodeId> stops,
                            Workspace& work) {
  const size_t most = std::min(stops.size(), static_cast<size_t>(base.size()));
  size_t known = 0;
  while (known < most && base.at_[known + 1].node == stops[known]) ++known;
  vehicle_ = base.vehicle_;
  open_ = false;
  used_ = true;
  breaks_.clear();
  const auto label = base.tracked(static_cast<int>(known));
  work.label.begin = base.at_[known].begin;
  work.label.end = base.at_[known].end;
  work.label.tracked.assign(label.begin(), label.end());
  at_.resize(stops.size() + 2);
  std::copy_n(base.at_.begin(), known + 1, at_.begin());
  tracked_.assign(base.tracked_.begin(), base.tracked_.begin() + base.at_[known + 1].tracked);
  driven_ = busy_ = 0;
  for (size_t i = 0; i < known; ++i) {
    driven_ += at_[i].to_next;
    busy_ += at_[i].to_next + at_[i + 1].visit.service;
  }
  return known;
}

bool RouteState::LoadsFrom(size_t known, const Compiled& problem) {
  Load load = at_[known].load;
  for (size_t i = known + 1; i < at_.size(); ++i) {
    const VisitFacts& visit = at_[i].visit;
    if (visit.kind == NodeKind::kDropoff) {
      ChangeLoad(load, problem.request(visit.owner).load, -1);
    } else if (visit.kind == NodeKind::kPickup) {
      ChangeLoad(load, problem.request(visit.owner).load, 1);
      if ((problem.request(visit.owner).skills & ~problem.vehicle(vehicle_).skills) != 0)
        return false;
      if (!problem.Fits(vehicle_, load, Load{})) return false;
    }
    at_[i].load = load;
  }
  return true;
}

}  // namespace stadtmesh::dispatch::internal

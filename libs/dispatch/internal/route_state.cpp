#include "dispatch/internal/route_state.h"

#include <algorithm>

#include "dispatch/internal/breaks.h"

namespace stadtmesh::dispatch::internal {
namespace {

uint64_t Mix(uint64_t x) {
  x ^= x >> 31;
  x *= 0x9e3779b97f4a7c15u;
  x ^= x >> 29;
  return x;
}

bool IsZero(const Load& load) { return load == Load{}; }

}  // namespace

bool RouteState::Build(const Compiled& problem, int vehicle, absl::Span<const NodeId> stops,
                       Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(vehicle);
  vehicle_ = vehicle;
  // Everything of a position is written below: clearing them would take longer than that.
  at_.resize(stops.size() + 2);
  size_t count = 0;
  const auto add = [&](NodeId id) {
    Position& at = at_[count++];
    at.node = id;
    at.visit = problem.node(id);
    at.traits = at.repels = 0;
  };
  add(facts.start);
  for (size_t i = 0; i < stops.size(); ++i) {
    const bool pause =
        stops[i] < 0 && facts.free_breaks && problem.node(stops[i]).kind == NodeKind::kBreak;
    if (!pause || static_cast<int>(i) < facts.locked) add(stops[i]);
  }
  add(facts.end);
  at_.resize(count);
  open_ = at_.back().visit.place < 0;
  used_ = at_.size() > 2 || facts.begun;
  Place place = at_.front().visit.place;
  for (Position& at : at_) {
    if (at.visit.place >= 0) place = at.visit.place;
    at.place = place;
  }
  if (!Loads(problem, work)) return false;
  Begin(problem, work);
  if (!Labels(0, problem, work) || !Latest()) return false;
  Summarise(problem);
  breaks_.clear();
  const bool arrange = facts.free_breaks && at_.size() > 2;
  return (!NeedsClock(problem) && !arrange) || !used_ || Time(problem, work);
}

// Arranges the breaks; and reads the price off the clock, where it needs one.
bool RouteState::Time(const Compiled& problem, Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(vehicle_);
  const bool clock = NeedsClock(problem);
  work.sequence.clear();
  for (const Position& at : at_) work.sequence.push_back(&problem.node(at.node));
  // Without breaks the clock gives a lower bound of every begin.
  if (clock && !work.clock.Time(vehicle_, work.sequence)) return false;
  for (size_t i = 0; i < at_.size() && problem.time_dependent(); ++i) {
    at_[i].begin = work.clock.begin(i);
    at_[i].end = at_[i].begin + at_[i].visit.service;
  }
  if (facts.free_breaks && at_.size() > 2) {
    const Arrangement arranged =
        Arrange(problem, vehicle_, work.sequence, clock ? &work.clock : nullptr);
    if (!arranged.found) return false;
    for (size_t b = 0; b < arranged.after.size(); ++b) {
      breaks_.emplace_back(arranged.after[b], facts.breaks[arranged.first + b]);
    }
    cost_ = clock ? arranged.cost + problem.weights().vehicle : cost_;
  } else if (clock) {
    cost_ = work.clock.ScheduleCost() + problem.weights().vehicle;
  }
  return true;
}

// Riders are only counted, unless it matters who they are.
bool RouteState::Loads(const Compiled& problem, Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(vehicle_);
  Load load = facts.on_board;
  const bool company = problem.has_company();
  auto& riding = work.riding;
  riding.clear();
  for (const auto& rider : facts.riding) riding.push_back(rider.request);
  size_t riders = riding.size();
  const auto board = [&](int32_t r) {
    ChangeLoad(load, problem.request(r).load, 1);
    ++riders;
    if (company) riding.push_back(r);
  };
  const auto note = [&](Position& at) {
    at.load = load;
    if (!company) return;
    for (int32_t r : riding) {
      at.traits |= problem.request(r).traits;
      at.repels |= problem.request(r).repels;
    }
  };
  uint64_t traits = 0, repels = 0;
  const auto joins = [&](const RequestFacts& request) {
    if ((request.repels & traits) != 0 || (repels & request.traits) != 0) return false;
    return (request.skills & ~facts.skills) == 0;
  };
  for (const Position& at : at_) {
    if (!problem.has_one_sided()) break;
    if (at.visit.kind != NodeKind::kDropoff || problem.request(at.visit.owner).has_pickup) continue;
    const RequestFacts& request = problem.request(at.visit.owner);
    if (!joins(request)) return false;
    traits |= request.traits;
    repels |= request.repels;
    board(at.visit.owner);
  }
  if (!IsZero(load) && !problem.Fits(vehicle_, load, Load{}) && facts.driven == 0) return false;
  note(at_[0]);
  for (size_t i = 1; i < at_.size(); ++i) {
    const VisitFacts& visit = at_[i].visit;
    if (visit.kind == NodeKind::kBreak && riders > 0) return false;
    if (visit.kind == NodeKind::kDropoff) {
      ChangeLoad(load, problem.request(visit.owner).load, -1);
      --riders;
      if (company) std::erase(riding, visit.owner);
    } else if (visit.kind == NodeKind::kPickup) {
      traits = at_[i - 1].traits;
      repels = at_[i - 1].repels;
      if (!joins(problem.request(visit.owner))) return false;
      board(visit.owner);
      if (!problem.Fits(vehicle_, load, Load{})) return false;
    }
    note(at_[i]);
  }
  return true;
}

void RouteState::Begin(const Compiled& problem, Workspace& work) {
  Label& label = work.label;
  StartLabel(problem, vehicle_, label);
  at_[0].begin = label.begin;
  at_[0].end = label.end;
  at_[0].tracked = 0;
  tracked_.assign(label.tracked.begin(), label.tracked.end());
  driven_ = busy_ = 0;
}

// From the position after `known` on, whose label is at hand.
bool RouteState::Labels(size_t known, const Compiled& problem, Workspace& work) {
  Label& label = work.label;
  for (size_t i = known + 1; i < at_.size(); ++i) {
    Position& at = at_[i];
    // A vehicle that is not used stays where it is, wherever its tours end.
    const Ticks travel = used_ ? problem.Travel(at_[i - 1].place, at.place) : 0;
    at_[i - 1].to_next = travel;
    driven_ += travel;
    busy_ += travel + at.visit.service;
    if (travel >= kUnreachable || !Extend(at.visit, travel, label)) return false;
    at.begin = label.begin;
    at.end = label.end;
    at.tracked = static_cast<uint32_t>(tracked_.size());
    if (i + 1 < at_.size())
      tracked_.insert(tracked_.end(), label.tracked.begin(), label.tracked.end());
  }
  at_.back().to_next = 0;
  least_driven_ = driven_;
  return true;
}

bool RouteState::Latest() {
  Ticks latest = kForever;
  for (size_t i = at_.size(); i-- > 0;) {
    Position& at = at_[i];
    at.latest = latest = std::min(at.visit.latest, latest - at.to_next - at.visit.service);
    if (latest < at.begin) return false;
  }
  return true;
}

void RouteState::Stretch(const RouteState& base, Ticks by) {
  *this = base;
  at_.front().visit.latest += by;
  at_.back().visit.latest += by;
  Latest();  // only later than before
}

void RouteState::Summarise(const Compiled& problem) {
  cost_ = used_ ? DrivingCost(problem, vehicle_, driven_, true) : 0;
  hash_ = Mix(static_cast<uint64_t>(vehicle_) + 0x51ed270b);
  for (size_t i = 1; i + 1 < at_.size(); ++i) {
    hash_ = Mix(hash_ ^ (static_cast<uint64_t>(static_cast<uint32_t>(at_[i].node)) + 0x2545f491));
  }
}

std::vector<NodeId> RouteState::Stops() const {
  std::vector<NodeId> stops;
  size_t next = 0;
  for (size_t i = 0; i + 1 < at_.size(); ++i) {
    if (i > 0) stops.push_back(at_[i].node);
    for (; next < breaks_.size() && breaks_[next].first == static_cast<int32_t>(i); ++next) {
      stops.push_back(breaks_[next].second);
    }
  }
  return stops;
}

}  // namespace stadtmesh::dispatch::internal

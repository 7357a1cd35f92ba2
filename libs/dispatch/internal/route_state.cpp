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

void Change(Load& load, const Load& by, int sign) {
  for (int d = 0; d < kDimensions; ++d) load[d] += sign * by[d];
}

}  // namespace

bool RouteState::Build(const Compiled& problem, int vehicle, absl::Span<const NodeId> stops,
                       Workspace& work) {
  const VehicleFacts& facts = problem.vehicle(vehicle);
  vehicle_ = vehicle;
  at_.clear();
  at_.push_back({facts.start});
  for (size_t i = 0; i < stops.size(); ++i) {
    const bool pause = facts.free_breaks && problem.node(stops[i]).kind == NodeKind::kBreak;
    if (!pause || static_cast<int>(i) < facts.locked) at_.push_back({stops[i]});
  }
  at_.push_back({facts.end});
  used_ = at_.size() > 2 || facts.begun;
  Place place = problem.node(facts.start).place;
  for (Position& at : at_) {
    if (problem.node(at.node).place >= 0 && (used_ || at.node != facts.end)) {
      place = problem.node(at.node).place;
    }
    at.place = place;
  }
  if (!Loads(problem) || !Labels(problem, work) || !Latest(problem)) return false;
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
  }
  if (facts.free_breaks && at_.size() > 2) {
    const Arrangement arranged = Arrange(problem, vehicle_, work.sequence, clock ? &work.clock : nullptr);
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

bool RouteState::Loads(const Compiled& problem) {
  const VehicleFacts& facts = problem.vehicle(vehicle_);
  Load load = facts.on_board;
  std::vector<int32_t> riding;
  for (const auto& rider : facts.riding) riding.push_back(rider.request);
  const auto note = [&](Position& at) {
    at.load = load;
    at.traits = at.repels = 0;
    if (!problem.has_company()) return;
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
    const Node& node = problem.node(at.node);
    if (node.kind != NodeKind::kDropoff || problem.request(node.owner).has_pickup) continue;
    const RequestFacts& request = problem.request(node.owner);
    if (!joins(request)) return false;
    traits |= request.traits;
    repels |= request.repels;
    Change(load, request.load, 1);
    riding.push_back(node.owner);
  }
  if (!IsZero(load) && !problem.Fits(vehicle_, load, Load{}) && facts.driven == 0) return false;
  note(at_[0]);
  for (size_t i = 1; i < at_.size(); ++i) {
    const Node& node = problem.node(at_[i].node);
    if (node.kind == NodeKind::kBreak && !riding.empty()) return false;
    if (node.kind == NodeKind::kDropoff) {
      Change(load, problem.request(node.owner).load, -1);
      std::erase(riding, node.owner);
    } else if (node.kind == NodeKind::kPickup) {
      const RequestFacts& request = problem.request(node.owner);
      traits = at_[i - 1].traits;
      repels = at_[i - 1].repels;
      if (!joins(request)) return false;
      Change(load, request.load, 1);
      riding.push_back(node.owner);
      if (!problem.Fits(vehicle_, load, Load{})) return false;
    }
    note(at_[i]);
  }
  return true;
}

bool RouteState::Labels(const Compiled& problem, Workspace& work) {
  Label& label = work.label;
  StartLabel(problem, vehicle_, label);
  tracked_.clear();
  driven_ = busy_ = 0;
  for (size_t i = 0; i < at_.size(); ++i) {
    Position& at = at_[i];
    const Node& node = problem.node(at.node);
    if (i > 0) {
      const Ticks travel = problem.Travel(at_[i - 1].place, at.place);
      at_[i - 1].to_next = travel;
      driven_ += travel;
      busy_ += travel + node.service;
      if (travel >= kUnreachable || !Extend(node, travel, label)) return false;
    }
    at.begin = label.begin;
    at.service = node.service;
    at.tracked = static_cast<uint32_t>(tracked_.size());
    if (i + 1 < at_.size()) tracked_.insert(tracked_.end(), label.tracked.begin(), label.tracked.end());
  }
  at_.back().to_next = 0;
  least_driven_ = driven_;
  return true;
}

bool RouteState::Latest(const Compiled& problem) {
  Ticks latest = kForever;
  for (size_t i = at_.size(); i-- > 0;) {
    const Node& node = problem.node(at_[i].node);
    at_[i].latest = latest = std::min(node.latest, latest - at_[i].to_next - node.service);
    if (latest < at_[i].begin) return false;
  }
  return true;
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

#include "dispatch/internal/route_clock.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {

bool RouteClock::Time(int v, absl::Span<const Node* const> sequence) {
  vehicle_ = v;
  Load(v, sequence);
  if (problem_.time_dependent()) {
    if (!Least(v)) return false;
  } else {
    EightSteps();
    if (!Feasible(v)) return false;
  }
  driven_ = 0;
  for (size_t i = 1; i < at_.size(); ++i) driven_ += at_[i].arrival - at_[i - 1].end;
  return true;
}

void RouteClock::Load(int v, absl::Span<const Node* const> sequence) {
  at_.resize(sequence.size());
  Place place = -1;
  for (size_t i = 0; i < sequence.size(); ++i) {
    At& at = at_[i];
    at.node = sequence[i];
    if (at.node->place >= 0) place = at.node->place;
    at.place = place;
    at.pickup = -1;
    at.max_ride = kForever;
    at.boarded = 0;
    if (at.node->kind != NodeKind::kDropoff) continue;
    for (size_t k = i; k-- > 1;) {
      if (at_[k].node->kind == NodeKind::kPickup && at_[k].node->owner == at.node->owner) {
        at.pickup = static_cast<int32_t>(k);
        at.max_ride = at.node->max_ride;
      }
    }
    if (at.pickup >= 0) continue;
    for (const auto& riding : problem_.vehicle(v).riding) {
      if (riding.request != at.node->owner) continue;
      at.pickup = -2;
      at.max_ride = at.node->max_ride;
      at.boarded = riding.boarded;
    }
  }
}

void RouteClock::Forward(size_t first) {
  for (size_t i = first; i < at_.size(); ++i) {
    At& at = at_[i];
    at.arrival = at_[i - 1].end + problem_.Travel(at_[i - 1].place, at.place);
    at.begin = std::max(at.arrival, at.node->window.earliest);
    at.waiting = at.begin - at.arrival;
    at.end = at.begin + at.node->service;
  }
}

Ticks RouteClock::Slack(size_t j) const {
  Ticks slack = kForever;
  Ticks waiting = 0;
  for (size_t i = j; i < at_.size() && slack > waiting; ++i) {
    const At& at = at_[i];
    if (i > j) waiting += at.waiting;
    Ticks room = at.node->window.latest - at.begin;
    const bool before = at.pickup == -2 || (at.pickup >= 0 && at.pickup < static_cast<int32_t>(j));
    if (before && at.max_ride < kForever) room = std::min(room, at.max_ride - Ride(at));
    slack = std::min(slack, waiting + std::max<Ticks>(room, 0));
  }
  return slack;
}

void RouteClock::EightSteps() {
  const auto waiting_after = [this](size_t j) {
    Ticks waiting = 0;
    for (size_t i = j + 1; i < at_.size(); ++i) waiting += at_[i].waiting;
    return waiting;
  };
  At& start = at_[0];
  start.arrival = start.begin = start.end = start.node->window.earliest;
  start.waiting = 0;
  Forward(1);
  start.begin += std::min(Slack(0), waiting_after(0));
  start.arrival = start.end = start.begin;
  Forward(1);
  for (size_t j = 1; j < at_.size(); ++j) {
    if (at_[j].node->kind != NodeKind::kPickup) continue;
    const Ticks waiting = waiting_after(j);
    if (waiting <= 0) break;
    const Ticks delay = std::min(Slack(j), waiting);
    if (delay <= 0) continue;
    at_[j].begin += delay;
    at_[j].waiting += delay;
    at_[j].end += delay;
    Forward(j + 1);
  }
}

bool RouteClock::Feasible(int v) const {
  for (const At& at : at_) {
    if (at.begin > at.node->window.latest) return false;
    if (at.pickup != -1 && at.max_ride < kForever && Ride(at) > at.max_ride) return false;
  }
  const VehicleFacts& facts = problem_.vehicle(v);
  const Ticks end = at_.back().begin;
  if (facts.limited && end - at_[0].begin > facts.max_duration) return false;
  for (const Tracked& t : facts.boarded) {
    if (t.request < 0 && end > t.bound) return false;
  }
  return true;
}

// As many rounds as Check makes: a route without its breaks must not seem impossible because a ride
// fits only just, or only later. The least solution of all lower limits, by repeated passes;
// raising only, so the first window that is passed proves infeasibility.
bool RouteClock::Least(int v) {
  raised_.resize(at_.size());
  for (size_t i = 0; i < at_.size(); ++i) raised_[i] = at_[i].node->window.earliest;
  const VehicleFacts& facts = problem_.vehicle(v);
  for (int round = 0; round < 20'000; ++round) {
    bool again = false;
    for (size_t i = 0; i < at_.size(); ++i) {
      At& at = at_[i];
      at.arrival =
          i == 0 ? raised_[0]
                 : at_[i - 1].end + problem_.Travel(at_[i - 1].place, at.place, at_[i - 1].end);
      at.begin = std::max(at.arrival, raised_[i]);
      if (at.begin > at.node->window.latest) return false;
      at.waiting = at.begin - at.arrival;
      at.end = at.begin + at.node->service;
    }
    const auto raise = [&](size_t i, Ticks to) {
      if (to <= at_[i].begin) return;
      raised_[i] = to;
      again = true;
    };
    for (const At& at : at_) {
      if (at.max_ride >= kForever) continue;
      if (at.pickup == -2 && Ride(at) > at.max_ride) return false;
      if (at.pickup >= 0) raise(at.pickup, at.begin - at.max_ride - at_[at.pickup].node->service);
    }
    if (facts.limited) raise(0, at_.back().begin - facts.max_duration);
    if (!again) return Feasible(v);
  }
  return false;
}

RouteSchedule RouteClock::Schedule() const {
  RouteSchedule schedule;
  schedule.start = at_.front().end;
  schedule.end = at_.back().begin;
  for (size_t i = 1; i + 1 < at_.size(); ++i) {
    schedule.stops.push_back({at_[i].arrival, at_[i].begin, at_[i].end});
  }
  return schedule;
}

double RouteClock::ScheduleCost() const {
  const Weights& w = problem_.weights();
  Ticks waiting = 0, excess = 0, rider_wait = 0;
  for (size_t i = 1; i < at_.size(); ++i) {
    const At& at = at_[i];
    waiting += at.waiting;
    if (at.node->kind == NodeKind::kPickup) rider_wait += at.begin - at.node->window.earliest;
    if (at.node->kind != NodeKind::kDropoff || at.pickup == -1) continue;
    const Place from =
        at.pickup >= 0 ? at_[at.pickup].place : problem_.compiled(at.node->owner).pickup.place;
    excess += Ride(at) - problem_.Travel(from, at.place);
  }
  const double fair = problem_.vehicle(vehicle_).shift_seconds;
  return w.driven * ToSeconds(driven_) + w.waiting * ToSeconds(waiting) +
         w.excess_ride * ToSeconds(excess) + w.rider_wait * ToSeconds(rider_wait) +
         w.fairness * ToSeconds(driven_) * ToSeconds(driven_) / fair;
}

}  // namespace stadtmesh::dispatch::internal

// What is to be planned: requests, vehicles, weights. Plain values; instants and durations in ticks
// (units.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "dispatch/travel.h"
#include "dispatch/units.h"

namespace stadtmesh::dispatch {

// How much room something takes, or offers, in up to four dimensions that the caller names once:
// seats, wheelchair places, cool boxes...
inline constexpr int kDimensions = 4;
using Load = std::array<int32_t, kDimensions>;

// Closed interval of instants.
struct TimeWindow {
  Ticks earliest = 0;
  Ticks latest = kForever;
  bool operator==(const TimeWindow&) const = default;
};

// One end of a request: service begins inside the window and takes `service` ticks (boarding,
// unloading).
struct Visit {
  Place place = 0;
  TimeWindow window;
  // What was promised at booking. When set it is the window that counts, and it is never widened by
  // planning.
  std::optional<TimeWindow> promise;
  Ticks service = 0;
  // Driving is late and the limit above cannot be kept any more: service may begin until then, no
  // later (lateness.h).
  Ticks tolerated_latest = kNever;
  // The window that counts.
  TimeWindow Limits() const {
    const TimeWindow& window = promise ? *promise : this->window;
    return {window.earliest, std::max(window.latest, tolerated_latest)};
  }
  bool operator==(const Visit&) const = default;
};

// A ride, or a delivery. With only a pick-up the load stays on board to the end of the tour; with
// only a drop-off it is on board from the start of the tour.
struct Request {
  std::optional<Visit> pickup;
  std::optional<Visit> dropoff;
  // Longest time between the end of service at the pick-up and the beginning of service at the
  // drop-off.
  Ticks max_ride = kForever;
  Ticks tolerated_ride = 0;  // driving is late: the ride may take so long after all (lateness.h)
  Load load{};
  // Who may not be on board together: A and B may not when A.repels & B.traits, or B.repels &
  // A.traits. Bits are the caller's.
  uint64_t traits = 0;
  uint64_t repels = 0;
  // A vehicle serves the request only when it has all these bits.
  uint64_t skills = 0;
  // Must be served: a plan without it is infeasible. Implied by a promise.
  bool mandatory = false;
  // Times Weights::refused, when the request is not served.
  double priority = 1;
  Ticks LongestRide() const { return std::max(max_ride, tolerated_ride); }  // that counts
  bool Mandatory() const {
    return mandatory || (pickup && pickup->promise) || (dropoff && dropoff->promise);
  }
  bool operator==(const Request&) const = default;
};

// A pause of the driver, taken where the vehicle stands, with nobody and nothing on board. Begins
// inside the window.
struct Break {
  TimeWindow window;
  Ticks duration = 0;
  Ticks tolerated_latest = kNever;  // as of Visit
  TimeWindow Limits() const { return {window.earliest, std::max(window.latest, tolerated_latest)}; }
  bool operator==(const Break&) const = default;
};

// Where a vehicle is in its tour. The first begun.size() stops of its route are driven (or being
// served) and never change.
struct Progress {
  std::vector<Ticks> begun;  // when service began at each driven stop
  // so many stops (driven ones included) keep their places in the order
  int locked = 0;
  Place place = 0;  // where the vehicle is, or becomes free
  // from when on it can drive on (after the service of the last driven stop)
  Ticks ready = 0;
  // when the tour began, for max_duration; without it the tour has not begun
  std::optional<Ticks> started;
  bool operator==(const Progress&) const = default;
};

// A vehicle with its driver.
struct Vehicle {
  Place start = 0;
  std::optional<Place> end;       // without it the tour ends after its last stop
  TimeWindow shift;               // the tour begins and ends inside
  Ticks max_duration = kForever;  // between beginning and end of the tour
  // The layouts of the room on board. At every moment the load fits at least one of them. At least
  // one.
  std::vector<Load> configurations;
  uint64_t skills = 0;
  // in the order in which they are taken; each is taken once on a tour that is driven
  std::vector<Break> breaks;
  // Driving is late: the tour may end as late, and take as long, after all (lateness.h).
  Ticks tolerated_end = kNever;
  Ticks tolerated_duration = 0;
  // The limits that count.
  TimeWindow ShiftLimits() const { return {shift.earliest, std::max(shift.latest, tolerated_end)}; }
  Ticks LongestTour() const { return std::max(max_duration, tolerated_duration); }
  // For a vehicle that is under way, or when the day has begun: "nothing before now" is {.place =
  // start, .ready = now}.
  std::optional<Progress> progress;
  bool operator==(const Vehicle&) const = default;
};

// The price of a plan is the weighted sum of its terms. Weights are 0 or more.
struct Weights {
  double driven = 1;       // per second of driving
  double waiting = 0;      // per second a vehicle stands waiting for the next service to begin
  double excess_ride = 0;  // per second a rider is on board beyond the direct way
  double rider_wait = 0;   // per second between the earliest pick-up and the planned one
  // per second of sum over vehicles of driven^2 / length of the shift: smaller when evenly spread
  double fairness = 0;
  double vehicle = 0;    // per vehicle that leaves its start place
  double refused = 1e6;  // per request that is not served, times its priority
  bool ScheduleMatters() const { return waiting > 0 || excess_ride > 0 || rider_wait > 0; }
  bool operator==(const Weights&) const = default;
};

// Everything the planner knows. `travel` must outlive every call that is given the problem.
struct Problem {
  std::vector<Request> requests;
  std::vector<Vehicle> vehicles;
  Weights weights;
  const TravelTimes* travel = nullptr;
};

// INVALID_ARGUMENT naming the first thing that makes no sense: a place the oracle does not know, a
// window that ends before it begins, a negative duration or load, a vehicle without a
// configuration, a request without pick-up and drop-off, a weight below 0.
absl::Status Validate(const Problem& problem);

}  // namespace stadtmesh::dispatch

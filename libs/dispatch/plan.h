// A plan: which vehicle visits what, in which order; its schedule and its price.
#pragma once

#include <cstdint>
#include <vector>

#include "dispatch/units.h"

namespace stadtmesh::dispatch {

enum class StopKind : uint8_t { kPickup, kDropoff, kBreak };

struct Stop {
  StopKind kind = StopKind::kPickup;
  int32_t index = 0;  // of the request in Problem::requests, or of the break in Vehicle::breaks
  bool operator==(const Stop&) const = default;
};

struct Route {
  std::vector<Stop> stops;  // driven ones first (Progress::begun)
  bool operator==(const Route&) const = default;
};

// One route per vehicle, in the order of Problem::vehicles. Requests in no route are refused.
struct Plan {
  std::vector<Route> routes;
  bool operator==(const Plan&) const = default;
};

struct StopTimes {
  Ticks arrival = 0;  // of the vehicle
  Ticks begin = 0;    // of service (or of the break); waiting is begin - arrival
  Ticks end = 0;      // of service
};

struct RouteSchedule {
  Ticks start = 0;  // departure from the start place, or from the present position
  Ticks end = 0;    // arrival at the end place, or end of the last service
  std::vector<StopTimes> stops;
};

// The terms of the price, for one route or a whole plan. What is driven already costs nothing more.
struct CostTerms {
  Ticks driven = 0;
  Ticks waiting = 0;
  Ticks excess_ride = 0;
  Ticks rider_wait = 0;
  double fairness = 0;  // seconds
  int vehicles = 0;     // that drive
  double refused = 0;   // sum of priorities
  double total = 0;     // weighted
};

}  // namespace stadtmesh::dispatch

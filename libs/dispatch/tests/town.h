// Small made-up problems for the tests.
#pragma once

#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

// Places on a line, `spacing` apart: travel times are easy to calculate in one's head.
inline MatrixTravelTimes Line(int places, Ticks spacing = kMinute) {
  std::vector<Ticks> ticks;
  for (int a = 0; a < places; ++a) {
    for (int b = 0; b < places; ++b) ticks.push_back(std::abs(a - b) * spacing);
  }
  return MatrixTravelTimes(places, ticks);
}

// A ride from place to place inside one window.
inline Request Ride(Place from, Place to, TimeWindow pickup, TimeWindow dropoff = {}) {
  Request request;
  request.pickup = Visit{from, pickup, std::nullopt, 0};
  request.dropoff = Visit{to, dropoff, std::nullopt, 0};
  request.load = {1, 0, 0, 0};
  return request;
}

inline Vehicle Bus(Place depot, int seats) {
  Vehicle bus;
  bus.start = depot;
  bus.end = depot;
  bus.shift = {0, 10 * kHour};
  bus.configurations = {{seats, 0, 0, 0}};
  return bus;
}

// What a random problem may hold; each test switches on what it is about.
struct Features {
  int requests = 5;
  int vehicles = 2;
  bool ride_limits = true;
  bool breaks = false;
  bool one_sided = false;
  bool company = false;  // traits and skills
  bool duration = false;
  bool configurations = false;
  bool schedule_price = false;
  bool time_dependent = false;
  bool elsewhere = false;  // tours may end, and vehicles stand, elsewhere than they start
};

// A problem together with its travel times.
struct Town {
  std::unique_ptr<TravelTimes> travel;
  Problem problem;
};

// Random requests and vehicles in a square of 20 minutes, within a few hours. The same seed gives
// the same town.
Town RandomTown(uint64_t seed, const Features& features);

// The cheapest plan by trying every route with Check (at most 6 requests); refusals cost what they
// cost. Cost is infinite when no plan is feasible. Slow and simple.
struct BruteForceAnswer {
  double cost = 0;
  Plan plan;
};
BruteForceAnswer BruteForceSolve(const Problem& problem);

// The smallest growth of the price over every way to put `request` into `plan`, stops of other
// requests keeping their order and breaks free to move; infinity when there is none.
double BruteForceInsert(const Problem& problem, const Plan& plan, int request);

}  // namespace stadtmesh::dispatch

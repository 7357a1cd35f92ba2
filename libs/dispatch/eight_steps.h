// The schedule of one route after Cordeau and Laporte (2003), for `Check` and for the plans that
// are handed out.
#pragma once

#include <vector>

#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch::internal {

// A well-formed route (CheckForm) made ready for timing: node 0 is the departure, then the stops
// not yet driven, then the end.
struct TimedRoute {
  struct Node {
    Place place = 0;
    TimeWindow window;
    Ticks service = 0;
    int stop = -1;       // position in the route; -1: departure or end
    int request = -1;    // -1: departure, break or end
    int pickup = -1;     // at a drop-off: the node of its pick-up; -1: none, or already driven
    Ticks boarded = -1;  // at a drop-off whose pick-up is driven: when boarding ended; -1: none
    Ticks max_ride = kForever;
    Ticks due = kForever;  // window.latest without what is tolerated
    bool is_pickup = false;
    // the schedule
    Ticks arrival = 0, begin = 0, departure = 0, waiting = 0;
  };
  std::vector<Node> nodes;
  int driven = 0;     // stops before nodes[1]
  bool used = false;  // the vehicle drives
};

TimedRoute MakeTimedRoute(const Problem& problem, int vehicle, const Route& route);

// Fills in the schedule: eight steps, or for time-dependent travel times the earliest schedule that
// keeps the ride times.
void Schedule(const TravelTimes& travel, const Vehicle& vehicle, TimedRoute& route);

// Fills in the schedule that begins everything as early as it can, whatever that does to rides.
void ScheduleEarly(const TravelTimes& travel, TimedRoute& route);

// When the tour began: Progress::started, or the departure.
Ticks TourStart(const Vehicle& vehicle, const TimedRoute& route);

// The time on board at drop-off node `i`, or -1 where it has no pick-up.
Ticks RideTime(const TimedRoute& route, int i);

RouteSchedule ToSchedule(const Vehicle& vehicle, const TimedRoute& route);

}  // namespace stadtmesh::dispatch::internal

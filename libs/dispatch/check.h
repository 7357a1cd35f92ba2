// The independent judge of any plan. Shares no code with the planner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch {

// What a plan, or a wish, can break.
enum class Limit {
  // not a plan at all: unknown index, wrong number of routes, drop-off before pick-up, a stop
  // twice, half a request
  kForm,
  kFrozen,    // a driven or locked stop is missing or moved
  kUnserved,  // a mandatory request is in no route
  kWindow,    // service would begin after its window
  kPromise,   // service would begin after its promised window
  kRideTime,  // longer on board than allowed
  // load fits no configuration; `by` counts units, of the configuration that comes nearest
  kCapacity,
  kTogether,     // two that may not ride together
  kSkills,       // the vehicle lacks a skill
  kShift,        // the tour ends after the shift
  kDuration,     // the tour takes longer than max_duration
  kBreak,        // a break is missing, too late, or not empty
  kUnreachable,  // no way leads there
};

// "WINDOW", "RIDE_TIME", ...
absl::string_view LimitName(Limit limit);

struct Violation {
  Limit limit = Limit::kForm;
  int vehicle = -1;  // -1: none
  int stop = -1;     // position in the route, -1: none or the end
  int request = -1;  // -1: none
  Ticks by = 0;      // how much too late or too long, in ticks; units of load for kCapacity
  bool operator==(const Violation&) const = default;
};

// "vehicle 2, stop 5, request 7: RIDE_TIME by 93.5 s".
std::string Describe(const Violation& violation);

struct CheckReport {
  bool feasible = false;
  std::vector<Violation> violations;
  // Limits that are broken, but no further than the problem tolerates (Visit::tolerated_latest and
  // the like), and by how much.
  std::vector<Violation> tolerated;
  CostTerms cost;
  std::vector<RouteSchedule> schedules;  // one per vehicle; what `Check` judged
};

// Judges `plan` for a valid `problem`. Schedules are those of the eight-step procedure of Cordeau
// and Laporte (Transportation Research B 37, 2003): start as late as the end of the tour allows,
// then delay each pick-up so far that nobody is late and no ride becomes too long, which finds a
// feasible schedule whenever one exists. For time-dependent travel times it is the earliest
// feasible one. Driven stops keep the times of Progress::begun and are not judged by the clock:
// driving late breaks a promise, planning does not. Takes O(n * riders on board) per route.
CheckReport Check(const Problem& problem, const Plan& plan);

// What `Check` cannot know from one plan: the driven and locked stops of `before` (Progress) that
// are not in the same places in `plan`, as kFrozen. Both have one route per vehicle.
std::vector<Violation> CheckFrozen(const Problem& problem, const Plan& before, const Plan& plan);

}  // namespace stadtmesh::dispatch

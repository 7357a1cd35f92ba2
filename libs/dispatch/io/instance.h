// A problem read from a file, with what it points to.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch::io {

// A point of the benchmark files' plane.
struct Point {
  double x = 0, y = 0;
};

struct Instance {
  std::unique_ptr<TravelTimes> travel;
  Problem problem;                 // .travel points to the above
  std::optional<Plan> plan;        // json: a plan to start from
  std::vector<Point> points;       // darp, pdptw: of the places, for exact lengths
  std::vector<int> node_of_place;  // darp, pdptw: the file's number of each place
  std::vector<std::string> request_names, vehicle_names;  // json; else empty
};

// A distance or duration of the benchmark files in ticks: one unit takes one second.
inline Ticks UnitTicks(double units) { return std::llround(units * static_cast<double>(kSecond)); }

// Euclidean travel times between `points`, one unit of the plane a second, rounded up to the tick:
// what is feasible here is feasible in exact arithmetic.
std::unique_ptr<TravelTimes> Euclidean(const std::vector<Point>& points);

// The exact length of a plan of an instance with points, from the depot of each used vehicle and
// back, in units of the plane.
double ExactLength(const Instance& instance, const Plan& plan);

// Dial-a-ride files of Cordeau and Laporte: `K N T Q L`, then one line per node `id x y service
// load earliest latest`, ids from 0 (the depot) on; N may count the requests instead of the nodes,
// and the depot may follow once more. Of N nodes the second half are the drop-offs, in the order of
// the pick-ups, with the same loads below 0. Every request is mandatory; the price is the distance.
absl::StatusOr<Instance> ReadDarp(absl::string_view text);

// Pick-up and delivery files of Li and Lim: `vehicles capacity speed`, then one line per task
// `id x y demand earliest latest service pickup delivery`. Every request is mandatory; the price is
// the number of vehicles first (kVehiclePrice each), then the distance.
absl::StatusOr<Instance> ReadPdptw(absl::string_view text);
inline constexpr double kVehiclePrice = 100'000;

// The own format: see json.h.
absl::StatusOr<Instance> ReadJson(absl::string_view text);

// "darp", "pdptw" or "json".
absl::StatusOr<Instance> Read(absl::string_view format, absl::string_view text);

}  // namespace stadtmesh::dispatch::io

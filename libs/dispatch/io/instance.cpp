#include "dispatch/io/instance.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace stadtmesh::dispatch::io {
namespace {

double Distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

std::unique_ptr<TravelTimes> Euclidean(const std::vector<Point>& points) {
  std::vector<Ticks> ticks;
  ticks.reserve(points.size() * points.size());
  for (const Point& a : points) {
    for (const Point& b : points) {
      ticks.push_back(static_cast<Ticks>(std::ceil(Distance(a, b) * static_cast<double>(kSecond))));
    }
  }
  return std::make_unique<MatrixTravelTimes>(static_cast<int>(points.size()), std::move(ticks));
}

double ExactLength(const Instance& instance, const Plan& plan) {
  double length = 0;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    const Vehicle& vehicle = instance.problem.vehicles[v];
    if (plan.routes[v].stops.empty()) continue;
    Place at = vehicle.start;
    const auto go = [&](Place to) {
      length += Distance(instance.points[at], instance.points[to]);
      at = to;
    };
    for (const Stop& stop : plan.routes[v].stops) {
      if (stop.kind == StopKind::kBreak) continue;
      const Request& request = instance.problem.requests[stop.index];
      go(stop.kind == StopKind::kPickup ? request.pickup->place : request.dropoff->place);
    }
    if (vehicle.end) go(*vehicle.end);
  }
  return length;
}

absl::StatusOr<Instance> Read(absl::string_view format, absl::string_view text) {
  if (format == "darp") return ReadDarp(text);
  if (format == "pdptw") return ReadPdptw(text);
  if (format == "json") return ReadJson(text);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown format '", format, "': use darp, pdptw or json"));
}

}  // namespace stadtmesh::dispatch::io

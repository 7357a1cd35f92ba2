#include "buergerbus/domain/area.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace stadtmesh::buergerbus {
namespace {

constexpr double kMetresPerDegree = 111'195;  // of latitude
constexpr double kSmallestAreaSquareMetres = 1000;

struct Point {
  double x = 0, y = 0;  // metres east and north
  bool operator==(const Point&) const = default;
};
struct Side {
  Point from, to;
  size_t index = 0;
  double west() const { return std::min(from.x, to.x); }
  double east() const { return std::max(from.x, to.x); }
};

// On a plane that is true enough at this latitude.
Point Flatten(const LatLon& point, double latitude) {
  const double radians = latitude * std::numbers::pi / 180;
  return {point.longitude * kMetresPerDegree * std::cos(radians),
          point.latitude * kMetresPerDegree};
}

std::vector<Side> SidesOf(const Polygon& area) {
  const std::vector<LatLon>& ring = area.ring();
  std::vector<Side> sides;
  for (size_t i = 0; i < ring.size(); ++i) {
    const Side side{Flatten(ring[i], ring[0].latitude),
                    Flatten(ring[(i + 1) % ring.size()], ring[0].latitude), sides.size()};
    if (!(side.from == side.to)) sides.push_back(side);  // a corner that is given twice
  }
  return sides;
}

// Twice the signed area of the triangle.
double Cross(const Point& a, const Point& b, const Point& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

// Each has an end on either side of the other. Sides that only touch, as neighbours do, do not.
bool DoCross(const Side& a, const Side& b) {
  const auto apart = [](double one, double other) {
    return (one > 0) != (other > 0) && one * other != 0;
  };
  return apart(Cross(a.from, a.to, b.from), Cross(a.from, a.to, b.to)) &&
         apart(Cross(b.from, b.to, a.from), Cross(b.from, b.to, a.to));
}

// From west to east, so that only sides that overlap are compared.
bool SomeCross(std::vector<Side> sides) {
  std::sort(sides.begin(), sides.end(),
            [](const Side& a, const Side& b) { return a.west() < b.west(); });
  for (size_t i = 0; i < sides.size(); ++i) {
    for (size_t k = i + 1; k < sides.size() && sides[k].west() <= sides[i].east(); ++k) {
      if (DoCross(sides[i], sides[k])) return true;
    }
  }
  return false;
}

double SquareMetres(const std::vector<Side>& sides) {
  double twice = 0;
  for (const Side& side : sides) twice += Cross(sides[0].from, side.from, side.to);
  return std::abs(twice) / 2;
}

bool TooWide(const std::vector<LatLon>& ring) {
  LatLon low = ring[0], high = ring[0];
  for (const LatLon& point : ring) {
    low = {std::min(low.latitude, point.latitude), std::min(low.longitude, point.longitude)};
    high = {std::max(high.latitude, point.latitude), std::max(high.longitude, point.longitude)};
  }
  return DistanceMetres(low, {high.latitude, low.longitude}) > kWidestAreaMetres ||
         DistanceMetres(low, {low.latitude, high.longitude}) > kWidestAreaMetres;
}

double Metres(const Side& side, const Point& point) {
  const double dx = side.to.x - side.from.x, dy = side.to.y - side.from.y;
  const double along =
      ((point.x - side.from.x) * dx + (point.y - side.from.y) * dy) / (dx * dx + dy * dy);
  const double at = std::clamp(along, 0.0, 1.0);
  return std::hypot(side.from.x + at * dx - point.x, side.from.y + at * dy - point.y);
}

}  // namespace

bool IsSound(const Polygon& area) {
  if (area.empty() || TooWide(area.ring())) return false;
  const std::vector<Side> sides = SidesOf(area);
  return sides.size() >= 3 && SquareMetres(sides) >= kSmallestAreaSquareMetres && !SomeCross(sides);
}

double MetresFrom(const Polygon& area, const LatLon& point) {
  if (area.Contains(point)) return 0;
  double nearest = std::numeric_limits<double>::infinity();
  if (area.empty()) return nearest;
  const Point at = Flatten(point, area.ring()[0].latitude);
  for (const Side& side : SidesOf(area)) nearest = std::min(nearest, Metres(side, at));
  return nearest;
}

}  // namespace stadtmesh::buergerbus

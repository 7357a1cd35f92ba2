// Points and areas on the earth (WGS 84). Pure and thread-safe.
#pragma once

#include <vector>

namespace stadtmesh {

// A point in degrees. Latitude -90..90, longitude -180..180.
struct LatLon {
  double latitude = 0;
  double longitude = 0;
  bool operator==(const LatLon&) const = default;
};

// Finite and inside the ranges above.
bool IsValid(const LatLon& point);

// Great-circle distance in metres (haversine, mean earth radius 6,371,008.8 m, IUGG).
double DistanceMetres(const LatLon& a, const LatLon& b);

// A simple polygon as a ring of at least three points; the last point need not repeat the first.
// Sides are straight in latitude and longitude, which is exact enough for a municipality.
class Polygon {
 public:
  Polygon() = default;
  explicit Polygon(std::vector<LatLon> ring);
  // Even-odd rule; a point on the boundary counts as inside. An empty polygon contains nothing.
  bool Contains(const LatLon& point) const;
  const std::vector<LatLon>& ring() const { return ring_; }
  bool empty() const { return ring_.size() < 3; }

 private:
  std::vector<LatLon> ring_;
  LatLon min_, max_;
};

}  // namespace stadtmesh

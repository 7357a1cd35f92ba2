#include "base/geo.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace stadtmesh {
namespace {

constexpr double kEarthRadiusMetres = 6'371'008.8;

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

bool OnSegment(const LatLon& a, const LatLon& b, const LatLon& p) {
  const double cross = (b.longitude - a.longitude) * (p.latitude - a.latitude) -
                       (b.latitude - a.latitude) * (p.longitude - a.longitude);
  return std::abs(cross) < 1e-12 && p.latitude >= std::min(a.latitude, b.latitude) &&
         p.latitude <= std::max(a.latitude, b.latitude) &&
         p.longitude >= std::min(a.longitude, b.longitude) &&
         p.longitude <= std::max(a.longitude, b.longitude);
}

}  // namespace

bool IsValid(const LatLon& point) {
  return std::isfinite(point.latitude) && std::isfinite(point.longitude) &&
         std::abs(point.latitude) <= 90 && std::abs(point.longitude) <= 180;
}

double DistanceMetres(const LatLon& a, const LatLon& b) {
  const double half_latitude = std::sin(Radians(b.latitude - a.latitude) / 2);
  const double half_longitude = std::sin(Radians(b.longitude - a.longitude) / 2);
  const double h = half_latitude * half_latitude + std::cos(Radians(a.latitude)) *
                                                       std::cos(Radians(b.latitude)) *
                                                       half_longitude * half_longitude;
  return 2 * kEarthRadiusMetres * std::asin(std::min(1.0, std::sqrt(h)));
}

Polygon::Polygon(std::vector<LatLon> ring) : ring_(std::move(ring)) {
  // All repetitions of the first point, so that a ring read back is the ring.
  while (ring_.size() > 1 && ring_.front() == ring_.back()) ring_.pop_back();
  if (empty()) return;
  min_ = max_ = ring_.front();
  for (const LatLon& point : ring_) {
    min_.latitude = std::min(min_.latitude, point.latitude);
    min_.longitude = std::min(min_.longitude, point.longitude);
    max_.latitude = std::max(max_.latitude, point.latitude);
    max_.longitude = std::max(max_.longitude, point.longitude);
  }
}

bool Polygon::Contains(const LatLon& p) const {
  if (empty() || p.latitude < min_.latitude || p.latitude > max_.latitude ||
      p.longitude < min_.longitude || p.longitude > max_.longitude) {
    return false;
  }
  bool inside = false;
  for (size_t i = 0, j = ring_.size() - 1; i < ring_.size(); j = i++) {
    const LatLon& a = ring_[i];
    const LatLon& b = ring_[j];
    if (OnSegment(a, b, p)) return true;
    if ((a.latitude > p.latitude) != (b.latitude > p.latitude) &&
        p.longitude <
            (b.longitude - a.longitude) * (p.latitude - a.latitude) / (b.latitude - a.latitude) +
                a.longitude) {
      inside = !inside;
    }
  }
  return inside;
}

}  // namespace stadtmesh

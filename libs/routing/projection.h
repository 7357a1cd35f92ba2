// A flat plane around a point, in metres: exact to a few per mille within 100 km, which is all that
// snapping needs. Pure.
#pragma once

#include <cmath>
#include <numbers>

#include "routing/road_graph.h"

namespace stadtmesh::routing {

struct PlanePoint {
  double x = 0;
  double y = 0;
};

class Projection {
 public:
  explicit Projection(const FixedPoint& origin)
      : origin_(origin),
        metres_per_unit_x_(kMetresPerUnit *
                           std::cos(origin.latitude * 1e-7 * std::numbers::pi / 180)) {}
  PlanePoint ToPlane(const FixedPoint& point) const {
    return {(static_cast<double>(point.longitude) - origin_.longitude) * metres_per_unit_x_,
            (static_cast<double>(point.latitude) - origin_.latitude) * kMetresPerUnit};
  }
  FixedPoint ToFixedPoint(const PlanePoint& point) const {
    return {static_cast<int32_t>(std::lround(point.y / kMetresPerUnit + origin_.latitude)),
            static_cast<int32_t>(std::lround(point.x / metres_per_unit_x_ + origin_.longitude))};
  }

 private:
  static constexpr double kMetresPerUnit = 6'371'008.8 * std::numbers::pi / 180 * 1e-7;
  FixedPoint origin_;
  double metres_per_unit_x_;
};

}  // namespace stadtmesh::routing

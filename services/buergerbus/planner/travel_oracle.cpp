#include "buergerbus/planner/travel_oracle.h"

#include <cmath>

namespace stadtmesh::buergerbus {

absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> StraightLineOracle::Over(
    const std::vector<LatLon>& points, absl::Time) const {
  constexpr double kDetour = 1.3;  // roads against the crow's way, typical of towns
  const double speed = metres_per_second_;
  // Whole seconds rounded up keep the triangle inequality.
  return std::make_unique<const dispatch::FunctionTravelTimes>(
      static_cast<int>(points.size()), [points, speed](dispatch::Place from, dispatch::Place to) {
        const double metres = DistanceMetres(points[from], points[to]);
        return static_cast<dispatch::Ticks>(std::ceil(metres * kDetour / speed)) *
               dispatch::kSecond;
      });
}

}  // namespace stadtmesh::buergerbus

// Where planning gets its travel times from.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "dispatch/travel.h"

namespace stadtmesh::buergerbus {

// Thread-safe. The adapter over libs/routing snaps each point once (a cache by point helps: tours
// name the same ones again and again) and answers lazily, because of the n x n pairs an insertion
// needs few.
class TravelOracle {
 public:
  virtual ~TravelOracle() = default;

  // Travel times over these points: place i is points[i]. Instants given to Between count from
  // `origin`. A point without a road near it is unreachable (dispatch::kUnreachable from and to
  // every other point). UNAVAILABLE when there is no road graph.
  virtual absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> Over(
      const std::vector<LatLon>& points, absl::Time origin) const = 0;
};

// For tests and for a town without a road graph: as the crow flies times 1.3, at
// `metres_per_second`.
class StraightLineOracle final : public TravelOracle {
 public:
  explicit StraightLineOracle(double metres_per_second = 10)
      : metres_per_second_(metres_per_second) {}
  absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> Over(
      const std::vector<LatLon>& points, absl::Time origin) const override;

 private:
  double metres_per_second_;
};

}  // namespace stadtmesh::buergerbus

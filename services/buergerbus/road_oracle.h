// Planning's travel times from the road graph (libs/routing).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "buergerbus/planner/travel_oracle.h"
#include "routing/travel_times.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Points are snapped once and remembered.
class RoadOracle final : public TravelOracle {
 public:
  // `traffic`, if given: from Monday to Friday travel times follow the hour of departure, as its
  // speed profile says. Both are of one graph.
  explicit RoadOracle(std::shared_ptr<const routing::TravelTimes> times,
                      std::shared_ptr<const routing::TravelTimes> traffic = nullptr)
      : times_(std::move(times)), traffic_(std::move(traffic)) {}

  absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> Over(
      const std::vector<LatLon>& points, absl::Time origin) const override;

 private:
  static constexpr size_t kMostSnaps = 100'000;  // then all are forgotten

  std::optional<routing::Snap> SnapOf(const LatLon& point) const;

  std::shared_ptr<const routing::TravelTimes> times_;
  std::shared_ptr<const routing::TravelTimes> traffic_;
  mutable absl::Mutex mutex_;
  mutable std::map<std::pair<double, double>, std::optional<routing::Snap>> snaps_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace stadtmesh::buergerbus

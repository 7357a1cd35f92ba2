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
  // `by_hour`: travel times follow the hour of departure, as the speed profile of `times` says.
  explicit RoadOracle(std::shared_ptr<const routing::TravelTimes> times, bool by_hour = false)
      : times_(std::move(times)), by_hour_(by_hour) {}

  absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> Over(
      const std::vector<LatLon>& points, absl::Time origin) const override;

 private:
  static constexpr size_t kMostSnaps = 100'000;  // then all are forgotten

  std::optional<routing::Snap> SnapOf(const LatLon& point) const;

  std::shared_ptr<const routing::TravelTimes> times_;
  const bool by_hour_;
  mutable absl::Mutex mutex_;
  mutable std::map<std::pair<double, double>, std::optional<routing::Snap>> snaps_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace stadtmesh::buergerbus

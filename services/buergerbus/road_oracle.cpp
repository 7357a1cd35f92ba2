#include "buergerbus/road_oracle.h"

namespace stadtmesh::buergerbus {
namespace {

// Free-flow times do not depend on the hour.
constexpr int kAnyHour = 12;

class RoadTimes final : public dispatch::TravelTimes {
 public:
  RoadTimes(std::shared_ptr<const routing::TravelTimes> times, std::vector<std::optional<routing::Snap>> snaps)
      : times_(std::move(times)), snaps_(std::move(snaps)) {}

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to, dispatch::Ticks) const override {
    if (from == to) return 0;
    const std::optional<routing::Snap>& a = snaps_[static_cast<size_t>(from)];
    const std::optional<routing::Snap>& b = snaps_[static_cast<size_t>(to)];
    if (!a || !b) return dispatch::kUnreachable;
    return times_->Seconds(*a, *b, kAnyHour) * dispatch::kSecond;
  }
  int places() const override { return static_cast<int>(snaps_.size()); }

 private:
  std::shared_ptr<const routing::TravelTimes> times_;
  std::vector<std::optional<routing::Snap>> snaps_;
};

}  // namespace

std::optional<routing::Snap> RoadOracle::SnapOf(const LatLon& point) const {
  const std::pair<double, double> key(point.latitude, point.longitude);
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = snaps_.find(key); found != snaps_.end()) return found->second;
  }
  const absl::StatusOr<routing::Snap> snap = times_->graph().SnapTo(point);
  std::optional<routing::Snap> result;
  if (snap.ok()) result = *snap;
  absl::MutexLock lock(&mutex_);
  if (snaps_.size() >= kMostSnaps) snaps_.clear();
  snaps_[key] = result;
  return result;
}

absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> RoadOracle::Over(const std::vector<LatLon>& points,
                                                                              absl::Time) const {
  std::vector<std::optional<routing::Snap>> snaps;
  snaps.reserve(points.size());
  for (const LatLon& point : points) snaps.push_back(SnapOf(point));
  return std::make_unique<const RoadTimes>(times_, std::move(snaps));
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/road_oracle.h"

#include <algorithm>

#include "base/time.h"

namespace stadtmesh::buergerbus {
namespace {

// Where traffic flows alike all day.
constexpr int kAnyHour = 12;

// Seconds between two snaps at an hour, in ticks.
class RoadTimes : public dispatch::TravelTimes {
 public:
  RoadTimes(std::shared_ptr<const routing::TravelTimes> times,
            std::vector<std::optional<routing::Snap>> snaps)
      : times_(std::move(times)), snaps_(std::move(snaps)) {}

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to,
                          dispatch::Ticks) const override {
    return AtHour(from, to, kAnyHour);
  }
  int places() const override { return static_cast<int>(snaps_.size()); }

 protected:
  dispatch::Ticks AtHour(dispatch::Place from, dispatch::Place to, int hour) const {
    if (from == to) return 0;
    const std::optional<routing::Snap>& a = snaps_[static_cast<size_t>(from)];
    const std::optional<routing::Snap>& b = snaps_[static_cast<size_t>(to)];
    if (!a || !b) return dispatch::kUnreachable;
    return times_->Seconds(*a, *b, hour) * dispatch::kSecond;
  }

 private:
  std::shared_ptr<const routing::TravelTimes> times_;
  std::vector<std::optional<routing::Snap>> snaps_;
};

// An hour's value holds at half past, and between two of them times change evenly, by the tick: a
// way of less than an hour then never shortens faster than the clock runs, so who leaves later
// never arrives earlier.
class HourlyRoadTimes final : public RoadTimes {
 public:
  HourlyRoadTimes(std::shared_ptr<const routing::TravelTimes> times,
                  std::vector<std::optional<routing::Snap>> snaps, absl::Time origin)
      : RoadTimes(std::move(times), std::move(snaps)),
        shift_(dispatch::ToTicks(origin - BerlinTime(BerlinDay(origin), absl::ZeroDuration())) -
               dispatch::kHour / 2) {}

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to,
                          dispatch::Ticks departure) const override {
    using dispatch::kHour;
    constexpr dispatch::Ticks kDay = routing::kHoursPerDay * kHour;
    const dispatch::Ticks since = (((departure + shift_) % kDay) + kDay) % kDay;
    const int hour = static_cast<int>(since / kHour);
    const dispatch::Ticks now = AtHour(from, to, hour);
    const dispatch::Ticks next = AtHour(from, to, (hour + 1) % routing::kHoursPerDay);
    if (now == next || now >= dispatch::kUnreachable) return now;
    return now + (next - now) * (since % kHour) / kHour;
  }
  dispatch::Ticks AtLeast(dispatch::Place from, dispatch::Place to) const override {
    dispatch::Ticks least = AtHour(from, to, 0);
    for (int hour = 1; hour < routing::kHoursPerDay; ++hour) {
      least = std::min(least, AtHour(from, to, hour));
    }
    return least;
  }
  bool time_dependent() const override { return true; }

 private:
  const dispatch::Ticks shift_;  // from the origin to half past midnight, backwards
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

absl::StatusOr<std::unique_ptr<const dispatch::TravelTimes>> RoadOracle::Over(
    const std::vector<LatLon>& points, absl::Time origin) const {
  std::vector<std::optional<routing::Snap>> snaps;
  snaps.reserve(points.size());
  for (const LatLon& point : points) snaps.push_back(SnapOf(point));
  if (by_hour_) {
    return std::make_unique<const HourlyRoadTimes>(times_, std::move(snaps), origin);
  }
  return std::make_unique<const RoadTimes>(times_, std::move(snaps));
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/road_oracle.h"

#include <algorithm>
#include <array>

#include "absl/container/flat_hash_map.h"
#include "base/time.h"

namespace stadtmesh::buergerbus {
namespace {

// Where traffic flows alike all day.
constexpr int kAnyHour = 12;

using Snaps = std::vector<std::optional<routing::Snap>>;

// Seconds between two snaps, in ticks.
class RoadTimes final : public dispatch::TravelTimes {
 public:
  RoadTimes(std::shared_ptr<const routing::TravelTimes> times, Snaps snaps)
      : times_(std::move(times)), snaps_(std::move(snaps)) {}

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to,
                          dispatch::Ticks) const override {
    if (from == to) return 0;
    const std::optional<routing::Snap>& a = snaps_[static_cast<size_t>(from)];
    const std::optional<routing::Snap>& b = snaps_[static_cast<size_t>(to)];
    if (!a || !b) return dispatch::kUnreachable;
    return times_->Seconds(*a, *b, kAnyHour) * dispatch::kSecond;
  }
  int places() const override { return static_cast<int>(snaps_.size()); }

 private:
  std::shared_ptr<const routing::TravelTimes> times_;
  Snaps snaps_;
};

// An hour's value holds at half past, and between two of them times change evenly, by the tick: a
// way of less than an hour then never shortens faster than the clock runs, so who leaves later
// never arrives earlier. The hours of a pair are asked for once, when the pair is first needed. Not
// thread-safe: one planning call owns it.
class HourlyRoadTimes final : public dispatch::TravelTimes {
 public:
  HourlyRoadTimes(std::shared_ptr<const routing::TravelTimes> times, Snaps snaps, absl::Time origin)
      : times_(std::move(times)),
        snaps_(std::move(snaps)),
        shift_(dispatch::ToTicks(origin - BerlinTime(BerlinDay(origin), absl::ZeroDuration())) -
               dispatch::kHour / 2) {}

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to,
                          dispatch::Ticks departure) const override {
    using dispatch::kHour;
    constexpr dispatch::Ticks kDay = routing::kHoursPerDay * kHour;
    const Hours* hours = HoursOf(from, to);
    if (hours == nullptr) return from == to ? 0 : dispatch::kUnreachable;
    const dispatch::Ticks since = (((departure + shift_) % kDay) + kDay) % kDay;
    const auto hour = static_cast<size_t>(since / kHour);
    const dispatch::Ticks now = hours->seconds[hour] * dispatch::kSecond;
    const dispatch::Ticks next =
        hours->seconds[(hour + 1) % routing::kHoursPerDay] * dispatch::kSecond;
    if (now == next || now >= dispatch::kUnreachable) return now;
    return now + (next - now) * (since % kHour) / kHour;
  }
  dispatch::Ticks AtLeast(dispatch::Place from, dispatch::Place to) const override {
    const Hours* hours = HoursOf(from, to);
    if (hours == nullptr) return from == to ? 0 : dispatch::kUnreachable;
    return hours->least * dispatch::kSecond;
  }
  bool time_dependent() const override { return true; }
  int places() const override { return static_cast<int>(snaps_.size()); }

 private:
  struct Hours {
    std::array<int32_t, routing::kHoursPerDay> seconds;
    int64_t least = 0;
  };

  // Nothing where no road leads, or there is nowhere to go.
  const Hours* HoursOf(dispatch::Place from, dispatch::Place to) const {
    const std::optional<routing::Snap>& a = snaps_[static_cast<size_t>(from)];
    const std::optional<routing::Snap>& b = snaps_[static_cast<size_t>(to)];
    if (from == to || !a || !b) return nullptr;
    const auto [known, first] =
        known_.try_emplace(static_cast<int64_t>(from) * places() + to, Hours());
    Hours& hours = known->second;
    if (first) {
      hours.seconds = times_->SecondsByHour(*a, *b);
      hours.least = *std::min_element(hours.seconds.begin(), hours.seconds.end());
    }
    return &hours;
  }

  std::shared_ptr<const routing::TravelTimes> times_;
  Snaps snaps_;
  const dispatch::Ticks shift_;  // from the origin to half past midnight, backwards
  mutable absl::flat_hash_map<int64_t, Hours> known_;
};

// Monday to Friday.
bool IsWorkingDay(absl::Time origin) {
  const absl::Weekday day = absl::GetWeekday(BerlinDay(origin));
  return day != absl::Weekday::saturday && day != absl::Weekday::sunday;
}

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
  if (traffic_ != nullptr && IsWorkingDay(origin))
    return std::make_unique<const HourlyRoadTimes>(traffic_, std::move(snaps), origin);
  return std::make_unique<const RoadTimes>(times_, std::move(snaps));
}

}  // namespace stadtmesh::buergerbus

// Travel times between any two points on the roads, by the hour of the day: the oracle of planning.
// Thread-safe.
//
// Answers are whole seconds rounded up, never negative; 0 only for the same point. Times count
// driving only. They are symmetric only where the roads are. Where a graph has no turn restrictions
// and turning round costs nothing, the triangle inequality holds exactly (rounding up keeps it);
// otherwise a trip over a third point may be shorter by the price of turning, because a vehicle may
// leave a stop in either direction.
//
// An answer for hour h uses the speeds of hour h for the whole drive (trips in a town are short
// against an hour).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "routing/road_graph.h"
#include "routing/speed_profile.h"

namespace stadtmesh::routing {

// A dense matrix of seconds, row by row: At(i, j) from source i to target j.
class Matrix {
 public:
  Matrix() = default;
  Matrix(size_t rows, size_t columns) : columns_(columns), seconds_(rows * columns) {}
  int32_t At(size_t row, size_t column) const { return seconds_[row * columns_ + column]; }
  int32_t& At(size_t row, size_t column) { return seconds_[row * columns_ + column]; }
  size_t rows() const { return columns_ == 0 ? 0 : seconds_.size() / columns_; }
  size_t columns() const { return columns_; }
  bool operator==(const Matrix&) const = default;

 private:
  size_t columns_ = 0;
  std::vector<int32_t> seconds_;
};

struct TravelTimesOptions {
  // Bound of the cache behind Seconds(): 32 bytes each.
  size_t cache_entries = 1 << 18;
};

// The way of one drive.
struct Route {
  int32_t seconds = 0;
  double metres = 0;
  std::vector<LatLon> points;  // from start to end
};

class TravelTimes {
 public:
  // INVALID_ARGUMENT for a bad profile.
  static absl::StatusOr<std::unique_ptr<const TravelTimes>> Create(
      std::shared_ptr<const RoadGraph> graph,
      const SpeedProfile& profile = SpeedProfile::FreeFlow(),
      const TravelTimesOptions& options = {});
  ~TravelTimes();

  const RoadGraph& graph() const;
  // The same roads at other speeds.
  absl::StatusOr<std::unique_ptr<const TravelTimes>> WithProfile(const SpeedProfile& profile) const;

  // `hour` is 0..23 here and below; others abort. Snaps must be of this graph.
  int32_t Seconds(const Snap& from, const Snap& to, int hour) const;
  // The same for every hour; hours with the same speeds cost nothing more.
  std::array<int32_t, kHoursPerDay> SecondsByHour(const Snap& from, const Snap& to) const;
  // At a moment of the day, between the values of neighbouring hours (each taken to hold at half
  // past), so that times change without jumps and who leaves later does not arrive earlier.
  int32_t SecondsAt(const Snap& from, const Snap& to, absl::Duration time_of_day) const;

  std::vector<int32_t> OneToMany(const Snap& from, absl::Span<const Snap> to, int hour) const;
  std::vector<int32_t> ManyToOne(absl::Span<const Snap> from, const Snap& to, int hour) const;
  Matrix ManyToMany(absl::Span<const Snap> from, absl::Span<const Snap> to, int hour) const;
  // One matrix per hour 0..23.
  std::vector<Matrix> ManyToManyByHour(absl::Span<const Snap> from,
                                       absl::Span<const Snap> to) const;

  // With its geometry, for maps and fares by distance. A few milliseconds.
  Route FindRoute(const Snap& from, const Snap& to, int hour) const;

 private:
  struct Impl;
  explicit TravelTimes(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stadtmesh::routing

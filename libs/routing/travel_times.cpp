#include "routing/travel_times.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "routing/dijkstra.h"
#include "routing/endpoints.h"

namespace stadtmesh::routing {

struct TravelTimes::Impl {
  std::shared_ptr<const RoadGraph> graph;
  std::array<std::vector<Milliseconds>, kHoursPerDay> times;
};

TravelTimes::TravelTimes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TravelTimes::~TravelTimes() = default;
const RoadGraph& TravelTimes::graph() const { return *impl_->graph; }

absl::StatusOr<std::unique_ptr<const TravelTimes>> TravelTimes::Create(std::shared_ptr<const RoadGraph> graph,
                                                                       const SpeedProfile& profile,
                                                                       const TravelTimesOptions& options) {
  RETURN_IF_ERROR(Validate(profile));
  auto impl = std::make_unique<Impl>();
  for (int hour = 0; hour < kHoursPerDay; ++hour) impl->times[hour] = ArcTimes(*graph, profile.percent[hour]);
  impl->graph = std::move(graph);
  return std::unique_ptr<const TravelTimes>(new TravelTimes(std::move(impl)));
}

std::vector<int32_t> TravelTimes::OneToMany(const Snap& from, absl::Span<const Snap> to, int hour) const {
  const std::vector<Milliseconds>& times = impl_->times.at(hour);
  const ShortestPaths paths = FindShortestPaths(graph(), times, StartSeeds(graph(), times, from));
  std::vector<int32_t> seconds;
  for (const Snap& target : to) seconds.push_back(ToSeconds(TimeAlong(graph(), times, paths, from, target)));
  return seconds;
}

int32_t TravelTimes::Seconds(const Snap& from, const Snap& to, int hour) const {
  return OneToMany(from, {to}, hour)[0];
}

int32_t TravelTimes::SecondsAt(const Snap& from, const Snap& to, absl::Duration time_of_day) const {
  const int64_t minute = ((absl::ToInt64Minutes(time_of_day) - 30) % 1440 + 1440) % 1440;
  const int hour = static_cast<int>(minute / 60);
  const int64_t early = Seconds(from, to, hour), late = Seconds(from, to, (hour + 1) % kHoursPerDay);
  return static_cast<int32_t>((early * (60 - minute % 60) + late * (minute % 60) + 59) / 60);
}

std::vector<int32_t> TravelTimes::ManyToOne(absl::Span<const Snap> from, const Snap& to, int hour) const {
  std::vector<int32_t> seconds;
  for (const Snap& source : from) seconds.push_back(Seconds(source, to, hour));
  return seconds;
}

Matrix TravelTimes::ManyToMany(absl::Span<const Snap> from, absl::Span<const Snap> to, int hour) const {
  Matrix matrix(from.size(), to.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const std::vector<int32_t> row = OneToMany(from[i], to, hour);
    for (size_t j = 0; j < to.size(); ++j) matrix.At(i, j) = row[j];
  }
  return matrix;
}

std::vector<Matrix> TravelTimes::ManyToManyByHour(absl::Span<const Snap> from, absl::Span<const Snap> to) const {
  std::vector<Matrix> matrices;
  for (int hour = 0; hour < kHoursPerDay; ++hour) matrices.push_back(ManyToMany(from, to, hour));
  return matrices;
}

Route TravelTimes::FindRoute(const Snap& from, const Snap& to, int hour) const {
  return {.seconds = Seconds(from, to, hour), .points = {from.location, to.location}};
}

}  // namespace stadtmesh::routing

#include "dispatch/io/json_travel.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "dispatch/io/instance.h"

namespace stadtmesh::dispatch::io {
namespace {

constexpr int kMostPlaces = 20'000;
// Seconds from the origin: from one corner to the other it is less than the widest duration.
const double kFarthest = ToSeconds(kWidest) / 4;

struct Matrix {
  int places = 0;
  std::vector<Ticks> ticks;
};

absl::StatusOr<Matrix> ReadMatrix(Json value, absl::string_view path) {
  Matrix matrix;
  simdjson::dom::array rows;
  if (value.get(rows) == simdjson::SUCCESS) matrix.places = static_cast<int>(rows.size());
  const auto places = static_cast<size_t>(matrix.places);
  if (places == 0 || places > kMostPlaces)
    return At(path, absl::StrCat("expected a square matrix of 1 to ", kMostPlaces, " places"));
  RETURN_IF_ERROR(ForEach(value, path, [&](Json row, const std::string& at) -> absl::Status {
    const size_t before = matrix.ticks.size();
    RETURN_IF_ERROR(ForEach(row, at, [&](Json entry, const std::string& where) -> absl::Status {
      if (entry.is_null()) {
        matrix.ticks.push_back(kUnreachable);
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const Ticks ticks, Seconds(entry, where));
      if (ticks < 0) return At(where, "negative travel time");
      matrix.ticks.push_back(ticks);
      return absl::OkStatus();
    }));
    const size_t entries = matrix.ticks.size() - before;
    if (entries == places) return absl::OkStatus();
    return At(at, absl::StrCat("expected a square matrix, but this row has ", entries,
                               " entries and there are ", places, " rows"));
  }));
  return matrix;
}

absl::StatusOr<std::unique_ptr<TravelTimes>> FromPoints(const std::vector<Point>& points,
                                                        double speed, absl::string_view path) {
  if (!(speed > 0)) return At(absl::StrCat(path, ".speed"), "must be above 0");
  if (points.empty() || points.size() > kMostPlaces)
    return At(path, absl::StrCat("1 to ", kMostPlaces, " points"));
  std::vector<Point> scaled;
  for (const Point& p : points) {
    const Point& at = scaled.emplace_back(Point{p.x / speed, p.y / speed});
    // Also for what is not finite.
    if (std::abs(at.x) <= kFarthest && std::abs(at.y) <= kFarthest) continue;
    return At(absl::StrCat(path, ".points[", scaled.size() - 1, "]"),
              "at this speed more than 8 years from [0, 0]");
  }
  return Euclidean(scaled);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TravelTimes>> ReadTravel(Json value, absl::string_view path) {
  std::vector<Matrix> matrices;
  std::vector<Point> points;
  double speed = 1;
  Ticks slice = kHour;
  RETURN_IF_ERROR(ForFields(
      value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
        const auto add = [&](Json matrix, const std::string& where) -> absl::Status {
          ASSIGN_OR_RETURN(matrices.emplace_back(), ReadMatrix(matrix, where));
          return matrices.back().places == matrices.front().places ? absl::OkStatus()
                                                                   : At(where, "of another size");
        };
        if (name == "seconds") return add(v, at);
        if (name == "slices") return ForEach(v, at, add);
        if (name == "points") {
          return ForEach(v, at, [&](Json point, const std::string& where) -> absl::Status {
            ASSIGN_OR_RETURN(const std::vector<double> xy, Numbers(point, where));
            if (xy.size() != 2) return At(where, "expected [x, y]");
            points.push_back({xy[0], xy[1]});
            return absl::OkStatus();
          });
        }
        if (name == "slice_seconds") {
          ASSIGN_OR_RETURN(slice, Seconds(v, at));
          return slice > 0 ? absl::OkStatus() : At(at, "must be above 0");
        }
        if (name != "speed") return UnknownField();
        ASSIGN_OR_RETURN(speed, Number(v, at));
        return absl::OkStatus();
      }));
  if (matrices.empty()) return FromPoints(points, speed, path);
  if (!points.empty()) return At(path, "either a matrix or points");
  if (matrices.size() == 1)
    return std::make_unique<MatrixTravelTimes>(matrices[0].places, std::move(matrices[0].ticks));
  std::vector<std::vector<Ticks>> slices;
  for (Matrix& matrix : matrices) slices.push_back(std::move(matrix.ticks));
  return std::make_unique<SlicedTravelTimes>(matrices[0].places, slice, std::move(slices));
}

}  // namespace stadtmesh::dispatch::io

// Pick-up and delivery instances of Li and Lim (2001).
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/table.h"

namespace stadtmesh::dispatch::io {
namespace {

absl::Status Wrong(const Row& row, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("line ", row.line, ": ", why));
}

Visit MakeVisit(const Row& row, Place place) {
  const auto& n = row.numbers;
  Visit visit;
  visit.place = place;
  visit.window = {UnitTicks(n[4]), UnitTicks(n[5])};
  visit.service = UnitTicks(n[6]);
  return visit;
}

absl::Status CheckTask(const Row& row, size_t index, size_t tasks) {
  RETURN_IF_ERROR(ExpectNumbers(row, 9, "'id x y demand earliest latest service pickup delivery'"));
  const auto& n = row.numbers;
  if (n[0] != static_cast<double>(index)) return Wrong(row, absl::StrCat("task ", index, " expected"));
  if (n[4] > n[5]) return Wrong(row, "the window ends before it begins");
  if (n[6] < 0) return Wrong(row, "negative service time");
  for (double other : {n[7], n[8]}) {
    if (other < 0 || other >= static_cast<double>(tasks) || other != std::floor(other)) return Wrong(row, "unknown sibling");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Instance> ReadPdptw(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadTable(text));
  RETURN_IF_ERROR(ExpectNumbers(rows[0], 2, "'vehicles capacity speed'"));
  const double vehicles = rows[0].numbers[0], capacity = rows[0].numbers[1];
  if (vehicles < 1 || vehicles > 10'000 || capacity < 0 || capacity > 1e6) return Wrong(rows[0], "impossible fleet");
  if (rows.size() < 2) return absl::InvalidArgumentError("no depot");
  Instance instance;
  const size_t tasks = rows.size() - 1;
  for (size_t k = 0; k < tasks; ++k) {
    RETURN_IF_ERROR(CheckTask(rows[k + 1], k, tasks));
    instance.points.push_back({rows[k + 1].numbers[1], rows[k + 1].numbers[2]});
    instance.node_of_place.push_back(static_cast<int>(k));
  }
  Vehicle vehicle;
  vehicle.end = 0;
  vehicle.shift = MakeVisit(rows[1], 0).window;
  vehicle.configurations = {{static_cast<int>(capacity)}};
  instance.problem.vehicles.assign(static_cast<size_t>(vehicles), vehicle);
  for (size_t k = 1; k < tasks; ++k) {
    const Row& row = rows[k + 1];
    const auto delivery = static_cast<size_t>(row.numbers[8]);
    if (delivery == 0) continue;  // its pick-up makes the request
    if (rows[delivery + 1].numbers[7] != static_cast<double>(k)) return Wrong(row, "its delivery names another pick-up");
    if (row.numbers[3] < 0 || row.numbers[3] > 1e6) return Wrong(row, "a pick-up with a negative demand");
    Request request;
    request.pickup = MakeVisit(row, static_cast<Place>(k));
    request.dropoff = MakeVisit(rows[delivery + 1], static_cast<Place>(delivery));
    request.load = {static_cast<int>(row.numbers[3])};
    request.mandatory = true;
    instance.problem.requests.push_back(request);
  }
  instance.problem.weights.vehicle = kVehiclePrice;
  instance.problem.weights.refused = 100 * kVehiclePrice;
  instance.travel = Euclidean(instance.points);
  instance.problem.travel = instance.travel.get();
  RETURN_IF_ERROR(Validate(instance.problem));
  return instance;
}

}  // namespace stadtmesh::dispatch::io

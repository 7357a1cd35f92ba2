// Pick-up and delivery instances of Li and Lim (2001).
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/table.h"

namespace stadtmesh::dispatch::io {
namespace {

Visit MakeVisit(const Row& row, Place place) {
  const auto& n = row.numbers;
  Visit visit;
  visit.place = place;
  visit.window = {UnitTicks(n[4]), UnitTicks(n[5])};
  visit.service = UnitTicks(n[6]);
  return visit;
}

bool Whole(double number, double least, double most) {
  return number >= least && number <= most && number == std::floor(number);
}

absl::Status CheckFleet(const Row& row) {
  RETURN_IF_ERROR(ExpectNumbers(row, 2, "'vehicles capacity speed'"));
  if (!Whole(row.numbers[0], 1, 10'000)) return Wrong(row, "number of vehicles must be 1 to 10000");
  if (!Whole(row.numbers[1], 0, 1e6))
    return Wrong(row, "capacity must be a whole number from 0 to 1000000");
  return absl::OkStatus();
}

absl::Status CheckTask(const Row& row, size_t index, size_t tasks) {
  RETURN_IF_ERROR(ExpectNumbers(row, 9, "'id x y demand earliest latest service pickup delivery'"));
  const auto& n = row.numbers;
  if (n[0] != static_cast<double>(index))
    return Wrong(row, absl::StrCat("id ", index, " expected"));
  if (!Whole(n[3], -1e6, 1e6)) return Wrong(row, "demand must be a whole number, at most 1000000");
  if (n[4] > n[5]) return Wrong(row, "the window ends before it begins");
  if (n[6] < 0) return Wrong(row, "negative service time");
  if (!Whole(n[7], 0, static_cast<double>(tasks) - 1)) return Wrong(row, "pickup: unknown task");
  if (!Whole(n[8], 0, static_cast<double>(tasks) - 1)) return Wrong(row, "delivery: unknown task");
  if (index > 0 && (n[7] == 0) == (n[8] == 0))
    return Wrong(row, "a task has either a pickup or a delivery");
  return absl::OkStatus();
}

// Pick-up and delivery name each other.
absl::Status CheckPair(const std::vector<Row>& rows, size_t task) {
  const Row& row = rows[task + 1];
  const auto other = static_cast<size_t>(row.numbers[7] + row.numbers[8]);
  const bool pickup = row.numbers[8] != 0;
  if (rows[other + 1].numbers[pickup ? 7 : 8] != static_cast<double>(task)) {
    return Wrong(row, absl::StrCat(pickup ? "its delivery, task " : "its pickup, task ", other,
                                   ", names another one"));
  }
  if (!pickup) return absl::OkStatus();
  if (row.numbers[3] < 0) return Wrong(row, "a pick-up with a negative demand");
  if (rows[other + 1].numbers[3] == -row.numbers[3]) return absl::OkStatus();
  return Wrong(rows[other + 1], absl::StrCat("the demand must be ", 0 - row.numbers[3], ": task ",
                                             task, " is its pick-up"));
}

}  // namespace

absl::StatusOr<Instance> ReadPdptw(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadTable(text));
  RETURN_IF_ERROR(CheckFleet(rows[0]));
  const double vehicles = rows[0].numbers[0], capacity = rows[0].numbers[1];
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
    RETURN_IF_ERROR(CheckPair(rows, k));
    const auto delivery = static_cast<size_t>(row.numbers[8]);
    if (delivery == 0) continue;  // its pick-up makes the request
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

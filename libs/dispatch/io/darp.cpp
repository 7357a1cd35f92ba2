// Dial-a-ride instances of Cordeau and Laporte (2003) and Cordeau (2006).
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/table.h"

namespace stadtmesh::dispatch::io {
namespace {

struct Header {
  int vehicles = 0, nodes = 0;
  double duration = 0, ride = 0;
  int capacity = 0;
};

absl::StatusOr<Header> ReadHeader(const Row& row) {
  RETURN_IF_ERROR(ExpectNumbers(row, 5, "'vehicles nodes duration capacity ride'"));
  const auto& n = row.numbers;
  const auto whole = [](double x, double least, double most) {
    return x >= least && x <= most && x == std::floor(x);
  };
  if (!whole(n[0], 1, 10'000)) return Wrong(row, "number of vehicles must be 1 to 10000");
  // Some files count requests in the second number, others nodes; both are even or fit the rows
  // that follow.
  if (!whole(n[1], 1, 40'000)) return Wrong(row, "number of nodes must be 1 to 40000");
  if (!whole(n[3], 0, 1'000'000))
    return Wrong(row, "capacity must be a whole number from 0 to 1000000");
  if (n[2] < 0 || n[4] < 0) return Wrong(row, "durations must be 0 or more");
  return Header{static_cast<int>(n[0]), static_cast<int>(n[1]), n[2], n[4], static_cast<int>(n[3])};
}

absl::StatusOr<Visit> ReadVisit(const Row& row, Place place) {
  RETURN_IF_ERROR(ExpectNumbers(row, 7, "'id x y service load earliest latest'"));
  const auto& n = row.numbers;
  if (n[5] > n[6]) return Wrong(row, "the window ends before it begins");
  if (n[3] < 0) return Wrong(row, "negative service time");
  Visit visit;
  visit.place = place;
  visit.window = {UnitTicks(n[5]), UnitTicks(n[6])};
  visit.service = UnitTicks(n[3]);
  return visit;
}

// Depot and nodes, and in some files the depot once more. The count of line 1 may be of requests or
// of nodes.
absl::StatusOr<int> CountNodes(const Header& header, const std::vector<Row>& rows) {
  const int given = std::max(0, static_cast<int>(rows.size()) - 2);
  for (const int nodes : {2 * header.nodes, header.nodes}) {
    if (nodes % 2 != 0) continue;
    if (given == nodes) return nodes;
    if (given != nodes + 1) continue;
    const auto &depot = rows[1].numbers, &last = rows.back().numbers;
    if (depot.size() >= 3 && last.size() >= 3 && last[1] == depot[1] && last[2] == depot[2])
      return nodes;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "line 1 announces ", header.nodes, " nodes (or requests), but ", given, " follow the depot"));
}

}  // namespace

absl::StatusOr<Instance> ReadDarp(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadTable(text));
  ASSIGN_OR_RETURN(const Header header, ReadHeader(rows[0]));
  ASSIGN_OR_RETURN(const int nodes, CountNodes(header, rows));
  Instance instance;
  std::vector<Visit> visits;
  for (int k = 0; k <= nodes; ++k) {
    ASSIGN_OR_RETURN(const Visit visit, ReadVisit(rows[k + 1], k));
    if (rows[k + 1].numbers[0] != k) return Wrong(rows[k + 1], absl::StrCat("id ", k, " expected"));
    visits.push_back(visit);
    instance.points.push_back({rows[k + 1].numbers[1], rows[k + 1].numbers[2]});
    instance.node_of_place.push_back(k);
  }
  Vehicle vehicle;
  vehicle.end = 0;
  vehicle.shift = visits[0].window;
  vehicle.max_duration = UnitTicks(header.duration);
  vehicle.configurations = {{header.capacity}};
  instance.problem.vehicles.assign(header.vehicles, vehicle);
  for (int k = 1; k <= nodes / 2; ++k) {
    Request request;
    request.pickup = visits[k];
    request.dropoff = visits[k + nodes / 2];
    request.max_ride = UnitTicks(header.ride);
    const double load = rows[k + 1].numbers[4];
    if (load < 0 || load > 1e6 || load != std::floor(load)) {
      return Wrong(rows[k + 1], "the load of a pick-up must be a whole number from 0 to 1000000");
    }
    const Row& dropoff = rows[k + nodes / 2 + 1];
    if (dropoff.numbers[4] != -load) {
      return Wrong(dropoff, absl::StrCat("the load must be ", 0 - load, ": node ", k,
                                         " is its pick-up and takes on ", load));
    }
    request.load = {static_cast<int>(load)};
    request.mandatory = true;
    instance.problem.requests.push_back(request);
  }
  instance.travel = Euclidean(instance.points);
  instance.problem.travel = instance.travel.get();
  RETURN_IF_ERROR(Validate(instance.problem));
  return instance;
}

}  // namespace stadtmesh::dispatch::io

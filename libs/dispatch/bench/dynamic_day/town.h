// A road network and a stream of wishes from files, as the dynamic day wants them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dispatch/travel.h"
#include "dispatch/units.h"

namespace stadtmesh::dispatch::bench {

// Somebody asks at `asked` to be picked up from `earliest` on. Instants count from the beginning of
// the day.
struct Wish {
  Ticks asked = 0, earliest = 0;
  Place from = 0, to = 0;
};

// Places are those where somebody gets on or off, and the stops.
struct Town {
  std::unique_ptr<const MatrixTravelTimes> travel;  // by the quickest way
  std::vector<Place> stops;                         // where vehicles may wait for the day to begin
  std::vector<Wish> wishes;                         // by `asked`
};

// `folder` holds nodes.csv (node_index, is_stop_only) and edges.csv (from_node, to_node,
// travel_time in seconds); `stream` is a file with rq_time, start, end and, for those who reserve,
// earliest_pickup_time. Columns may stand in any order. INVALID_ARGUMENT names the line.
absl::StatusOr<Town> ReadTown(const std::string& folder, const std::string& stream);

// The stops at which `fleet` vehicles wait for the day: each in turn where it brings all stops
// nearest to a vehicle on average (greedy k-medians over the stops). Knows nothing of the wishes.
std::vector<Place> StartPlaces(const Town& town, int fleet);

}  // namespace stadtmesh::dispatch::bench

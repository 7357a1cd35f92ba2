// Builds a RoadGraph from plain roads: what the import, tests and benchmarks feed. Pure; one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "routing/road_graph.h"
#include "routing/via_ways.h"

namespace stadtmesh::routing {

// One stretch of road between two nodes.
struct RoadSegment {
  NodeIndex first = 0;
  NodeIndex last = 0;
  Milliseconds forward = 0;  // driving time, 0: not allowed. At least 1 once built, if allowed.
  Milliseconds backward = 0;
  RoadClass road_class = RoadClass::kUnclassified;
  std::string name;
  std::vector<FixedPoint> geometry;  // from first to last node; empty: a straight line
};

// What turning costs where it is allowed. Turning round at a dead end is always possible; elsewhere
// it takes a suitable place.
struct TurnCosts {
  Milliseconds dead_end = 10'000;
  Milliseconds turn_round = 45'000;
};

class RoadGraphBuilder {
 public:
  explicit RoadGraphBuilder(TurnCosts costs = {}) : costs_(costs) {}

  NodeIndex AddNode(const LatLon& location);
  // Aborts on nodes that were never added. Returns the segment's number for Forbid and Only.
  uint32_t AddSegment(RoadSegment segment);

  // An arc of a segment: forward (first -> last) or backward.
  struct Direction {
    uint32_t segment = 0;
    bool forward = true;
    bool operator==(const Direction&) const = default;
  };
  // No turn from the end of `from` into `to`.
  void Forbid(Direction from, Direction to);
  // From the end of `from` only into `to` (several calls: into any of them).
  void Only(Direction from, Direction to);

  // Who came along `path` (two arcs or more, each of which turns into the next) must not turn into
  // any of `to`, or may only turn into these.
  void ForbidBehind(const std::vector<Direction>& path, const std::vector<Direction>& to);
  void OnlyBehind(const std::vector<Direction>& path, const std::vector<Direction>& to);

  // Keeps the largest strongly connected component (by arcs, turn restrictions respected; of equal
  // ones that with the smallest segment number). INVALID_ARGUMENT when nothing is left. `kept`, if
  // given, holds afterwards for each segment its edge or kNoEdge.
  static constexpr EdgeIndex kNoEdge = routing::kNoEdge;
  absl::StatusOr<std::shared_ptr<const RoadGraph>> Build(
      std::vector<EdgeIndex>* kept = nullptr) const;

 private:
  static ArcIndex ArcOf(Direction direction) {
    return 2 * direction.segment + (direction.forward ? 0 : 1);
  }
  struct Turns {
    std::vector<uint32_t> first;
    std::vector<Turn> turns;
  };
  void AddViaRule(bool only, const std::vector<Direction>& path, const std::vector<Direction>& to);
  TurnLists MakeTurns() const;
  static Turns Flatten(const TurnLists& lists);
  void AddEdges(const TurnLists& lists, const std::vector<bool>& kept,
                std::vector<EdgeIndex>& new_edge, RoadGraphData& data) const;
  bool Drivable(ArcIndex arc) const;
  bool Allowed(ArcIndex from, ArcIndex to) const;

  TurnCosts costs_;
  std::vector<FixedPoint> nodes_;
  std::vector<RoadSegment> segments_;
  absl::flat_hash_map<ArcIndex, std::vector<ArcIndex>> forbidden_;
  absl::flat_hash_map<ArcIndex, std::vector<ArcIndex>> only_;
  std::vector<ViaRule> via_rules_;
};

}  // namespace stadtmesh::routing

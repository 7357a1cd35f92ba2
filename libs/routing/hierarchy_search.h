// Searches in a hierarchy. All functions are pure; scratch memory is the caller's, one per thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "routing/hierarchy.h"

namespace stadtmesh::routing {

// A start or an end of a drive: `cost` of lane l is costs[l].
struct LaneSeed {
  ArcIndex arc = 0;
  std::array<Milliseconds, 8> cost{};
};
using LaneSeeds = std::vector<LaneSeed>;

enum class Sense { kForward, kBackward };  // away from a start, or towards an end

// Times between an end point and everything it meets upwards; times[i * lanes + lane] belongs to
// ranks[i]. Ranks ascend.
struct Label {
  std::vector<Rank> ranks;
  std::vector<Milliseconds> times;
};

struct SearchScratch {
  // per rank: index into the label + 1, 0 outside; all 0 between searches
  std::vector<uint32_t> position;
};

// Over all lanes.
Label MakeLabel(const HierarchyTopology& topology, const HierarchyTimes& times,
                const LaneSeeds& seeds, Sense sense, SearchScratch& scratch);
// Over one of them; the label has one lane.
Label MakeLabel(const HierarchyTopology& topology, const HierarchyTimes& times, int lane,
                const Seeds& seeds, Sense sense, SearchScratch& scratch);

// The shortest time per lane over a forward and a backward label; kUnreachable if they never meet.
// `best` has `lanes` elements and keeps what is shorter already.
void Meet(const Label& forward, const Label& backward, int lanes, Milliseconds* best);

// Times in `lane` from the one-lane label's end point to every rank (or from every rank to it).
std::vector<Milliseconds> Sweep(const HierarchyTopology& topology, const HierarchyTimes& times,
                                int lane, const Label& label, Sense sense);

// All of many backward labels by rank, so that one pass over a forward label meets them all.
class Buckets {
 public:
  Buckets(const HierarchyTopology& topology, absl::Span<const Label> labels, int lanes);
  // best[target * lanes + lane] is lowered to the shortest time.
  void Meet(const Label& forward, Milliseconds* best) const;

 private:
  template <int kLanes>
  void MeetLanes(const Label& forward, Milliseconds* best) const;
  int lanes_;
  std::vector<uint32_t> first_;  // per rank, and one more
  std::vector<uint32_t> target_;
  std::vector<Milliseconds> times_;
};

}  // namespace stadtmesh::routing

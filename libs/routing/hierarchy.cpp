#include "routing/hierarchy.h"

#include <algorithm>
#include <cstdlib>

#include "routing/arc_order.h"

namespace stadtmesh::routing {
namespace {

// Fill: contract in order; a rank's neighbours become its parent's.
std::vector<std::vector<Rank>> Contract(std::vector<std::vector<Rank>> higher) {
  for (Rank v = 0; v < higher.size(); ++v) {
    std::vector<Rank>& heads = higher[v];
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    if (heads.size() > 1)
      higher[heads[0]].insert(higher[heads[0]].end(), heads.begin() + 1, heads.end());
  }
  return higher;
}

uint32_t FindLink(const HierarchyTopology& topology, Rank low, Rank high) {
  const auto begin = topology.link_head.begin() + topology.first_link[low];
  const auto end = topology.link_head.begin() + topology.first_link[low + 1];
  const auto found = std::lower_bound(begin, end, high);
  if (found == end || *found != high) std::abort();  // contraction made every such link
  return static_cast<uint32_t>(found - topology.link_head.begin());
}

template <int kLanes>
void Lower(Milliseconds* target, const Milliseconds* a, const Milliseconds* b) {
  for (int lane = 0; lane < kLanes; ++lane)
    target[lane] = std::min(target[lane], a[lane] + b[lane]);
}

// For each contracted v and each pair of its higher neighbours x < y: the link x-y is at most the
// way over v.
template <int kLanes>
void RelaxTriangles(const HierarchyTopology& topology, HierarchyTimes& times) {
  for (Rank v = 0; v < topology.size(); ++v) {
    const uint32_t end = topology.first_link[v + 1];
    for (uint32_t vx = topology.first_link[v]; vx < end; ++vx) {
      uint32_t xy = topology.first_link[topology.link_head[vx]];
      for (uint32_t vy = vx + 1; vy < end; ++vy) {
        while (topology.link_head[xy] != topology.link_head[vy]) ++xy;
        Lower<kLanes>(&times.up[xy * kLanes], &times.down[vx * kLanes], &times.up[vy * kLanes]);
        Lower<kLanes>(&times.down[xy * kLanes], &times.down[vy * kLanes], &times.up[vx * kLanes]);
      }
    }
  }
}

}  // namespace

HierarchyTopology::HierarchyTopology(const RoadGraph& graph) : rank(graph.arc_count(), kNoRank) {
  const std::vector<ArcIndex> order = NestedDissectionOrder(graph);
  for (Rank r = 0; r < order.size(); ++r) rank[order[r]] = r;
  std::vector<std::vector<Rank>> higher(order.size());
  for (const ArcIndex from : order) {
    for (const Turn& turn : graph.turns(from)) {
      const Rank a = rank[from], b = rank[turn.to];
      if (a != b) higher[std::min(a, b)].push_back(std::max(a, b));
    }
  }
  higher = Contract(std::move(higher));
  first_link.push_back(0);
  for (const std::vector<Rank>& heads : higher) {
    parent.push_back(heads.empty() ? kNoRank : heads[0]);
    link_head.insert(link_head.end(), heads.begin(), heads.end());
    first_link.push_back(static_cast<uint32_t>(link_head.size()));
  }
}

HierarchyTimes Customize(const RoadGraph& graph, const HierarchyTopology& topology,
                         absl::Span<const std::vector<Milliseconds>* const> times) {
  const size_t lanes = times.size();
  HierarchyTimes result{.lanes = static_cast<int>(lanes)};
  result.up.assign(topology.link_head.size() * lanes, kUnreachable);
  result.down = result.up;
  for (ArcIndex arc = 0; arc < graph.arc_count(); ++arc) {
    const Rank a = topology.rank[arc];
    if (a == kNoRank) continue;
    for (const Turn& turn : graph.turns(arc)) {
      const Rank b = topology.rank[turn.to];
      if (a == b) continue;
      const size_t link = FindLink(topology, std::min(a, b), std::max(a, b));
      for (size_t lane = 0; lane < lanes; ++lane) {
        Milliseconds& time = (a < b ? result.up : result.down)[link * lanes + lane];
        time = std::min(time, (*times[lane])[arc] + turn.cost);
      }
    }
  }
  switch (lanes) {
    case 1:
      RelaxTriangles<1>(topology, result);
      break;
    case 4:
      RelaxTriangles<4>(topology, result);
      break;
    case 8:
      RelaxTriangles<8>(topology, result);
      break;
    default:
      std::abort();
  }
  return result;
}

}  // namespace stadtmesh::routing

#include "routing/arc_order.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace stadtmesh::routing {
namespace {

using Nodes = std::vector<NodeIndex>;

// The smallest cut between some nodes and some others, every road counting once (Ford and Fulkerson
// 1956, by breadth-first search).
class MinimumCut {
 public:
  explicit MinimumCut(const RoadGraph& graph)
      : graph_(graph), part_(graph.node_count(), 0), first_(graph.node_count() + 1, 0) {
    for (EdgeIndex edge = 0; edge < graph.edge_count(); ++edge) {
      ++first_[graph.edge(edge).first + 1];
      ++first_[graph.edge(edge).last + 1];
    }
    for (size_t node = 1; node < first_.size(); ++node) first_[node] += first_[node - 1];
    edges_.resize(first_.back());
    std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
    for (EdgeIndex edge = 0; edge < graph.edge_count(); ++edge) {
      edges_[next[graph.edge(edge).first]++] = edge;
      edges_[next[graph.edge(edge).last]++] = edge;
    }
    flow_.resize(graph.edge_count());
    reached_.resize(graph.node_count());
    via_.resize(graph.node_count());
    is_sink_.resize(graph.node_count());
  }

  // Nodes of one part are cut from each other; edges to other parts do not exist for it.
  void SetPart(const Nodes& nodes, uint32_t part) {
    for (const NodeIndex node : nodes) part_[node] = part;
  }
  bool SamePart(NodeIndex a, NodeIndex b) const { return part_[a] == part_[b]; }
  absl::Span<const EdgeIndex> EdgesOf(NodeIndex node) const {
    return absl::MakeSpan(edges_).subspan(first_[node], first_[node + 1] - first_[node]);
  }

  // Cuts sorted nodes: the first `ends` from the last `ends`. Gives up (returns `limit`) once the
  // cut reaches `limit`. Then Side tells the side of the first.
  int Cut(const Nodes& sorted, size_t ends, int limit) {
    for (const NodeIndex node : sorted) {
      is_sink_[node] = false;
      for (const EdgeIndex edge : EdgesOf(node)) flow_[edge] = 0;
    }
    for (size_t i = sorted.size() - ends; i < sorted.size(); ++i) is_sink_[sorted[i]] = true;
    int flow = 0;
    while (flow < limit && Augment(sorted, ends)) ++flow;
    return flow;
  }
  bool Side(NodeIndex node) const { return reached_[node] == stamp_; }

 private:
  bool Augment(const Nodes& sorted, size_t ends) {
    ++stamp_;
    queue_.assign(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(ends));
    for (const NodeIndex source : queue_) {
      reached_[source] = stamp_;
      via_[source] = UINT32_MAX;
    }
    for (size_t head = 0; head < queue_.size(); ++head) {
      const NodeIndex node = queue_[head];
      for (const EdgeIndex edge : EdgesOf(node)) {
        const bool forward = graph_.edge(edge).first == node;
        const NodeIndex other = forward ? graph_.edge(edge).last : graph_.edge(edge).first;
        if (!SamePart(node, other) || reached_[other] == stamp_ ||
            flow_[edge] == (forward ? 1 : -1))
          continue;
        reached_[other] = stamp_;
        via_[other] = edge;
        if (is_sink_[other]) {
          Push(other);
          return true;
        }
        queue_.push_back(other);
      }
    }
    return false;
  }

  void Push(NodeIndex node) {
    while (via_[node] != UINT32_MAX) {
      const Edge& edge = graph_.edge(via_[node]);
      const bool forward = edge.last == node;
      flow_[via_[node]] = static_cast<int8_t>(flow_[via_[node]] + (forward ? 1 : -1));
      node = forward ? edge.first : edge.last;
    }
  }

  const RoadGraph& graph_;
  std::vector<uint32_t> part_, first_;
  std::vector<EdgeIndex> edges_;
  std::vector<int8_t> flow_;  // 1: first -> last, -1: back
  std::vector<uint32_t> reached_;
  std::vector<EdgeIndex> via_;
  std::vector<bool> is_sink_;
  Nodes queue_;
  uint32_t stamp_ = 0;
};

class Dissection {
 public:
  explicit Dissection(const RoadGraph& graph) : graph_(graph), cut_(graph) {
    shrink_ = std::cos(graph.centre().latitude * std::numbers::pi / 180);
  }

  std::vector<ArcIndex> Order() {
    Nodes all(graph_.node_count());
    for (NodeIndex node = 0; node < all.size(); ++node) all[node] = node;
    Dissect(std::move(all));
    return std::move(order_);
  }

 private:
  void Dissect(Nodes nodes) {
    if (nodes.size() < 2) {
      for (const NodeIndex node : nodes) AppendLoops(node);
      return;
    }
    Nodes side = SmallestCut(nodes);
    const uint32_t part = ++last_part_;
    cut_.SetPart(side, part);
    Nodes rest;
    std::vector<EdgeIndex> cut;
    for (const NodeIndex node : nodes) {
      if (!cut_.SamePart(node, side.front())) rest.push_back(node);
    }
    for (const NodeIndex node : side) {
      for (const EdgeIndex edge : cut_.EdgesOf(node)) {
        const Edge& e = graph_.edge(edge);
        const NodeIndex other = e.first == node ? e.last : e.first;
        // Edges out of `nodes` altogether were cut higher up.
        if (!cut_.SamePart(node, other) && cut_.SamePart(other, rest.front())) cut.push_back(edge);
      }
    }
    Dissect(std::move(side));
    // The first half has new part numbers now; the second still has the old one and needs its own.
    cut_.SetPart(rest, ++last_part_);
    Dissect(std::move(rest));
    std::sort(cut.begin(), cut.end());
    for (const EdgeIndex edge : cut) Append(edge);
  }

  Nodes SmallestCut(const Nodes& nodes) {
    const size_t ends = std::max<size_t>(1, nodes.size() / 4);
    int best = INT32_MAX;
    Nodes side;
    static constexpr std::array<std::pair<double, double>, 4> kDirections = {
        {{1, 0}, {0, 1}, {1, 1}, {1, -1}}};
    for (const auto& [x, y] : kDirections) {
      std::vector<std::pair<double, NodeIndex>> keyed;
      keyed.reserve(nodes.size());
      for (const NodeIndex node : nodes) {
        const FixedPoint& at = graph_.data().nodes[node];
        keyed.push_back({x * shrink_ * at.longitude + y * at.latitude, node});
      }
      std::sort(keyed.begin(), keyed.end());
      Nodes sorted;
      sorted.reserve(nodes.size());
      for (const auto& [key, node] : keyed) sorted.push_back(node);
      const int cut = cut_.Cut(sorted, ends, best);
      if (cut >= best) continue;
      best = cut;
      side.clear();
      for (const NodeIndex node : sorted) {
        if (cut_.Side(node)) side.push_back(node);
      }
    }
    return side;
  }

  void Append(EdgeIndex edge) {
    for (const ArcIndex arc : {2 * edge, 2 * edge + 1}) {
      if (graph_.arc_time(arc) > 0) order_.push_back(arc);
    }
  }
  void AppendLoops(NodeIndex node) {
    EdgeIndex last = UINT32_MAX;  // a loop is listed twice at its node
    for (const EdgeIndex edge : cut_.EdgesOf(node)) {
      if (graph_.edge(edge).first == graph_.edge(edge).last && edge != last) Append(edge);
      last = edge;
    }
  }

  const RoadGraph& graph_;
  MinimumCut cut_;
  double shrink_ = 1;
  uint32_t last_part_ = 0;
  std::vector<ArcIndex> order_;
};

}  // namespace

std::vector<ArcIndex> NestedDissectionOrder(const RoadGraph& graph) {
  return Dissection(graph).Order();
}

}  // namespace stadtmesh::routing

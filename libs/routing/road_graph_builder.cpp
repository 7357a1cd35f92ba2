#include "routing/road_graph_builder.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "routing/strong_components.h"

namespace stadtmesh::routing {
namespace {

bool Contains(const std::vector<ArcIndex>& arcs, ArcIndex arc) {
  return std::find(arcs.begin(), arcs.end(), arc) != arcs.end();
}

double LengthMetres(const std::vector<FixedPoint>& points) {
  double metres = 0;
  for (size_t i = 1; i < points.size(); ++i)
    metres += DistanceMetres(ToLatLon(points[i - 1]), ToLatLon(points[i]));
  return metres;
}

}  // namespace

NodeIndex RoadGraphBuilder::AddNode(const LatLon& location) {
  nodes_.push_back(ToFixed(location));
  return static_cast<NodeIndex>(nodes_.size() - 1);
}

uint32_t RoadGraphBuilder::AddSegment(RoadSegment segment) {
  if (segment.first >= nodes_.size() || segment.last >= nodes_.size()) std::abort();
  if (segment.geometry.size() < 2) segment.geometry = {nodes_[segment.first], nodes_[segment.last]};
  segments_.push_back(std::move(segment));
  return static_cast<uint32_t>(segments_.size() - 1);
}

void RoadGraphBuilder::Forbid(Direction from, Direction to) {
  forbidden_[ArcOf(from)].push_back(ArcOf(to));
}
void RoadGraphBuilder::Only(Direction from, Direction to) {
  only_[ArcOf(from)].push_back(ArcOf(to));
}

bool RoadGraphBuilder::Drivable(ArcIndex arc) const {
  const RoadSegment& segment = segments_[arc / 2];
  return (arc % 2 == 0 ? segment.forward : segment.backward) > 0;
}

bool RoadGraphBuilder::Allowed(ArcIndex from, ArcIndex to) const {
  const auto forbidden = forbidden_.find(from);
  if (forbidden != forbidden_.end() && Contains(forbidden->second, to)) return false;
  const auto only = only_.find(from);
  return only == only_.end() || Contains(only->second, to);
}

void RoadGraphBuilder::ForbidBehind(const std::vector<Direction>& path,
                                    const std::vector<Direction>& to) {
  AddViaRule(false, path, to);
}
void RoadGraphBuilder::OnlyBehind(const std::vector<Direction>& path,
                                  const std::vector<Direction>& to) {
  AddViaRule(true, path, to);
}

void RoadGraphBuilder::AddViaRule(bool only, const std::vector<Direction>& path,
                                  const std::vector<Direction>& to) {
  if (path.size() < 2) std::abort();
  ViaRule rule{.only = only};
  for (const Direction& direction : path) rule.path.push_back(ArcOf(direction));
  for (const Direction& direction : to) rule.to.push_back(ArcOf(direction));
  via_rules_.push_back(std::move(rule));
}

TurnLists RoadGraphBuilder::MakeTurns() const {
  std::vector<std::vector<ArcIndex>> leaving(nodes_.size());
  const auto arcs = static_cast<ArcIndex>(2 * segments_.size());
  for (ArcIndex arc = 0; arc < arcs; ++arc) {
    const RoadSegment& segment = segments_[arc / 2];
    if (Drivable(arc)) leaving[arc % 2 == 0 ? segment.first : segment.last].push_back(arc);
  }
  TurnLists lists;
  lists.turns.resize(arcs);
  for (uint32_t i = 0; i < segments_.size(); ++i) lists.original.push_back(i);
  for (ArcIndex arc = 0; arc < arcs; ++arc) {
    lists.exists.push_back(Drivable(arc));
    if (!Drivable(arc)) continue;
    const RoadSegment& segment = segments_[arc / 2];
    const std::vector<ArcIndex>& exits = leaving[arc % 2 == 0 ? segment.last : segment.first];
    for (const ArcIndex to : exits) {
      const bool back = to == (arc ^ 1);
      if (!Allowed(arc, to)) continue;
      lists.turns[arc].push_back({to, !back               ? 0
                                      : exits.size() == 1 ? costs_.dead_end
                                                          : costs_.turn_round});
    }
  }
  ApplyViaRules(via_rules_, lists);
  return lists;
}

RoadGraphBuilder::Turns RoadGraphBuilder::Flatten(const TurnLists& lists) {
  Turns result;
  for (const std::vector<Turn>& turns : lists.turns) {
    result.first.push_back(static_cast<uint32_t>(result.turns.size()));
    result.turns.insert(result.turns.end(), turns.begin(), turns.end());
  }
  result.first.push_back(static_cast<uint32_t>(result.turns.size()));
  return result;
}

// Of a segment that only its doubles keep, the first one stands for it.
void RoadGraphBuilder::AddEdges(const TurnLists& lists, const std::vector<bool>& kept,
                                std::vector<EdgeIndex>& new_edge, RoadGraphData& data) const {
  absl::flat_hash_map<std::string, uint32_t> name_index = {{"", 0}};
  std::vector<NodeIndex> new_node(nodes_.size(), UINT32_MAX);
  const auto node = [&](NodeIndex old) {
    if (new_node[old] == UINT32_MAX) {
      new_node[old] = static_cast<NodeIndex>(data.nodes.size());
      data.nodes.push_back(nodes_[old]);
    }
    return new_node[old];
  };
  for (uint32_t i = 0; i < lists.original.size(); ++i) {
    const uint32_t original = lists.original[i];
    const RoadSegment& segment = segments_[original];
    if (!kept[2 * i] && !kept[2 * i + 1]) continue;
    new_edge[i] = static_cast<EdgeIndex>(data.edges.size());
    const bool doubled = i != original && new_edge[original] != kNoEdge;
    const auto name =
        name_index.try_emplace(segment.name, static_cast<uint32_t>(data.names.size()));
    if (name.second) data.names.push_back(segment.name);
    data.edges.push_back(
        {.first = node(segment.first),
         .last = node(segment.last),
         .forward = kept[2 * i] ? segment.forward : 0,
         .backward = kept[2 * i + 1] ? segment.backward : 0,
         .decimetres = static_cast<uint32_t>(LengthMetres(segment.geometry) * 10 + 0.5),
         .geometry = static_cast<uint32_t>(data.geometry.size()),
         .name = name.first->second,
         .road_class = segment.road_class,
         .doubled = doubled});
    data.geometry.insert(data.geometry.end(), segment.geometry.begin(), segment.geometry.end());
    if (i != original && !doubled) new_edge[original] = new_edge[i];
    if (!doubled) continue;
    EdgeIndex last = new_edge[original];
    while (data.edges[last].next_double != kNoEdge) last = data.edges[last].next_double;
    data.edges[last].next_double = new_edge[i];
  }
}

absl::StatusOr<std::shared_ptr<const RoadGraph>> RoadGraphBuilder::Build(
    std::vector<EdgeIndex>* kept) const {
  const TurnLists lists = MakeTurns();
  const Turns all = Flatten(lists);
  const std::vector<bool> in_component = LargestStrongComponent(
      lists.turns.size(), all.first, all.turns, [&](ArcIndex arc) { return lists.exists[arc]; });
  RoadGraphData data;
  data.names.push_back("");
  std::vector<EdgeIndex> new_edge(lists.original.size(), kNoEdge);
  AddEdges(lists, in_component, new_edge, data);
  for (ArcIndex arc = 0; arc < lists.turns.size(); ++arc) {
    // A segment that its double stands for has no arcs of its own left.
    if (!in_component[2 * (arc / 2)] && !in_component[2 * (arc / 2) + 1]) continue;
    data.first_turn.push_back(static_cast<uint32_t>(data.turns.size()));
    for (uint32_t i = all.first[arc]; in_component[arc] && i < all.first[arc + 1]; ++i) {
      const Turn& turn = all.turns[i];
      if (in_component[turn.to])
        data.turns.push_back({2 * new_edge[turn.to / 2] + turn.to % 2, turn.cost});
    }
  }
  data.first_turn.push_back(static_cast<uint32_t>(data.turns.size()));
  new_edge.resize(segments_.size());
  if (kept != nullptr) *kept = std::move(new_edge);
  return RoadGraph::Create(std::move(data));
}

}  // namespace stadtmesh::routing

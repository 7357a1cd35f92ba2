#include "routing/osm_restrictions.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace stadtmesh::routing {

// Directions of the road's segments that end (or begin) at `via`.
std::vector<RestrictionRules::Direction> RestrictionRules::At(OsmId road, OsmId via,
                                                              bool arriving) const {
  std::vector<Direction> directions;
  const auto segments = segments_.find(road);
  if (segments == segments_.end()) return directions;
  for (const Segment& segment : segments->second) {
    if ((arriving ? segment.last : segment.first) == via)
      directions.push_back({segment.number, true});
    if ((arriving ? segment.first : segment.last) == via)
      directions.push_back({segment.number, false});
  }
  return directions;
}

bool RestrictionRules::Apply(const OsmRestriction& restriction) {
  return restriction.via_ways.empty() ? ApplyAtNode(restriction) : ApplyOverWays(restriction);
}

bool RestrictionRules::ApplyAtNode(const OsmRestriction& restriction) {
  bool used = false;
  const bool only = absl::StartsWith(restriction.kind, "only_");
  for (const OsmId from : restriction.from) {
    for (const OsmId to : restriction.to) {
      for (const Direction& in : At(from, restriction.via, true)) {
        for (const Direction& out : At(to, restriction.via, false)) {
          // Within one road only turning round can be meant; driving on is never forbidden this
          // way.
          const bool turns_round = in.segment == out.segment && in.forward != out.forward;
          if (from == to && !turns_round) continue;
          only ? builder_.Only(in, out) : builder_.Forbid(in, out);
          used = true;
        }
      }
    }
  }
  return used;
}

// The ways on the way may be driven in either order and from either end of the first; what fits
// together is meant.
bool RestrictionRules::ApplyOverWays(const OsmRestriction& restriction) {
  std::vector<OsmId> ways = restriction.via_ways;
  bool used = false;
  for (const bool reversed : {false, true}) {
    if (reversed && ways.size() == 1) break;
    if (reversed) std::reverse(ways.begin(), ways.end());
    for (const bool forward : {true, false}) used |= ApplyAlong(restriction, ways, forward);
  }
  return used;
}

bool RestrictionRules::ApplyAlong(const OsmRestriction& restriction, const std::vector<OsmId>& ways,
                                  bool first_forward) {
  std::vector<Direction> along;
  const auto ends = Along(ways, first_forward, along);
  if (!ends) return false;
  std::vector<Direction> out;
  for (const OsmId to : restriction.to) {
    for (const Direction& direction : At(to, ends->second, false)) out.push_back(direction);
  }
  bool used = false;
  for (const OsmId from : restriction.from) {
    for (const Direction& in : At(from, ends->first, true)) {
      if (out.empty()) continue;
      std::vector<Direction> path = {in};
      path.insert(path.end(), along.begin(), along.end());
      const bool only = absl::StartsWith(restriction.kind, "only_");
      only ? builder_.OnlyBehind(path, out) : builder_.ForbidBehind(path, out);
      used = true;
    }
  }
  return used;
}

// The segments of ways driven one after the other, and the nodes where that begins and ends.
// Nothing when they do not hang together.
std::optional<std::pair<OsmId, OsmId>> RestrictionRules::Along(
    const std::vector<OsmId>& ways, bool first_forward, std::vector<Direction>& along) const {
  std::optional<OsmId> begin, at;
  for (const OsmId way : ways) {
    const auto found = segments_.find(way);
    if (found == segments_.end()) return std::nullopt;
    std::vector<Segment> segments = found->second;
    const bool forward = at ? segments.front().first == *at : first_forward;
    if (!forward) std::reverse(segments.begin(), segments.end());
    for (const Segment& segment : segments) {
      const OsmId enters = forward ? segment.first : segment.last;
      if (at && enters != *at) return std::nullopt;
      if (!begin) begin = enters;
      at = forward ? segment.last : segment.first;
      along.push_back({segment.number, forward});
    }
  }
  if (!at) return std::nullopt;
  return std::make_pair(*begin, *at);
}

}  // namespace stadtmesh::routing

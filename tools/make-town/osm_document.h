// An OpenStreetMap document in memory, on a plane in metres around the town's centre, and its XML
// form.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace stadtmesh::make_town {

// Metres east and north of the centre.
struct Point {
  double x = 0;
  double y = 0;
};
Point operator+(Point a, Point b);
Point operator-(Point a, Point b);
Point operator*(double factor, Point a);
double Length(Point a);
// On the line from a to b, `share` 0..1 of the way.
Point Between(Point a, Point b, double share);
// At `metres` from the centre in direction `degrees` (0 east, counter-clockwise).
Point Polar(double metres, double degrees);

using Id = int64_t;
using Tags = std::vector<std::pair<std::string, std::string>>;

struct Node {
  Point at;
  Tags tags;
};
struct Way {
  std::vector<Id> nodes;
  Tags tags;
};
struct Member {
  absl::string_view type;  // "node" or "way"
  Id id = 0;
  absl::string_view role;
};
struct Relation {
  std::vector<Member> members;
  Tags tags;
};

// Ids count from 1 in the order of adding.
class OsmDocument {
 public:
  Id AddNode(Point at, Tags tags = {});
  Id AddWay(std::vector<Id> nodes, Tags tags);
  Id AddRelation(std::vector<Member> members, Tags tags);
  const Node& node(Id id) const { return nodes_[static_cast<size_t>(id - 1)]; }
  const Way& way(Id id) const { return ways_[static_cast<size_t>(id - 1)]; }
  Way& way(Id id) { return ways_[static_cast<size_t>(id - 1)]; }
  Id way_count() const { return static_cast<Id>(ways_.size()); }

  // OSM XML 0.6 without timestamps: the same document gives the same bytes.
  std::string ToXml(double latitude, double longitude) const;

 private:
  std::vector<Node> nodes_;
  std::vector<Way> ways_;
  std::vector<Relation> relations_;
};

}  // namespace stadtmesh::make_town

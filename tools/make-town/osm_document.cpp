#include "make-town/osm_document.h"

#include <cmath>
#include <cstdlib>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace stadtmesh::make_town {
namespace {

constexpr double kMetresPerDegree = 6'371'008.8 * std::numbers::pi / 180;

// Fixed point with seven decimals, as OpenStreetMap keeps coordinates.
std::string Degrees(double degrees) {
  const int64_t units = std::llround(degrees * 1e7);
  return absl::StrFormat("%s%d.%07d", units < 0 ? "-" : "", std::llabs(units) / 10'000'000,
                         std::llabs(units) % 10'000'000);
}

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

void AppendTags(const Tags& tags, std::string& xml) {
  for (const auto& [key, value] : tags) {
    absl::StrAppend(&xml, "  <tag k=\"", Escape(key), "\" v=\"", Escape(value), "\"/>\n");
  }
}

}  // namespace

Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(double factor, Point a) { return {factor * a.x, factor * a.y}; }
double Length(Point a) { return std::sqrt(a.x * a.x + a.y * a.y); }
Point Between(Point a, Point b, double share) { return a + share * (b - a); }
Point Polar(double metres, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  return {metres * std::cos(angle), metres * std::sin(angle)};
}

Id OsmDocument::AddNode(Point at, Tags tags) {
  nodes_.push_back({at, std::move(tags)});
  return static_cast<Id>(nodes_.size());
}

Id OsmDocument::AddWay(std::vector<Id> nodes, Tags tags) {
  ways_.push_back({std::move(nodes), std::move(tags)});
  return static_cast<Id>(ways_.size());
}

Id OsmDocument::AddRelation(std::vector<Member> members, Tags tags) {
  relations_.push_back({std::move(members), std::move(tags)});
  return static_cast<Id>(relations_.size());
}

std::string OsmDocument::ToXml(double latitude, double longitude) const {
  const double metres_per_degree_x = kMetresPerDegree * std::cos(latitude * std::numbers::pi / 180);
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\" "
      "generator=\"stadtmesh-make-town\">\n";
  for (size_t i = 0; i < nodes_.size(); ++i) {
    absl::StrAppend(&xml, " <node id=\"", i + 1, "\" lat=\"",
                    Degrees(latitude + nodes_[i].at.y / kMetresPerDegree), "\" lon=\"",
                    Degrees(longitude + nodes_[i].at.x / metres_per_degree_x), "\"");
    if (nodes_[i].tags.empty()) {
      absl::StrAppend(&xml, "/>\n");
      continue;
    }
    absl::StrAppend(&xml, ">\n");
    AppendTags(nodes_[i].tags, xml);
    absl::StrAppend(&xml, " </node>\n");
  }
  for (size_t i = 0; i < ways_.size(); ++i) {
    absl::StrAppend(&xml, " <way id=\"", i + 1, "\">\n");
    for (const Id node : ways_[i].nodes) absl::StrAppend(&xml, "  <nd ref=\"", node, "\"/>\n");
    AppendTags(ways_[i].tags, xml);
    absl::StrAppend(&xml, " </way>\n");
  }
  for (size_t i = 0; i < relations_.size(); ++i) {
    absl::StrAppend(&xml, " <relation id=\"", i + 1, "\">\n");
    for (const Member& member : relations_[i].members) {
      absl::StrAppend(&xml, "  <member type=\"", member.type, "\" ref=\"", member.id, "\" role=\"",
                      member.role, "\"/>\n");
    }
    AppendTags(relations_[i].tags, xml);
    absl::StrAppend(&xml, " </relation>\n");
  }
  absl::StrAppend(&xml, "</osm>\n");
  return xml;
}

}  // namespace stadtmesh::make_town

#include "routing/osm_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <osmium/io/any_input.hpp>
#include <osmium/osm.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace stadtmesh::routing {
namespace {

absl::string_view Tag(const osmium::TagList& tags, absl::string_view key) {
  for (const osmium::Tag& tag : tags) {
    if (key == tag.key()) return tag.value();
  }
  return "";
}

bool HasAnyTag(const osmium::OSMObject& object) { return !object.tags().empty(); }

std::vector<OsmId> NodesOf(const osmium::Way& way) {
  std::vector<OsmId> nodes;
  nodes.reserve(way.nodes().size());
  for (const osmium::NodeRef& node : way.nodes()) nodes.push_back(node.ref());
  return nodes;
}

// "amenity=doctors" of the first key that makes a feature worth finding by name.
std::string Category(const osmium::TagList& tags) {
  static constexpr const char* kKeys[] = {"place",   "railway", "amenity", "healthcare", "shop",
                                          "tourism", "leisure", "office",  "historic"};
  for (const char* key : kKeys) {
    const absl::string_view value = Tag(tags, key);
    const bool useful = !value.empty() && value != "no" &&
                        (std::strcmp(key, "railway") != 0 || value == "station" || value == "halt");
    if (useful) return absl::StrCat(key, "=", value);
  }
  return "";
}

bool IsStop(const osmium::TagList& tags) {
  return Tag(tags, "highway") == "bus_stop" ||
         (Tag(tags, "public_transport") == "platform" && Tag(tags, "bus") == "yes");
}

Address AddressOf(const osmium::TagList& tags) {
  Address address;
  address.house_number = std::string(Tag(tags, "addr:housenumber"));
  const absl::string_view street = Tag(tags, "addr:street");
  address.street = std::string(street.empty() ? Tag(tags, "addr:place") : street);
  address.postcode = std::string(Tag(tags, "addr:postcode"));
  address.city = std::string(Tag(tags, "addr:city"));
  address.suburb = std::string(Tag(tags, "addr:suburb"));
  return address;
}

bool IsBuiltUp(absl::string_view landuse) {
  return landuse == "residential" || landuse == "commercial" || landuse == "retail" ||
         landuse == "industrial";
}

class Collector {
 public:
  Collector(const ImportOptions& options, OsmFile& file) : options_(options), file_(file) {}

  void Read(const osmium::Relation& relation) {
    ++file_.report.relations_read;
    const absl::string_view type = Tag(relation.tags(), "type");
    if (absl::StartsWith(type, "restriction")) ReadRestriction(relation);
    if (type == "boundary" && Tag(relation.tags(), "boundary") == "administrative")
      ReadBoundary(relation);
  }

  absl::Status Read(const osmium::Node& node) {
    ++file_.report.nodes_read;
    if (!node.location().valid())
      return absl::InvalidArgumentError(absl::StrCat("node ", node.id(), " lies nowhere"));
    const FixedPoint location{node.location().y(), node.location().x()};
    file_.nodes.push_back({node.id(), location});
    if (!HasAnyTag(node)) return absl::OkStatus();
    if (BlocksRoad([&](absl::string_view key) { return Tag(node.tags(), key); },
                   options_.public_service_vehicle))
      file_.blocked_nodes.insert(node.id());
    OsmFeature feature = FeatureOf(node);
    feature.location = location;
    Keep(std::move(feature));
    return absl::OkStatus();
  }

  void Read(const osmium::Way& way) {
    ++file_.report.ways_read;
    if (boundary_way_ids_.contains(way.id())) file_.boundary_ways[way.id()] = NodesOf(way);
    if (!HasAnyTag(way) || way.nodes().size() < 2) return;
    const auto tags = [&](absl::string_view key) { return Tag(way.tags(), key); };
    if (const auto road = ParseRoad(tags, options_.public_service_vehicle)) {
      const absl::string_view name = tags("name");
      file_.roads.push_back(
          {way.id(), NodesOf(way), *road, std::string(name.empty() ? tags("ref") : name)});
      return;
    }
    if (IsBuiltUp(tags("landuse")) && way.is_closed()) file_.built_up.push_back(NodesOf(way));
    const absl::string_view building = tags("building");
    if (!building.empty() && building != "no") file_.houses.push_back(way.nodes().front().ref());
    OsmFeature feature = FeatureOf(way);
    feature.nodes = NodesOf(way);
    feature.interpolation = std::string(tags("addr:interpolation"));
    Keep(std::move(feature));
  }

 private:
  OsmFeature FeatureOf(const osmium::OSMObject& object) {
    OsmFeature feature{.id = object.id(), .address = AddressOf(object.tags())};
    feature.name = std::string(Tag(object.tags(), "name"));
    feature.stop = !feature.name.empty() && IsStop(object.tags());
    if (!feature.name.empty() && !feature.stop) feature.category = Category(object.tags());
    return feature;
  }

  void Keep(OsmFeature feature) {
    const bool addressed = !feature.address.house_number.empty() && !feature.address.street.empty();
    if (addressed || feature.stop || !feature.category.empty() || !feature.interpolation.empty()) {
      file_.features.push_back(std::move(feature));
    }
  }

  void ReadRestriction(const osmium::Relation& relation) {
    OsmRestriction restriction;
    restriction.kind = std::string(
        RestrictionKind([&](absl::string_view key) { return Tag(relation.tags(), key); },
                        options_.public_service_vehicle));
    int via_nodes = 0;
    for (const osmium::RelationMember& member : relation.members()) {
      const absl::string_view role = member.role();
      const bool way = member.type() == osmium::item_type::way;
      if (role == "from" && way) restriction.from.push_back(member.ref());
      if (role == "to" && way) restriction.to.push_back(member.ref());
      if (role == "via" && way) restriction.via_ways.push_back(member.ref());
      if (role == "via" && member.type() == osmium::item_type::node) {
        ++via_nodes;
        restriction.via = member.ref();
      }
    }
    const bool one_via = (via_nodes == 1) == restriction.via_ways.empty() && via_nodes <= 1;
    const bool usable = !restriction.kind.empty() && one_via && !restriction.from.empty() &&
                        !restriction.to.empty();
    if (usable) {
      file_.restrictions.push_back(std::move(restriction));
    } else {
      ++file_.report.restrictions_ignored;
    }
  }

  void ReadBoundary(const osmium::Relation& relation) {
    OsmBoundary boundary{.name = std::string(Tag(relation.tags(), "name"))};
    if (!absl::SimpleAtoi(Tag(relation.tags(), "admin_level"), &boundary.admin_level))
      boundary.admin_level = 0;
    for (const osmium::RelationMember& member : relation.members()) {
      const absl::string_view role = member.role();
      if (member.type() == osmium::item_type::way && (role == "outer" || role.empty())) {
        boundary.outer.push_back(member.ref());
        boundary_way_ids_.insert(member.ref());
      }
    }
    file_.boundaries.push_back(std::move(boundary));
  }

  const ImportOptions& options_;
  OsmFile& file_;
  absl::flat_hash_set<OsmId> boundary_way_ids_;
};

// Relations first: they say which ways make a boundary.
absl::Status ReadAll(const std::string& path, Collector& collector) {
  osmium::io::Reader relations(path, osmium::osm_entity_bits::relation);
  while (const osmium::memory::Buffer buffer = relations.read()) {
    for (const auto& relation : buffer.select<osmium::Relation>()) {
      if (relation.visible()) collector.Read(relation);
    }
  }
  relations.close();
  osmium::io::Reader reader(path, osmium::osm_entity_bits::node | osmium::osm_entity_bits::way);
  while (const osmium::memory::Buffer buffer = reader.read()) {
    for (const auto& node : buffer.select<osmium::Node>()) {
      if (!node.visible()) continue;
      if (absl::Status status = collector.Read(node); !status.ok()) return status;
    }
    for (const auto& way : buffer.select<osmium::Way>()) {
      if (way.visible()) collector.Read(way);
    }
  }
  reader.close();
  return absl::OkStatus();
}

}  // namespace

const FixedPoint* OsmFile::Find(OsmId id) const {
  const auto found =
      std::lower_bound(nodes.begin(), nodes.end(), id,
                       [](const OsmNode& node, OsmId wanted) { return node.id < wanted; });
  return found != nodes.end() && found->id == id ? &found->location : nullptr;
}

absl::StatusOr<OsmFile> ReadOsmFile(const std::string& path, const ImportOptions& options) {
  if (access(path.c_str(), R_OK) != 0) {
    const int error = errno;
    const std::string message = absl::StrCat(path, ": ", std::strerror(error));
    return error == EACCES ? absl::PermissionDeniedError(message) : absl::NotFoundError(message);
  }
  OsmFile file;
  Collector collector(options, file);
  try {
    if (absl::Status status = ReadAll(path, collector); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", status.message()));
    }
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what()));
  }
  std::stable_sort(file.nodes.begin(), file.nodes.end(),
                   [](const OsmNode& a, const OsmNode& b) { return a.id < b.id; });
  return file;
}

}  // namespace stadtmesh::routing

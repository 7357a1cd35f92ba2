#include "routing/osm_features.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::routing {
namespace {

// Streets of one name farther apart than this are different streets.
constexpr double kStreetGapMetres = 1000;
constexpr int kMostInterpolated = 200;

std::vector<LatLon> PointsOf(const OsmFile& file, const std::vector<OsmId>& ids) {
  std::vector<LatLon> points;
  for (const OsmId id : ids) {
    if (const FixedPoint* point = file.Find(id)) points.push_back(ToLatLon(*point));
  }
  return points;
}

// The mean of a way's corners, near enough to a building's door.
std::optional<LatLon> LocationOf(const OsmFile& file, const OsmFeature& feature) {
  if (feature.nodes.empty()) return ToLatLon(feature.location);
  std::vector<LatLon> points = PointsOf(file, feature.nodes);
  if (points.size() > 1 && points.front() == points.back()) points.pop_back();
  if (points.empty()) return std::nullopt;
  LatLon mean;
  for (const LatLon& point : points) {
    mean.latitude += point.latitude / static_cast<double>(points.size());
    mean.longitude += point.longitude / static_cast<double>(points.size());
  }
  return mean;
}

// "8;10" are two addresses.
void AddAddresses(const Address& address, const LatLon& location, std::vector<Address>& addresses) {
  for (const absl::string_view number :
       absl::StrSplit(address.house_number, absl::ByAnyChar(";,"), absl::SkipWhitespace())) {
    addresses.push_back(address);
    addresses.back().house_number = std::string(absl::StripAsciiWhitespace(number));
    addresses.back().location = location;
  }
}

// addr:interpolation: the house numbers between two numbered nodes of a line.
class Interpolation {
 public:
  Interpolation(const OsmFile& file, std::vector<Address>& addresses) : addresses_(addresses) {
    for (const OsmFeature& feature : file.features) {
      if (feature.nodes.empty() && !feature.address.house_number.empty())
        by_node_[feature.id] = &feature;
    }
  }

  void Add(const OsmFeature& line) {
    const OsmFeature* before = nullptr;
    for (const OsmId id : line.nodes) {
      const auto found = by_node_.find(id);
      if (found == by_node_.end()) continue;
      if (before != nullptr) AddBetween(line.interpolation, *before, *found->second);
      before = found->second;
    }
  }

 private:
  static int Step(const std::string& kind) {
    int step = 0;
    if (kind == "all") return 1;
    if (kind == "even" || kind == "odd") return 2;
    return absl::SimpleAtoi(kind, &step) && step > 0 ? step : 0;
  }

  void AddBetween(const std::string& kind, const OsmFeature& a, const OsmFeature& b) {
    int first = 0, last = 0;
    const int step = Step(kind);
    if (step == 0 || a.address.street != b.address.street ||
        !absl::SimpleAtoi(a.address.house_number, &first) ||
        !absl::SimpleAtoi(b.address.house_number, &last) || first == last || first < 0 ||
        last < 0) {
      return;
    }
    const int64_t distance = std::abs(int64_t{last} - first);
    if (distance / step > kMostInterpolated) return;
    const LatLon from = ToLatLon(a.location), to = ToLatLon(b.location);
    for (int64_t done = step; done < distance; done += step) {
      const double share = static_cast<double>(done) / static_cast<double>(distance);
      Address address = a.address;
      address.house_number = absl::StrCat(first < last ? first + done : first - done);
      address.location = {from.latitude + share * (to.latitude - from.latitude),
                          from.longitude + share * (to.longitude - from.longitude)};
      addresses_.push_back(std::move(address));
    }
  }

  std::vector<Address>& addresses_;
  absl::flat_hash_map<OsmId, const OsmFeature*> by_node_;
};

// One entry per name and neighbourhood, at the segment nearest to the middle.
std::vector<Street> CollectStreets(const OsmFile& file) {
  std::map<std::string, std::vector<std::vector<LatLon>>> streets;  // name -> groups of points
  for (const OsmRoad& road : file.roads) {
    const std::vector<LatLon> points = PointsOf(file, road.nodes);
    if (road.name.empty() || points.empty()) continue;
    const LatLon middle = points[points.size() / 2];
    std::vector<std::vector<LatLon>>& groups = streets[road.name];
    const auto near =
        std::find_if(groups.begin(), groups.end(), [&](const std::vector<LatLon>& group) {
          return std::any_of(group.begin(), group.end(), [&](const LatLon& other) {
            return DistanceMetres(middle, other) <= kStreetGapMetres;
          });
        });
    near != groups.end() ? near->push_back(middle) : groups.push_back({middle});
  }
  std::vector<Street> result;
  for (const auto& [name, groups] : streets) {
    for (const std::vector<LatLon>& group : groups) {
      LatLon mean;
      for (const LatLon& point : group) {
        mean.latitude += point.latitude / static_cast<double>(group.size());
        mean.longitude += point.longitude / static_cast<double>(group.size());
      }
      const auto nearest =
          std::min_element(group.begin(), group.end(), [&](const LatLon& a, const LatLon& b) {
            return DistanceMetres(a, mean) < DistanceMetres(b, mean);
          });
      result.push_back({.name = name, .location = *nearest});
    }
  }
  return result;
}

// Joins the outer ways end to end; only a ring that closes counts.
std::vector<LatLon> CloseRing(const OsmFile& file, const OsmBoundary& boundary) {
  std::vector<const std::vector<OsmId>*> open;
  for (const OsmId way : boundary.outer) {
    const auto found = file.boundary_ways.find(way);
    if (found == file.boundary_ways.end() || found->second.size() < 2) return {};
    open.push_back(&found->second);
  }
  if (open.empty()) return {};
  std::vector<OsmId> ring = *open.back();
  open.pop_back();
  while (ring.front() != ring.back()) {
    const auto next = std::find_if(open.begin(), open.end(), [&](const std::vector<OsmId>* way) {
      return way->front() == ring.back() || way->back() == ring.back();
    });
    if (next == open.end()) return {};
    std::vector<OsmId> way = **next;
    open.erase(next);
    if (way.front() != ring.back()) std::reverse(way.begin(), way.end());
    ring.insert(ring.end(), way.begin() + 1, way.end());
  }
  return PointsOf(file, ring);
}

// Streets take the town of the nearest address on them.
void NameCities(TownMap& map) {
  absl::flat_hash_map<std::string, std::vector<const Address*>> by_street;
  for (const Address& address : map.addresses) {
    if (!address.city.empty()) by_street[address.street].push_back(&address);
  }
  for (Street& street : map.streets) {
    double best = 2 * kStreetGapMetres;
    for (const Address* address : by_street[street.name]) {
      const double distance = DistanceMetres(address->location, street.location);
      if (distance > best) continue;
      best = distance;
      street.city = address->city;
    }
  }
}

}  // namespace

void CollectFeatures(const OsmFile& file, TownMap& map) {
  Interpolation interpolation(file, map.addresses);
  for (const OsmFeature& feature : file.features) {
    const std::optional<LatLon> location = LocationOf(file, feature);
    if (!location) continue;
    if (!feature.address.house_number.empty() && !feature.address.street.empty()) {
      AddAddresses(feature.address, *location, map.addresses);
    }
    if (!feature.interpolation.empty()) interpolation.Add(feature);
    if (feature.stop) map.stops.push_back({feature.name, feature.id, *location});
    if (!feature.category.empty())
      map.places.push_back({feature.name, feature.category, *location});
  }
  map.streets = CollectStreets(file);
  NameCities(map);
  for (const OsmBoundary& boundary : file.boundaries) {
    std::vector<LatLon> ring = CloseRing(file, boundary);
    if (ring.size() >= 3)
      map.boundaries.push_back({boundary.name, boundary.admin_level, std::move(ring)});
  }
}

}  // namespace stadtmesh::routing

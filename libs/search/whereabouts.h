// In which town, village and street a point of the map lies, for what does not say so itself.
// Internal; pure.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/geo.h"
#include "routing/town_map.h"

namespace stadtmesh::search {

// Names at points, to find the nearest.
class NamedPoints {
 public:
  void Add(const LatLon& location, const std::string& name);
  // After all have been added.
  void Sort();
  // Empty where none lies within `metres`.
  std::string Nearest(const LatLon& location, double metres) const;

 private:
  std::vector<std::pair<LatLon, std::string>> points_;
};

class Whereabouts {
 public:
  explicit Whereabouts(const routing::TownMap& map);
  // The municipality, as its boundary, the addresses around or else the nearest settlement say.
  std::string CityOf(const LatLon& location) const;
  // The nearest village, hamlet or suburb; empty where the town itself is nearer.
  std::string DistrictOf(const LatLon& location) const;
  // Of the nearest address.
  std::string StreetOf(const LatLon& location) const;

 private:
  std::vector<std::pair<std::string, Polygon>> municipalities_;
  NamedPoints cities_, settlements_, streets_;
  std::set<std::string> towns_;  // of the settlements
};

}  // namespace stadtmesh::search

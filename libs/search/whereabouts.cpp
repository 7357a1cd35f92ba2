#include "search/whereabouts.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/strings/string_view.h"

namespace stadtmesh::search {
namespace {

constexpr int kMunicipality = 8;  // admin_level
constexpr double kSettlementMetres = 4000;
constexpr double kNeighbourMetres = 1000;  // an address as near is in the same town,
constexpr double kDoorstepMetres = 150;    // and as near in the same street
constexpr double kMetresPerDegree = 111'195;

bool IsTown(absl::string_view category) {
  return category == "place=city" || category == "place=town";
}
bool IsDistrict(absl::string_view category) {
  return category == "place=village" || category == "place=hamlet" || category == "place=suburb";
}

}  // namespace

void NamedPoints::Add(const LatLon& location, const std::string& name) {
  if (!name.empty()) points_.push_back({location, name});
}

void NamedPoints::Sort() {
  std::sort(points_.begin(), points_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.latitude, a.first.longitude, a.second) <
           std::tie(b.first.latitude, b.first.longitude, b.second);
  });
}

std::string NamedPoints::Nearest(const LatLon& location, double metres) const {
  const double degrees = metres / kMetresPerDegree;
  const double narrowing = std::cos(location.latitude * M_PI / 180);
  auto point = std::lower_bound(
      points_.begin(), points_.end(), location.latitude - degrees,
      [](const auto& entry, double latitude) { return entry.first.latitude < latitude; });
  const std::string* nearest = nullptr;
  double least = degrees;
  for (; point != points_.end() && point->first.latitude <= location.latitude + degrees; ++point) {
    // Flat, which is exact enough over a few kilometres.
    const double apart = std::hypot(point->first.latitude - location.latitude,
                                    (point->first.longitude - location.longitude) * narrowing);
    if (apart > least) continue;
    least = apart;
    nearest = &point->second;
  }
  return nearest == nullptr ? "" : *nearest;
}

Whereabouts::Whereabouts(const routing::TownMap& map) {
  for (const routing::Boundary& boundary : map.boundaries) {
    if (boundary.admin_level == kMunicipality && !boundary.name.empty())
      municipalities_.push_back({boundary.name, Polygon(boundary.ring)});
  }
  for (const routing::Address& address : map.addresses) {
    cities_.Add(address.location, address.city);
    streets_.Add(address.location, address.street);
  }
  for (const routing::NamedPlace& place : map.places) {
    if (IsTown(place.category)) towns_.insert(place.name);
    if (IsTown(place.category) || IsDistrict(place.category))
      settlements_.Add(place.location, place.name);
  }
  cities_.Sort();
  streets_.Sort();
  settlements_.Sort();
}

std::string Whereabouts::CityOf(const LatLon& location) const {
  const auto municipality =
      std::find_if(municipalities_.begin(), municipalities_.end(),
                   [&](const auto& each) { return each.second.Contains(location); });
  if (municipality != municipalities_.end()) return municipality->first;
  const std::string city = cities_.Nearest(location, kNeighbourMetres);
  return city.empty() ? settlements_.Nearest(location, kSettlementMetres) : city;
}

std::string Whereabouts::DistrictOf(const LatLon& location) const {
  const std::string nearest = settlements_.Nearest(location, kSettlementMetres);
  return towns_.contains(nearest) ? "" : nearest;
}

std::string Whereabouts::StreetOf(const LatLon& location) const {
  return streets_.Nearest(location, kDoorstepMetres);
}

}  // namespace stadtmesh::search

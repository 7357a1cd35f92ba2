#include "search/town_entries.h"

#include <algorithm>
#include <map>
#include <utility>

namespace stadtmesh::search {
namespace {

constexpr double kSameStopMetres = 250;

// German words for what OpenStreetMap names in English.
const std::vector<std::string>& KeywordsFor(const std::string& category) {
  static const auto& keywords = *new std::map<std::string, std::vector<std::string>>{
      {"amenity=doctors", {"Arzt", "Ärztin", "Praxis"}},
      {"amenity=clinic", {"Klinik", "Arzt"}},
      {"amenity=dentist", {"Zahnarzt", "Praxis"}},
      {"amenity=hospital", {"Krankenhaus", "Klinik"}},
      {"amenity=pharmacy", {"Apotheke"}},
      {"amenity=school", {"Schule"}},
      {"amenity=kindergarten", {"Kindergarten", "Kita"}},
      {"amenity=townhall", {"Rathaus", "Stadtverwaltung", "Bürgerbüro"}},
      {"amenity=library", {"Bücherei", "Bibliothek"}},
      {"amenity=bank", {"Bank", "Sparkasse"}},
      {"amenity=post_office", {"Post"}},
      {"amenity=place_of_worship", {"Kirche"}},
      {"amenity=restaurant", {"Restaurant", "Gaststätte"}},
      {"amenity=cafe", {"Café"}},
      {"amenity=social_facility", {"Seniorenheim", "Pflegeheim"}},
      {"amenity=nursing_home", {"Seniorenheim", "Pflegeheim"}},
      {"amenity=community_centre", {"Bürgerhaus", "Gemeindehaus"}},
      {"leisure=swimming_pool", {"Schwimmbad", "Freibad", "Hallenbad"}},
      {"leisure=sports_centre", {"Sporthalle", "Sportplatz"}},
      {"railway=station", {"Bahnhof"}},
      {"railway=halt", {"Bahnhof", "Haltepunkt"}},
      {"shop=supermarket", {"Supermarkt", "Einkaufen"}},
      {"shop=bakery", {"Bäckerei"}},
      {"tourism=museum", {"Museum"}},
  };
  static const auto& none = *new std::vector<std::string>();
  const auto found = keywords.find(category);
  return found == keywords.end() ? none : found->second;
}

void AddStops(const routing::TownMap& map, std::vector<Entry>& entries) {
  std::map<std::string, std::vector<LatLon>> known;
  for (const routing::BusStop& stop : map.stops) {
    std::vector<LatLon>& same = known[stop.name];
    const bool twin = std::any_of(same.begin(), same.end(), [&](const LatLon& other) {
      return DistanceMetres(other, stop.location) <= kSameStopMetres;
    });
    if (!twin)
      entries.push_back({.kind = EntryKind::kStop,
                         .name = stop.name,
                         .keywords = {"Haltestelle"},
                         .location = stop.location});
    same.push_back(stop.location);
  }
}

}  // namespace

std::vector<Entry> EntriesOf(const routing::TownMap& map, bool with_stops) {
  std::vector<Entry> entries;
  for (const routing::Address& address : map.addresses) {
    Entry entry{.kind = EntryKind::kAddress,
                .name = address.street,
                .house_number = address.house_number,
                .postcode = address.postcode,
                .city = address.city,
                .location = address.location};
    if (!address.suburb.empty()) entry.keywords.push_back(address.suburb);
    entries.push_back(std::move(entry));
  }
  for (const routing::Street& street : map.streets) {
    entries.push_back({.kind = EntryKind::kStreet,
                       .name = street.name,
                       .city = street.city,
                       .location = street.location});
  }
  for (const routing::NamedPlace& place : map.places) {
    entries.push_back({.kind = EntryKind::kPlace,
                       .name = place.name,
                       .keywords = KeywordsFor(place.category),
                       .location = place.location});
  }
  if (with_stops) AddStops(map, entries);
  return entries;
}

}  // namespace stadtmesh::search

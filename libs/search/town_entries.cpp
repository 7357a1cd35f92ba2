#include "search/town_entries.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "search/fold.h"
#include "search/whereabouts.h"

namespace stadtmesh::search {
namespace {

constexpr double kSameNameMetres = 250;

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

// "L 851", "St 2183", "LAU 12".
bool IsOneRoadNumber(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const absl::string_view network = text.substr(0, text.find_first_of(" 0123456789"));
  const absl::string_view number = absl::StripLeadingAsciiWhitespace(text.substr(network.size()));
  const size_t digits = LeadingDigits(number).size();
  const bool capitals = std::none_of(network.begin(), network.end(), [](unsigned char letter) {
    return absl::ascii_islower(letter);
  });
  const int letters = CharacterCount(network);
  return letters >= 1 && letters <= 3 && (capitals || network == "St") && digits >= 1 &&
         digits <= 4 && number.size() <= digits + 1;  // "L 851n"
}

// The map gives a road without a name its number, or several: "B 14;B 2". Nobody lives there: where
// houses are numbered so (Mannheim's "C 4"), their addresses name the street.
bool IsRoadNumber(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, absl::ByAnyChar(";/,"));
  return std::all_of(parts.begin(), parts.end(), IsOneRoadNumber);
}

// Fills in what the map does not say. Of a name that a village has twice, the street tells which.
void Locate(const Whereabouts& whereabouts, Entry& entry) {
  if (entry.city.empty()) entry.city = whereabouts.CityOf(entry.location);
  if (entry.district.empty()) entry.district = whereabouts.DistrictOf(entry.location);
  if (entry.district == entry.city || entry.district == entry.name) entry.district.clear();
  if (!entry.district.empty()) entry.keywords.push_back(entry.district);
  if (entry.kind != EntryKind::kPlace && entry.kind != EntryKind::kStop) return;
  const std::string street = whereabouts.StreetOf(entry.location);
  if (street.empty() || street == entry.name) return;
  entry.district = entry.district.empty() ? street : absl::StrCat(street, ", ", entry.district);
}

// Places and stops of the map. What lies near another of its name is the same: the other side of
// the road, a building and the shop in it.
class Named {
 public:
  explicit Named(std::vector<Entry>& entries) : entries_(entries) {}

  void Add(EntryKind kind, const std::string& name, const LatLon& location,
           const std::vector<std::string>& keywords) {
    std::vector<size_t>& same = known_[{kind, name}];
    const auto twin = std::find_if(same.begin(), same.end(), [&](size_t other) {
      return DistanceMetres(entries_[other].location, location) <= kSameNameMetres;
    });
    if (twin != same.end()) {
      std::vector<std::string>& all = entries_[*twin].keywords;
      all.insert(all.end(), keywords.begin(), keywords.end());
      return;
    }
    same.push_back(entries_.size());
    entries_.push_back({.kind = kind, .name = name, .keywords = keywords, .location = location});
  }

 private:
  std::vector<Entry>& entries_;
  std::map<std::pair<EntryKind, std::string>, std::vector<size_t>> known_;
};

void AddAddresses(const routing::TownMap& map, std::vector<Entry>& entries) {
  for (const routing::Address& address : map.addresses) {
    entries.push_back({.kind = EntryKind::kAddress,
                       .name = address.street,
                       .house_number = address.house_number,
                       .postcode = address.postcode,
                       .city = address.city,
                       .district = address.suburb,
                       .location = address.location});
  }
}

}  // namespace

std::vector<Entry> EntriesOf(const routing::TownMap& map, bool with_stops) {
  std::vector<Entry> entries;
  AddAddresses(map, entries);
  for (const routing::Street& street : map.streets) {
    if (IsRoadNumber(street.name)) continue;
    entries.push_back({.kind = EntryKind::kStreet,
                       .name = street.name,
                       .city = street.city,
                       .location = street.location});
  }
  Named named(entries);
  for (const routing::NamedPlace& place : map.places)
    named.Add(EntryKind::kPlace, place.name, place.location, KeywordsFor(place.category));
  for (const routing::BusStop& stop : map.stops) {
    if (with_stops) named.Add(EntryKind::kStop, stop.name, stop.location, {"Haltestelle"});
  }
  const Whereabouts whereabouts(map);
  for (Entry& entry : entries) Locate(whereabouts, entry);
  return entries;
}

}  // namespace stadtmesh::search

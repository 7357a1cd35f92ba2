#include "search/document.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"

namespace stadtmesh::search {
namespace {

constexpr double kSameStreetMetres = 1500;
constexpr double kSameHouseMetres = 250;
constexpr double kTwoStreetsMetres = 500;

int NumberOf(const std::string& text) {
  int number = 0;
  return absl::SimpleAtoi(LeadingDigits(text), &number) ? number : 0;
}

void AddContext(absl::string_view text, Document& document) {
  for (Word& word : Words(text)) {
    if (std::find(document.context.begin(), document.context.end(), word) ==
        document.context.end()) {
      document.context.push_back(std::move(word));
    }
  }
}

void AddContextOf(const Entry& entry, Document& document) {
  AddContext(entry.postcode, document);
  for (const std::string& keyword : entry.keywords) AddContext(keyword, document);
}

Document MakeDocument(const Entry& entry) {
  Document document{.kind = entry.kind == EntryKind::kAddress ? EntryKind::kStreet : entry.kind,
                    .id = entry.kind == EntryKind::kAddress ? "" : entry.id,
                    .name = entry.name,
                    .postcode = entry.postcode,
                    .city = entry.city,
                    .district = entry.district,
                    .location = entry.location,
                    .street_known = entry.kind == EntryKind::kStreet,
                    .words = Words(entry.name)};
  document.joined = Join(document.words, 0, document.words.size());
  for (const Word& word : document.words) {
    if (std::optional<Word> typed = UnfinishedAbbreviation(word))
      document.context.push_back(*std::move(typed));
  }
  AddContext(entry.city, document);
  AddContextOf(entry, document);
  return document;
}

// The same for "Lauf a.d.Pegnitz" and "Lauf an der Pegnitz": of the words between the first and the
// last, the initials.
std::string CityKey(absl::string_view city) {
  std::vector<Word> words = Words(city);
  for (size_t i = 1; i + 1 < words.size(); ++i) words[i].plain.resize(1);
  return Join(words, 0, words.size()).plain;
}

House MakeHouse(const Entry& entry) {
  House house{.number = entry.house_number,
              .normal = NormalHouseNumber(entry.house_number),
              .postcode = entry.postcode,
              .district = entry.district,
              .id = entry.id,
              .location = entry.location};
  house.first = NumberOf(house.normal);
  const size_t range = house.normal.find('-');
  house.last = house.first;
  if (range != std::string::npos)
    house.last = std::max(house.first, NumberOf(house.normal.substr(range + 1)));
  return house;
}

// Sorted, and without the second of an address that the map holds as a building and as a shop.
void SortHouses(std::vector<House>& houses) {
  std::stable_sort(houses.begin(), houses.end(), [](const House& a, const House& b) {
    return std::make_tuple(a.first, absl::string_view(a.normal), a.postcode.empty()) <
           std::make_tuple(b.first, absl::string_view(b.normal), b.postcode.empty());
  });
  const auto end = std::unique(houses.begin(), houses.end(), [](const House& a, const House& b) {
    return a.normal == b.normal && DistanceMetres(a.location, b.location) <= kSameHouseMetres;
  });
  houses.erase(end, houses.end());
}

Document MakeStreet(const std::vector<const Entry*>& addresses) {
  Document street = MakeDocument(*addresses.front());
  const Entry* before = addresses.front();
  for (const Entry* address : addresses) {
    if (std::tie(address->postcode, address->keywords) !=
        std::tie(before->postcode, before->keywords))
      AddContextOf(*address, street);
    before = address;
    street.houses.push_back(MakeHouse(*address));
  }
  SortHouses(street.houses);
  return street;
}

// Two villages of a town may each have a Kirchstraße: then some number occurs in both.
bool AreTwoStreets(const std::vector<const Entry*>& addresses) {
  std::map<std::string, const Entry*> first;
  return std::any_of(addresses.begin(), addresses.end(), [&](const Entry* address) {
    const Entry& other =
        *first.try_emplace(NormalHouseNumber(address->house_number), address).first->second;
    return other.district != address->district &&
           DistanceMetres(other.location, address->location) > kTwoStreetsMetres;
  });
}

class Streets {
 public:
  explicit Streets(std::vector<Document>& documents) : documents_(documents) {}

  void AddAddresses(const std::vector<const Entry*>& addresses) {
    if (!AreTwoStreets(addresses)) return Add(MakeStreet(addresses));
    std::map<std::string, std::vector<const Entry*>> by_district;
    for (const Entry* address : addresses) by_district[address->district].push_back(address);
    for (const auto& [district, its] : by_district) Add(MakeStreet(its));
  }

  // After all addresses. A street without houses is a document of its own.
  void AddStreet(const Entry& entry) {
    Document* street = Find(entry, [&](const Document& each) {
      return !entry.district.empty() && entry.district == each.district;
    });
    if (street == nullptr)
      street = Find(entry, [&](const Document& each) { return IsNear(each, entry.location); });
    if (street == nullptr) return Add(MakeDocument(entry));
    if (street->street_known) return;
    street->location = entry.location;
    street->id = entry.id;
    street->street_known = true;
  }

 private:
  void Add(Document street) {
    by_name_[street.name].push_back(documents_.size());
    documents_.push_back(std::move(street));
  }

  template <typename IsIt>
  Document* Find(const Entry& entry, IsIt is_it) {
    for (const size_t index : by_name_[entry.name]) {
      Document& street = documents_[index];
      const bool same_city = entry.city.empty() || entry.city == street.city ||
                             CityKey(entry.city) == CityKey(street.city);
      if (same_city && is_it(street)) return &street;
    }
    return nullptr;
  }

  static bool IsNear(const Document& street, const LatLon& location) {
    return std::any_of(street.houses.begin(), street.houses.end(), [&](const House& house) {
      return DistanceMetres(house.location, location) <= kSameStreetMetres;
    });
  }

  std::vector<Document>& documents_;
  std::map<std::string, std::vector<size_t>> by_name_;
};

void ShowDistricts(std::vector<Document>& documents) {
  std::map<std::tuple<EntryKind, absl::string_view, std::string>, std::vector<Document*>> alike;
  for (Document& document : documents)
    alike[{document.kind, document.name, CityKey(document.city)}].push_back(&document);
  for (const auto& [label, same] : alike) {
    for (Document* document : same) document->show_district = same.size() > 1;
  }
}

}  // namespace

std::vector<Document> MakeDocuments(std::vector<Entry> entries) {
  std::vector<Document> documents;
  std::map<std::pair<absl::string_view, std::string>, std::vector<const Entry*>> addresses;
  std::map<absl::string_view, std::string> city_keys;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::kAddress) continue;
    const auto [key, added] = city_keys.try_emplace(entry.city);
    if (added) key->second = CityKey(entry.city);
    addresses[{entry.name, key->second}].push_back(&entry);
  }
  Streets streets(documents);
  for (const auto& [street, its] : addresses) streets.AddAddresses(its);
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kStreet) streets.AddStreet(entry);
    if (entry.kind == EntryKind::kStop || entry.kind == EntryKind::kPlace)
      documents.push_back(MakeDocument(entry));
  }
  ShowDistricts(documents);
  return documents;
}

}  // namespace stadtmesh::search

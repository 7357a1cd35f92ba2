// Finds addresses, streets, stops and places by what people type. Immutable once built; every
// method is thread-safe.
//
// Spelling is forgiven: capitals, accents, umlauts (ä, ae, a), ß and ss, "Str." for "Straße" and
// other common abbreviations, missing or extra spaces and hyphens, "12 a" for "12a", the house
// number before the street, and one wrong, missing, extra or swapped letter (two in long words).
// The last word may be unfinished. The order is: all words exact, then beginnings of words, then
// forgiven spelling; among equals the nearer first.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/geo.h"

namespace stadtmesh::search {

enum class EntryKind : uint8_t { kAddress, kStreet, kStop, kPlace };

// Something that can be found. All text is UTF-8.
struct Entry {
  EntryKind kind = EntryKind::kPlace;
  std::string id;            // the caller's; may be empty
  std::string name;          // of a street for kAddress and kStreet, else of the stop or place
  std::string house_number;  // kAddress only
  std::string postcode;
  std::string city;
  std::string district;  // or village; stands in labels that would else be alike, is not searched
  std::vector<std::string> keywords;  // other words under which it is found, e.g. "Arzt"
  LatLon location;
};

struct Hit {
  EntryKind kind = EntryKind::kPlace;
  std::string id;
  std::string label;  // "Hauptstraße 12a, 48727 Musterstadt"
  LatLon location;
  double score = 0;  // 0 to 1, falling along the list
};

struct Query {
  std::string text;              // at most kMaxQueryCharacters
  std::optional<LatLon> near;    // prefer what is near, e.g. the app's position
  std::vector<EntryKind> kinds;  // empty: all
  // What it accepts, e.g. what lies in a service area, comes before what reads about as well and
  // lies elsewhere; what was clearly meant is found wherever it is. May be empty.
  std::function<bool(const LatLon&)> preferred;
  int limit = 10;  // 1 to kMaxLimit
};

class Geocoder {
 public:
  static constexpr int kMaxQueryCharacters = 200;
  static constexpr int kMaxLimit = 50;

  // Entries with an empty name, an invalid location or broken UTF-8 are left out and counted.
  static std::unique_ptr<const Geocoder> Build(std::vector<Entry> entries);
  ~Geocoder();

  size_t entries() const;
  size_t entries_left_out() const;

  // INVALID_ARGUMENT with the fields query (REQUIRED, TOO_LONG, INVALID_UTF8), near or limit
  // (OUT_OF_RANGE). Nothing found is an empty list.
  absl::StatusOr<std::vector<Hit>> Search(const Query& query) const;

  // The address nearest to a point, within `max_metres`; its score is 1.
  std::optional<Hit> NearestAddress(const LatLon& point, double max_metres) const;

 private:
  struct Impl;
  explicit Geocoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stadtmesh::search

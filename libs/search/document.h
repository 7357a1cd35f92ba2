// What is indexed: one document per street (with its houses), stop or place, and a query taken
// apart. Internal; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/fold.h"
#include "search/geocoder.h"

namespace stadtmesh::search {

struct House {
  std::string number;  // as written
  std::string normal;  // NormalHouseNumber
  std::string postcode;
  std::string id;
  LatLon location;
};

struct Document {
  EntryKind kind = EntryKind::kPlace;  // kStreet, kStop or kPlace
  std::string id;
  std::string name;
  std::string postcode;
  std::string city;
  LatLon location;
  bool street_known = false;  // location is the street's own, not a house's
  std::vector<House> houses;  // sorted by number
  std::vector<Word> words;    // of the name
  Word joined;                // all words of the name as one
  std::vector<Word> context;  // of city, postcode and keywords
};

// Streets gather their addresses. Deterministic.
std::vector<Document> MakeDocuments(std::vector<Entry> entries);

struct ParsedQuery {
  std::vector<Word> words;   // all, in order; at most kMaxWords
  std::string house_number;  // normal form, or empty
  std::string house_base;    // its digits alone
  int number_word = -1;      // which word began it
  int number_words = 0;      // how many words it took: "12 a" is two
  static constexpr size_t kMaxWords = 12;
};
ParsedQuery ParseQuery(absl::string_view text);

Word Join(const std::vector<Word>& words, size_t begin, size_t end);

}  // namespace stadtmesh::search

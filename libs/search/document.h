// What is indexed: one document per street (with its houses), stop or place. Internal; pure.
#pragma once

#include <string>
#include <vector>

#include "search/fold.h"
#include "search/geocoder.h"

namespace stadtmesh::search {

struct House {
  std::string number;  // as written
  std::string normal;  // NormalHouseNumber
  int first = 0;       // its number without letters, and of "14-16" the other end; 0 if it has none
  int last = 0;
  std::string postcode;
  std::string district;
  std::string id;
  LatLon location;
};

struct Document {
  EntryKind kind = EntryKind::kPlace;  // kStreet, kStop or kPlace
  std::string id;
  std::string name;
  std::string postcode;
  std::string city;
  std::string district;
  LatLon location;
  bool show_district = false;  // another document has the same name and city
  bool street_known = false;   // location is the street's own, not a house's
  std::vector<House> houses;   // sorted by number, each once
  std::vector<Word> words;     // of the name
  Word joined;                 // all words of the name as one
  std::vector<Word> context;   // of city, postcode and keywords
};

// Streets gather their addresses; where a town has two of one name, each district has its own.
// Deterministic.
std::vector<Document> MakeDocuments(std::vector<Entry> entries);

}  // namespace stadtmesh::search

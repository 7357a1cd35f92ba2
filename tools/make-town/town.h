// Makes up a small town in the Münsterland, with villages and farms, that exists nowhere.
#pragma once

#include <cstdint>
#include <string>

namespace stadtmesh::make_town {

struct TownOptions {
  uint64_t seed = 1;
  std::string name = "Musterstadt";
  std::string postcode = "48999";
  double latitude = 51.98;  // of the market square
  double longitude = 7.30;
};

// As OpenStreetMap XML. The same options give the same bytes.
std::string MakeTown(const TownOptions& options);

}  // namespace stadtmesh::make_town

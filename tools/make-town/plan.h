// The town while it is being drawn: the document, and what later steps need to know of earlier
// ones. Internal.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "make-town/osm_document.h"
#include "make-town/random.h"

namespace stadtmesh::make_town {

inline constexpr int kMains = 8;  // main roads out of the town, and parts of its ring road

// A stretch of road along which houses stand.
struct Frontage {
  std::string street;
  std::string suburb;  // village or Bauerschaft; empty in the town itself
  std::vector<Id> nodes;
  double spacing = 0;  // metres between neighbours on one side
  double setback = 0;  // metres from the road
};

struct Village {
  std::string name;
  std::string church;
  Point centre;
  Point along;   // unit vector of its main street, away from the town
  Point across;  // unit vector to the left of it
  double scale = 1;
  Id entry = 0;          // where the road from the town arrives
  Id exit = 0;           // where the road leaves on the far side
  std::vector<Id> road;  // of the road from the town, from there to `entry`
};

struct Bauerschaft {
  std::string name;
  std::vector<Id> lane;
};

struct Plan {
  explicit Plan(uint64_t seed) : random(seed) {}
  OsmDocument document;
  Random random;
  std::string town;
  std::string postcode;
  std::vector<Frontage> frontages;
  std::vector<Point> junctions;  // houses keep away from them

  Point market;
  std::array<Id, kMains> wall{};       // where main roads cross the ring road
  std::array<Id, kMains> suburb{};     // on the main roads, half way out
  std::array<Id, kMains> gate{};       // where main roads leave the town
  std::array<Id, kMains> wall_way{};   // ring road from main m to m + 1
  std::array<Id, kMains> outer_way{};  // main road outside the ring road
  std::array<Id, kMains> inner_way{};
  Id station = 0;
  Id industry = 0;
  std::vector<Village> villages;
  std::vector<Bauerschaft> bauerschaften;
};

// The steps, in this order.
void DrawTownStreets(Plan& plan);
void DrawCountryside(Plan& plan);
void PlaceHouses(Plan& plan);
void AddFeatures(Plan& plan);

}  // namespace stadtmesh::make_town

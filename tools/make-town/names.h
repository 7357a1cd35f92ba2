// Names as the Münsterland has them; none of a real town's set.
#pragma once

#include <string>
#include <vector>

namespace stadtmesh::make_town {

struct VillageName {
  const char* name;
  const char* saint;  // of its church
};

const std::vector<std::string>& ResidentialNames();  // streets of the newer quarters
const std::vector<std::string>& OldTownNames();      // lanes inside the walls
const std::vector<std::string>&
MainRoadNames();                              // eight, by direction from the east counter-clockwise
const std::vector<std::string>& WallNames();  // eight parts of the ring road
const std::vector<VillageName>& VillageNames();
const std::vector<std::string>& BauerschaftNames();
const std::vector<std::string>& VillageStreetNames();  // used again in each village, as in life

}  // namespace stadtmesh::make_town

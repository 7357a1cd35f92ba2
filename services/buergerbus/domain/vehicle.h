// A bus and the ways its floor can be arranged.
#pragma once

#include <string>
#include <vector>

#include "base/geo.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/party.h"

namespace stadtmesh::buergerbus {

struct Vehicle {
  VehicleId id;
  std::string name;  // "Bus 1"
  std::string plate;
  // What fits at the same time; at least one. {8,0,2} and {6,1,2}: one wheelchair place instead of
  // two seats. Seats fold at any stop, so at every moment of a tour the load must fit into at least
  // one layout.
  std::vector<Load> layouts;
  LatLon depot;  // shifts begin and end here unless they say otherwise
  bool operator==(const Vehicle&) const = default;
};

// Does `load` fit into one of the layouts?
bool Fits(const std::vector<Load>& layouts, const Load& load);

}  // namespace stadtmesh::buergerbus

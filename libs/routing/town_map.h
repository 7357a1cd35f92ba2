// What an import of OpenStreetMap yields beside the roads: addresses, streets, places and stops,
// all plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/geo.h"
#include "routing/road_graph.h"

namespace stadtmesh::routing {

struct Address {
  std::string street;  // or the place's name where houses are numbered by hamlet (addr:place)
  std::string house_number;
  std::string postcode;
  std::string city;
  std::string suburb;
  LatLon location;
};

struct Street {
  std::string name;
  std::string city;  // empty where no address on it names one
  LatLon location;   // a point on it near its middle
};

struct NamedPlace {
  std::string name;
  std::string category;  // "place=village", "amenity=doctors", "shop=supermarket", ...
  LatLon location;
};

// A public transport stop (highway=bus_stop, public_transport=platform); stops of one name may
// appear once per direction.
struct BusStop {
  std::string name;
  int64_t osm_id = 0;
  LatLon location;
};

// An administrative boundary whose ring could be closed.
struct Boundary {
  std::string name;
  int admin_level = 0;  // 8: municipality; 0: not given
  std::vector<LatLon> ring;
};

// What was read and what was left out, for the log and for a human who wonders.
struct ImportReport {
  int64_t nodes_read = 0;
  int64_t ways_read = 0;
  int64_t relations_read = 0;
  int64_t road_segments = 0;
  int64_t segments_disconnected = 0;  // outside the largest strongly connected component
  int64_t restrictions_used = 0;
  int64_t restrictions_ignored = 0;  // via ways, broken members, conditional
  int64_t missing_nodes = 0;         // referenced by a road, absent from the extract
};

struct TownMap {
  std::shared_ptr<const RoadGraph> roads;
  std::vector<Address> addresses;
  std::vector<Street> streets;
  std::vector<NamedPlace> places;
  std::vector<BusStop> stops;
  std::vector<Boundary> boundaries;
  ImportReport report;
};

}  // namespace stadtmesh::routing

// What somebody sees who has just started a demo town.
#pragma once

#include <map>
#include <string>

namespace stadtmesh::town {

struct FirstRide {
  std::string from_stop, to_stop;  // ids of two stops that the bus serves
};

// The address of the API's documentation, a token per role, and a first ride as a line for the
// shell: it asks for offers, holds the first and books it, at a later time where the rider has a
// ride already. `metrics_port`: 0 when there is none to name.
std::string Welcome(const std::string& url, int metrics_port,
                    const std::map<std::string, std::string>& tokens, const FirstRide& ride);

}  // namespace stadtmesh::town

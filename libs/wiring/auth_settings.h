// The part of the settings that says who is believed.
#pragma once

#include <string>
#include <vector>

#include "wiring/settings.h"

namespace stadtmesh::wiring {

// As ReadSettings, which calls it.
AuthSettings ReadAuth(config::Reader& reader, bool demo, const std::vector<std::string>& tenants);

}  // namespace stadtmesh::wiring

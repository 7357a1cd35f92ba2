// The OpenAPI 3.1 description of everything the gateway serves, from the descriptors and their
// comments. Pure and deterministic.
#pragma once

#include <string>
#include <vector>

#include "gateway/api/api.h"

namespace stadtmesh::gateway {

// `packages`: those that are served.
std::string MakeOpenApi(const Api& api, const std::vector<std::string>& packages);

}  // namespace stadtmesh::gateway

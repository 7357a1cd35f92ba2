// A documentation page without any script, from the descriptors: what /docs is where npm could not
// bring Swagger UI. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/api/api.h"

namespace stadtmesh::gateway {

std::string MakePlainPage(const Api& api, const std::vector<std::string>& packages);

}  // namespace stadtmesh::gateway

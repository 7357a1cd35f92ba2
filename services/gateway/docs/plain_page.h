// Pages without any script, from the descriptors. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/api/api.h"

namespace stadtmesh::gateway {

// What /docs is where npm could not bring Swagger UI.
std::string MakePlainPage(const Api& api, const std::vector<std::string>& packages);
// The error catalogue, for /problems.
std::string MakeProblemsPage(const Api& api);

}  // namespace stadtmesh::gateway

// The documentation page's parts, embedded at build time; empty where npm could not bring them.
#pragma once

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

absl::string_view SwaggerBundle();  // JavaScript
absl::string_view SwaggerStyle();   // CSS

}  // namespace stadtmesh::gateway

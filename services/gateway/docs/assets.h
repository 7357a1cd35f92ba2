// The pages' parts, embedded at build time.
#pragma once

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// Swagger UI; empty where npm could not bring it.
struct DocsAssets {
  absl::string_view script, style;
};
DocsAssets EmbeddedAssets();

absl::string_view StartScript();  // starts Swagger UI: start.js
absl::string_view PageStyle();    // what Swagger UI's lacks: page.css
absl::string_view Icon();         // SVG

}  // namespace stadtmesh::gateway

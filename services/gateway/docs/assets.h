// The documentation page's parts, embedded at build time; empty where npm could not bring them.
#pragma once

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

struct DocsAssets {
  absl::string_view script, style;
};
DocsAssets EmbeddedAssets();

}  // namespace stadtmesh::gateway

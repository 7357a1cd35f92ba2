// What the gateway serves from memory: the OpenAPI description, its documentation page, the error
// catalogue.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/api/api.h"
#include "gateway/docs/assets.h"

namespace stadtmesh::gateway {

struct StaticPage {
  std::string content_type;
  std::string body;
  std::string content_security_policy;
};

// Immutable, thread-safe.
class Pages {
 public:
  // `packages`: those that are served. `docs`: whether /docs and /openapi.json exist. Without
  // `assets` /docs is a plain page.
  Pages(const Api& api, const std::vector<std::string>& packages, bool docs,
        const DocsAssets& assets = EmbeddedAssets());
  const StaticPage* Find(absl::string_view path) const;

 private:
  std::map<std::string, StaticPage> pages_;
};

}  // namespace stadtmesh::gateway

// What the gateway serves from memory: the OpenAPI description, its documentation page, the error
// catalogue, an icon.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/api/api.h"
#include "gateway/docs/assets.h"

namespace stadtmesh::gateway {

struct StaticPage {
  std::string content_type;
  std::string body;
  std::string content_security_policy;
  std::string location;    // where else to look (302), or empty
  bool has_dates = false;  // `{tomorrow}` in the body is a day
  // The body as it is at `now`.
  std::string BodyAt(absl::Time now) const;
};

// Immutable, thread-safe.
class Pages {
 public:
  // `packages`: those that are served. `docs`: whether /docs and /openapi.json exist, and / leads
  // there. Without `assets` /docs is a plain page.
  Pages(const Api& api, const std::vector<std::string>& packages, bool docs,
        const DocsAssets& assets = EmbeddedAssets());
  const StaticPage* Find(absl::string_view path) const;

 private:
  std::map<std::string, StaticPage> pages_;
};

}  // namespace stadtmesh::gateway

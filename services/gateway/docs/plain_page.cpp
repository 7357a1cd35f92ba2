#include "gateway/docs/plain_page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/docs/schema.h"

namespace stadtmesh::gateway {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace

std::string MakePlainPage(const Api& api, const std::vector<std::string>& packages) {
  std::string page =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>stadtmesh "
      "API</title><h1>stadtmesh API</h1>"
      "<p>The whole description, for every OpenAPI 3.1 tool: <a "
      "href=\"/openapi.json\">/openapi.json</a></p><dl>";
  for (const Route& route : api.routes()) {
    if (std::find(packages.begin(), packages.end(), route.package) == packages.end()) continue;
    absl::StrAppend(&page, "<dt><code>", route.http_method, " ", Escaped(route.label),
                    "</code><dd>", Escaped(CommentOf(*route.method)), "\n");
  }
  return absl::StrCat(page, "</dl></html>\n");
}

}  // namespace stadtmesh::gateway

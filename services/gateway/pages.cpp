#include "gateway/pages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/docs/json_writer.h"
#include "gateway/docs/openapi.h"
#include "gateway/docs/plain_page.h"

namespace stadtmesh::gateway {
namespace {

constexpr char kNothing[] = "default-src 'none'; frame-ancestors 'none'";
// Swagger UI sets styles through the DOM only and carries its pictures as data.
constexpr char kSwagger[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

constexpr char kIndex[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\">"
    "<title>stadtmesh API</title><link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\"><div "
    "id=\"ui\"></div>"
    "<script src=\"/docs/swagger-ui-bundle.js\"></script><script "
    "src=\"/docs/start.js\"></script></html>\n";
constexpr char kStart[] =
    "window.ui = SwaggerUIBundle({url: '/openapi.json', dom_id: '#ui', deepLinking: true, "
    "validatorUrl: null, persistAuthorization: false,"
    " docExpansion: 'list', defaultModelsExpandDepth: 0});\n";

std::string ReasonPage(const std::pair<std::string, std::string>& key, const ReasonText& reason) {
  JsonWriter json;
  json.Begin('{')
      .Member("domain", key.first)
      .Member("reason", key.second)
      .Key("status")
      .Number(reason.http);
  json.Key("titles")
      .Begin('{')
      .Member("de", reason.title.de)
      .Member("en", reason.title.en)
      .End('}')
      .End('}');
  return json.Take();
}

}  // namespace

Pages::Pages(const Api& api, const std::vector<std::string>& packages, bool docs,
             const DocsAssets& assets) {
  for (const auto& [key, reason] : api.reasons()) {
    pages_[absl::StrCat("/problems/", key.first, "/", key.second)] = {
        "application/json", ReasonPage(key, reason), kNothing};
  }
  if (!docs) return;
  pages_["/openapi.json"] = {"application/json", MakeOpenApi(api, packages), kNothing};
  if (assets.script.empty()) {
    pages_["/docs"] = {"text/html; charset=utf-8", MakePlainPage(api, packages), kNothing};
    return;
  }
  pages_["/docs"] = {"text/html; charset=utf-8", kIndex, kSwagger};
  pages_["/docs/start.js"] = {"text/javascript; charset=utf-8", kStart, kNothing};
  pages_["/docs/swagger-ui-bundle.js"] = {"text/javascript; charset=utf-8",
                                          std::string(assets.script), kNothing};
  pages_["/docs/swagger-ui.css"] = {"text/css; charset=utf-8", std::string(assets.style), kNothing};
}

const StaticPage* Pages::Find(absl::string_view path) const {
  const auto found = pages_.find(std::string(path));
  return found == pages_.end() ? nullptr : &found->second;
}

}  // namespace stadtmesh::gateway

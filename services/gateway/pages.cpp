#include "gateway/pages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/time.h"
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
    "<title>stadtmesh API</title><link rel=\"icon\" href=\"/favicon.ico\" "
    "type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\"><link "
    "rel=\"stylesheet\" href=\"/docs/page.css\"><div "
    "id=\"ui\"></div>"
    "<script src=\"/docs/swagger-ui-bundle.js\"></script><script "
    "src=\"/docs/start.js\"></script></html>\n";

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

std::string StaticPage::BodyAt(absl::Time now) const {
  if (!has_dates) return body;
  return absl::StrReplaceAll(body, {{"{tomorrow}", FormatDay(BerlinDay(now) + 1)}});
}

Pages::Pages(const Api& api, const std::vector<std::string>& packages, bool docs,
             const DocsAssets& assets) {
  for (const auto& [key, reason] : api.reasons()) {
    pages_[absl::StrCat("/problems/", key.first, "/", key.second)] = {
        "application/json", ReasonPage(key, reason), kNothing};
  }
  pages_["/problems"] = {"text/html; charset=utf-8", MakeProblemsPage(api), kNothing};
  pages_["/favicon.ico"] = {"image/svg+xml", std::string(Icon()), kNothing};
  if (!docs) return;
  pages_["/openapi.json"] = {.content_type = "application/json",
                             .body = MakeOpenApi(api, packages),
                             .content_security_policy = kNothing,
                             .has_dates = true};
  for (const char* path : {"/", "/docs/"})
    pages_[path] = {.content_security_policy = kNothing, .location = "/docs"};
  if (assets.script.empty()) {
    pages_["/docs"] = {"text/html; charset=utf-8", MakePlainPage(api, packages), kNothing};
    return;
  }
  pages_["/docs"] = {"text/html; charset=utf-8", kIndex, kSwagger};
  pages_["/docs/page.css"] = {"text/css; charset=utf-8", std::string(PageStyle()), kNothing};
  pages_["/docs/start.js"] = {"text/javascript; charset=utf-8", std::string(StartScript()),
                              kNothing};
  pages_["/docs/swagger-ui-bundle.js"] = {"text/javascript; charset=utf-8",
                                          std::string(assets.script), kNothing};
  pages_["/docs/swagger-ui.css"] = {"text/css; charset=utf-8", std::string(assets.style), kNothing};
}

const StaticPage* Pages::Find(absl::string_view path) const {
  const auto found = pages_.find(std::string(path));
  return found == pages_.end() ? nullptr : &found->second;
}

}  // namespace stadtmesh::gateway

#include "gateway/docs/plain_page.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/docs/comments.h"

namespace stadtmesh::gateway {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// Lists instead of tables: they fit a phone.
std::string Head(absl::string_view title) {
  return absl::StrCat(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>",
      title, "</title><h1>", title, "</h1>");
}

void AppendTexts(absl::string_view de, absl::string_view en, std::string& page) {
  absl::StrAppend(&page, "<dd lang=\"de\">", Escaped(de), "<dd>", Escaped(en), "\n");
}

}  // namespace

std::string MakePlainPage(const Api& api, const std::vector<std::string>& packages) {
  std::string page = Head("stadtmesh API");
  absl::StrAppend(&page,
                  "<p>The whole description, for every OpenAPI 3.1 tool: <a "
                  "href=\"/openapi.json\">/openapi.json</a>. All errors: <a "
                  "href=\"/problems\">/problems</a></p><dl>");
  for (const Route& route : api.routes()) {
    if (std::find(packages.begin(), packages.end(), route.package) == packages.end()) continue;
    absl::StrAppend(&page, "<dt><code>", route.http_method, " ", Escaped(route.label),
                    "</code><dd>", Escaped(CommentOf(*route.method)), "\n");
  }
  return absl::StrCat(page, "</dl></html>\n");
}

std::string MakeProblemsPage(const Api& api) {
  std::string page = Head("stadtmesh: errors");
  absl::StrAppend(&page, "<p>By domain, with the HTTP status of the answer.</p>");
  std::string domain;
  for (const auto& [key, reason] : api.reasons()) {
    if (absl::EndsWith(key.second, "UNSPECIFIED")) continue;
    if (key.first != domain)
      absl::StrAppend(&page, domain.empty() ? "" : "</dl>", "<h2>", Escaped(key.first),
                      "</h2><dl>");
    domain = key.first;
    absl::StrAppend(&page, "<dt><a href=\"/problems/", key.first, "/", key.second, "\"><code>",
                    key.second, "</code></a> ", reason.http);
    AppendTexts(reason.title.de, reason.title.en, page);
  }
  absl::StrAppend(&page, "</dl><h2>Why a field is refused</h2><dl>");
  for (const auto& [reason, text] : api.field_texts()) {
    absl::StrAppend(&page, "<dt><code>", reason, "</code>");
    AppendTexts(text.de, text.en, page);
  }
  return absl::StrCat(page, "</dl></html>\n");
}

}  // namespace stadtmesh::gateway

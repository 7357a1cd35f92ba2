#include "gateway/docs/openapi.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/audience.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/fixed_parts.h"
#include "gateway/docs/json_writer.h"
#include "gateway/docs/parameters.h"
#include "gateway/docs/schema.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Short: on the documentation page the calls come right below it.
constexpr absl::string_view kDescription =
    "Services of a town.\n\n"
    "**First calls**: press **Authorize** and paste a token. A demo town prints one per role when "
    "it "
    "starts, `POST /v1/guest-token` gives one to anybody. Then open a call and press **Execute**: "
    "what is filled in fits the demo town. `{offerId}` and the like become what the last answer "
    "on this page said, so to find offers, to hold one and to book it is three clicks.\n\n"
    "**JSON**: 64-bit integers are strings, times RFC 3339, durations such as `90s`. Fields "
    "without "
    "a value are printed with their default; absent are only messages and optional fields. "
    "Unknown fields, duplicate keys and unknown enum values are refused.\n\n"
    "**Errors** are `application/problem+json` with a stable reason and texts in German and "
    "English: [all of them](/problems).";

// What the gateway and the chassis may answer this call with besides success.
std::set<int> CommonStatuses(const Route& route) {
  std::set<int> statuses = {400, 401, 404, 405, 408, 414, 417, 421, 429, 431, 500, 503, 504, 505};
  if (!route.anyone) statuses.insert(403);
  if (!route.safe) statuses.insert({409, 412, 422});
  if (route.body != Route::Body::kNone || route.raw_request) statuses.insert(413);
  if (route.body != Route::Body::kNone && !route.raw_request) statuses.insert(415);
  return statuses;
}

class Writer {
 public:
  Writer(const Api& api, const std::vector<std::string>& packages)
      : api_(api), packages_(packages.begin(), packages.end()) {}

  std::string Write() {
    json_.Begin('{').Member("openapi", "3.1.0");
    json_.Key("info")
        .Begin('{')
        .Member("title", "stadtmesh")
        .Member("version", "1")
        .Member("description", kDescription)
        .End('}');
    json_.Key("servers").Raw(R"([{"url":"/"}])");
    json_.Key("security").Raw(R"([{"token":[]},{}])");
    WriteTags();
    WritePaths();
    WriteComponentsUpToSchemas(json_);
    schemas_.WriteAll(json_);
    json_.End('}').End('}');
    json_.End('}');
    return json_.Take();
  }

 private:
  bool Served(const Route& route) const { return packages_.count(route.package) != 0; }

  static std::string TagOf(const Route& route, const Audience& audience) {
    return absl::StrCat(route.service, " for ", audience.name);
  }

  // First where tokens come from; then a service after the other, those whom most people belong to
  // first.
  void WriteTags() {
    std::map<std::pair<std::string, int>, std::pair<std::string, std::string>> tags;
    for (const Route& route : api_.routes()) {
      if (!Served(route)) continue;
      for (const Audience& audience : AudiencesOf(*route.method)) {
        tags[{route.service, audience.rank}] = {TagOf(route, audience),
                                                CommentOf(*route.method->service())};
      }
    }
    json_.Key("tags").Begin('[');
    json_.Begin('{')
        .Member("name", "Gateway")
        .Member("description", "A token for guests, and live events.")
        .End('}');
    const std::string* said = nullptr;  // once is enough
    for (const auto& [key, tag] : tags) {
      json_.Begin('{').Member("name", tag.first);
      if (said == nullptr || *said != tag.second) json_.Member("description", tag.second);
      said = &tag.second;
      json_.End('}');
    }
    json_.End(']');
  }

  // In the order of the contracts, as somebody would call them.
  void WritePaths() {
    std::vector<std::string> order;
    std::map<std::string, std::vector<const Route*>> paths;
    for (const Route& route : api_.routes()) {
      if (!Served(route)) continue;
      const std::string path = route.path.OpenApiPath();
      if (paths.count(path) == 0) order.push_back(path);
      paths[path].push_back(&route);
    }
    json_.Key("paths").Begin('{');
    WriteOwnPaths(api_, json_);
    for (const std::string& path : order) {
      json_.Key(path).Begin('{');
      for (const Route* route : paths[path]) {
        json_.Key(absl::AsciiStrToLower(route->http_method));
        WriteOperation(*route);
      }
      json_.End('}');
    }
    json_.End('}');
  }

  void WriteOperation(const Route& route) {
    json_.Begin('{');
    std::string id = absl::StrCat(route.method->service()->name(), "_", route.method->name());
    if (const int count = ++operations_[id]; count > 1) absl::StrAppend(&id, "_", count);
    json_.Member("operationId", id);
    json_.Key("tags").Begin('[');
    for (const Audience& audience : AudiencesOf(*route.method)) json_.Text(TagOf(route, audience));
    json_.End(']');
    const std::string comment = CommentOf(*route.method);
    json_.Member("summary", comment.substr(0, comment.find(". ")));
    json_.Member("description", absl::StrCat(comment, Refusals(route)));
    if (!route.anyone) json_.Key("security").Raw(R"([{"token":[]}])");
    WriteParameters(route, schemas_, json_);
    WriteRequestBody(route);
    WriteResponses(route);
    json_.End('}');
  }

  std::string Refusals(const Route& route) const {
    std::string text;
    for (const std::string& reason : route.refusals) {
      const ReasonText& found = *api_.FindReason(route.service, reason);
      absl::StrAppend(&text, text.empty() ? "\n\nMay be refused with " : ", ", "`", reason, "` (",
                      found.http, ")");
    }
    return text;
  }

  void WriteRequestBody(const Route& route) {
    if (route.raw_request && route.http_method != "GET") {
      json_.Key("requestBody").Raw(R"({"content":{"*/*":{"schema":{}}}})");
      return;
    }
    if (route.body == Route::Body::kNone || route.raw_request) return;
    json_.Key("requestBody")
        .Begin('{')
        .Key("required")
        .Flag(true)
        .Key("content")
        .Begin('{')
        .Key("application/json")
        .Begin('{')
        .Key("schema");
    const Descriptor* message = route.method->input_type();
    if (route.body == Route::Body::kField) {
      const FieldDescriptor* field = message->FindFieldByName(route.body_field->name);
      schemas_.WriteField(*field, json_, false);
      message = field->is_repeated() ? nullptr : field->message_type();
    } else {
      std::map<std::string, bool> left_out;
      for (const auto& fields : route.variables) {
        if (fields.size() == 1) left_out[fields[0]->name] = true;
      }
      if (left_out.empty())
        schemas_.WriteMessage(*message, json_);
      else
        schemas_.WriteObject(*message, left_out, json_);
    }
    if (message != nullptr) {
      if (const std::string example = ExampleOf(*message); !example.empty())
        json_.Key("example").Raw(example);
    }
    json_.End('}').End('}').End('}');
  }

  void WriteResponses(const Route& route) {
    json_.Key("responses").Begin('{');
    if (route.raw_response) {
      json_.Key("2XX").Raw(
          R"({"description":"As the protocol has it.","content":{"*/*":{"schema":{}}}})");
    } else {
      json_.Key("200")
          .Begin('{')
          .Member("description", "Done.")
          .Key("content")
          .Begin('{')
          .Key("application/json")
          .Begin('{')
          .Key("schema");
      if (route.response_field == nullptr)
        schemas_.WriteMessage(*route.method->output_type(), json_);
      else
        schemas_.WriteField(
            *route.method->output_type()->FindFieldByName(route.response_field->name), json_,
            false);
      json_.End('}').End('}').End('}');
    }
    std::set<int> statuses = CommonStatuses(route);
    for (const auto& [key, reason] : api_.reasons()) {
      const bool declared = route.refusals.empty() || route.refusals.count(key.second) != 0;
      if (key.first == route.service && declared) statuses.insert(reason.http);
    }
    for (const int status : statuses) json_.Key(absl::StrCat(status)).Raw(kProblemReference);
    json_.End('}');
  }

  const Api& api_;
  const std::set<std::string> packages_;
  JsonWriter json_;
  Schemas schemas_;
  std::map<std::string, int> operations_;
};

}  // namespace

std::string MakeOpenApi(const Api& api, const std::vector<std::string>& packages) {
  return Writer(api, packages).Write();
}

}  // namespace stadtmesh::gateway

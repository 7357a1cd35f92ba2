#include "gateway/docs/openapi.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/audience.h"
#include "gateway/docs/fixed_parts.h"
#include "gateway/docs/json_writer.h"
#include "gateway/docs/schema.h"
#include "gateway/http/message.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

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
        .Member("description", Description())
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

  std::string Description() const {
    std::string text =
        "Services of a town. 64-bit integers are strings, times RFC 3339, durations such as `90s`. "
        "Unknown fields, duplicate keys and unknown "
        "enum values are refused. Fields without a value are printed with their default; absent "
        "are only messages and optional fields.\n\n"
        "Errors are `application/problem+json` with a stable reason:\n\n| domain | reason | status "
        "| de | en |\n|---|---|---|---|---|\n";
    for (const auto& [key, reason] : api_.reasons()) {
      if (absl::EndsWith(key.second, "UNSPECIFIED")) continue;
      absl::StrAppend(&text, "| ", key.first, " | `", key.second, "` | ", reason.http, " | ",
                      reason.title.de, " | ", reason.title.en, " |\n");
    }
    absl::StrAppend(&text, "\nFields are refused with:\n\n| reason | de | en |\n|---|---|---|\n");
    for (const auto& [reason, field] : api_.field_texts())
      absl::StrAppend(&text, "| `", reason, "` | ", field.de, " | ", field.en, " |\n");
    return text;
  }

  static std::string TagOf(const Route& route, const Audience& audience) {
    return absl::StrCat(route.service, " for ", audience.name);
  }

  // A service after the other, those whom most people belong to first.
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
    const std::string* said = nullptr;  // once is enough
    for (const auto& [key, tag] : tags) {
      json_.Begin('{').Member("name", tag.first);
      if (said == nullptr || *said != tag.second) json_.Member("description", tag.second);
      said = &tag.second;
      json_.End('}');
    }
    json_.Begin('{')
        .Member("name", "Gateway")
        .Member("description", "What the gateway answers itself.")
        .End('}')
        .End(']');
  }

  void WritePaths() {
    std::map<std::string, std::vector<const Route*>> paths;
    for (const Route& route : api_.routes()) {
      if (Served(route)) paths[route.path.OpenApiPath()].push_back(&route);
    }
    json_.Key("paths").Begin('{');
    for (const auto& [path, routes] : paths) {
      json_.Key(path).Begin('{');
      for (const Route* route : routes) {
        json_.Key(absl::AsciiStrToLower(route->http_method));
        WriteOperation(*route);
      }
      json_.End('}');
    }
    WriteOwnPaths(api_, json_);
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
    WriteParameters(route);
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

  void WriteParameters(const Route& route) {
    json_.Key("parameters").Begin('[');
    for (size_t i = 0; i < route.variables.size(); ++i) {
      const FieldDescriptor* field =
          FindField(*route.method->input_type(), route.path.variables[i].field);
      WriteParameter(route.path.variables[i].ParameterName(), "path", *field, true);
    }
    if (route.body != Route::Body::kAll && !route.raw_request)
      WriteQuery(route, *route.method->input_type(), "", 0);
    if (!route.safe) {
      json_.Raw(kIdempotencyKeyParameter);
    }
    json_.End(']');
  }

  void WriteParameter(absl::string_view name, absl::string_view in, const FieldDescriptor& field,
                      bool required) {
    json_.Begin('{').Member("name", name).Member("in", in);
    if (required) json_.Key("required").Flag(true);
    if (const std::string comment = CommentOf(field); !comment.empty())
      json_.Member("description", comment);
    json_.Key("schema");
    if (in == "path" && field.type() == FieldDescriptor::TYPE_STRING)
      json_.Raw(R"({"type":"string","minLength":1})");
    else if (in == "path" && field.is_repeated())
      json_.Raw(R"({"type":"string"})");
    else
      schemas_.WriteField(field, json_, false);
    json_.End('}');
  }

  void WriteQuery(const Route& route, const Descriptor& message, const std::string& prefix,
                  int depth) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const std::string name = absl::StrCat(prefix, field.json_name());
      if (depth == 0 && route.body_field != nullptr && field.name() == route.body_field->name)
        continue;
      if (IsPathVariable(route, message, prefix, field) || field.is_map()) continue;
      const bool nested = field.type() == FieldDescriptor::TYPE_MESSAGE &&
                          !absl::StartsWith(field.message_type()->full_name(), "google.protobuf.");
      if (!nested)
        WriteParameter(name, "query", field, false);
      else if (!field.is_repeated() && depth < 3)
        WriteQuery(route, *field.message_type(), absl::StrCat(name, "."), depth + 1);
    }
  }

  static bool IsPathVariable(const Route& route, const Descriptor& message,
                             const std::string& prefix, const FieldDescriptor& field) {
    for (size_t i = 0; i < route.variables.size(); ++i) {
      std::string json_path;
      for (const FieldTable* part : route.variables[i])
        absl::StrAppend(&json_path, json_path.empty() ? "" : ".", part->json_name);
      if (json_path == absl::StrCat(prefix, field.json_name())) return true;
    }
    return false;
  }

  static const FieldDescriptor* FindField(const Descriptor& message, absl::string_view path) {
    const size_t dot = path.find('.');
    const FieldDescriptor* field = message.FindFieldByName(std::string(path.substr(0, dot)));
    return dot == absl::string_view::npos ? field
                                          : FindField(*field->message_type(), path.substr(dot + 1));
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
    if (route.body == Route::Body::kField) {
      schemas_.WriteField(*route.method->input_type()->FindFieldByName(route.body_field->name),
                          json_, false);
    } else {
      std::map<std::string, bool> left_out;
      for (const auto& fields : route.variables) {
        if (fields.size() == 1) left_out[fields[0]->name] = true;
      }
      if (left_out.empty())
        schemas_.WriteMessage(*route.method->input_type(), json_);
      else
        schemas_.WriteObject(*route.method->input_type(), left_out, json_);
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

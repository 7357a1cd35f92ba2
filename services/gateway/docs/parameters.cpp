#include "gateway/docs/parameters.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/fixed_parts.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const Descriptor& message, absl::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field = message.FindFieldByName(std::string(path.substr(0, dot)));
  return dot == absl::string_view::npos ? field
                                        : FindField(*field->message_type(), path.substr(dot + 1));
}

class ParameterWriter {
 public:
  ParameterWriter(const Route& route, Schemas& schemas, JsonWriter& json)
      : route_(route), schemas_(schemas), json_(json) {}

  void WritePath() {
    for (const PathTemplate::Variable& variable : route_.path.variables) {
      const FieldDescriptor& field = *FindField(*route_.method->input_type(), variable.field);
      Begin(variable.ParameterName(), "path", field);
      json_.Key("required").Flag(true);
      // An id that no comment gives comes from an earlier answer, where it has this name.
      if (field.type() == FieldDescriptor::TYPE_STRING && ExampleOf(field).empty())
        json_.Member("example", absl::StrCat("{", field.json_name(), "}"));
      json_.Key("schema");
      if (field.type() == FieldDescriptor::TYPE_STRING)
        json_.Raw(R"({"type":"string","minLength":1})");
      else if (field.is_repeated())
        json_.Raw(R"({"type":"string"})");
      else
        schemas_.WriteField(field, json_, false);
      json_.End('}');
    }
  }

  void WriteQuery(const Descriptor& message, const std::string& prefix, int depth) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const std::string name = absl::StrCat(prefix, field.json_name());
      if (depth == 0 && route_.body_field != nullptr && field.name() == route_.body_field->name)
        continue;
      if (IsPathVariable(name) || field.is_map()) continue;
      const bool nested = field.type() == FieldDescriptor::TYPE_MESSAGE &&
                          !absl::StartsWith(field.message_type()->full_name(), "google.protobuf.");
      if (!nested) {
        Begin(name, "query", field);
        json_.Key("schema");
        schemas_.WriteField(field, json_, false);
        json_.End('}');
      } else if (!field.is_repeated() && depth < 3) {
        WriteQuery(*field.message_type(), absl::StrCat(name, "."), depth + 1);
      }
    }
  }

 private:
  void Begin(absl::string_view name, absl::string_view in, const FieldDescriptor& field) {
    json_.Begin('{').Member("name", name).Member("in", in);
    if (const std::string comment = CommentOf(field); !comment.empty())
      json_.Member("description", comment);
    if (const std::string example = ExampleOf(field); !example.empty())
      json_.Key("example").Raw(example);
  }

  bool IsPathVariable(absl::string_view name) const {
    for (const FieldPath& variable : route_.variables) {
      std::string path;
      for (const FieldTable* part : variable)
        absl::StrAppend(&path, path.empty() ? "" : ".", part->json_name);
      if (path == name) return true;
    }
    return false;
  }

  const Route& route_;
  Schemas& schemas_;
  JsonWriter& json_;
};

}  // namespace

void WriteParameters(const Route& route, Schemas& schemas, JsonWriter& json) {
  ParameterWriter writer(route, schemas, json);
  json.Key("parameters").Begin('[');
  writer.WritePath();
  if (route.body != Route::Body::kAll && !route.raw_request)
    writer.WriteQuery(*route.method->input_type(), "", 0);
  if (!route.safe) json.Raw(kIdempotencyKeyParameter);
  json.End(']');
}

}  // namespace stadtmesh::gateway

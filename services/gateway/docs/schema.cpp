#include "gateway/docs/schema.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/docs/comments.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Nothing for messages that are objects of their fields.
absl::string_view WellKnownSchema(const Descriptor& message) {
  const std::string& name = message.full_name();
  if (name == "google.protobuf.Timestamp")
    return R"({"type":"string","format":"date-time","examples":["{tomorrow}T10:00:00Z"]})";
  if (name == "google.protobuf.Duration")
    return R"({"type":"string","pattern":"^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$","examples":["90s"]})";
  if (name == "google.protobuf.FieldMask")
    return R"({"type":"string","examples":["name,pickup.name"]})";
  if (name == "google.protobuf.DoubleValue" || name == "google.protobuf.FloatValue")
    return R"({"type":["number","null"]})";
  if (name == "google.protobuf.Int64Value" || name == "google.protobuf.UInt64Value")
    return R"({"type":["string","integer","null"],"format":"int64"})";
  if (name == "google.protobuf.Int32Value" || name == "google.protobuf.UInt32Value")
    return R"({"type":["integer","null"]})";
  if (name == "google.protobuf.BoolValue") return R"({"type":["boolean","null"]})";
  if (name == "google.protobuf.StringValue" || name == "google.protobuf.BytesValue")
    return R"({"type":["string","null"]})";
  return "";
}

std::string Reference(absl::string_view full_name) {
  return absl::StrCat("{\"$ref\":\"#/components/schemas/", full_name, "\"}");
}

}  // namespace

void Schemas::WriteField(const FieldDescriptor& field, JsonWriter& json, bool with_comment) {
  const std::string comment = with_comment ? CommentOf(field) : "";
  const std::string example = with_comment ? ExampleOf(field) : "";
  if (field.is_map()) {
    json.Begin('{').Member("type", "object").Key("additionalProperties");
    WriteSingle(*field.message_type()->map_value(), json);
  } else if (field.is_repeated()) {
    json.Begin('{').Member("type", "array").Key("items");
    WriteSingle(field, json);
  } else if (comment.empty() && example.empty()) {
    return WriteSingle(field, json);
  } else {
    json.Begin('{').Key("allOf").Begin('[');
    WriteSingle(field, json);
    json.End(']');
  }
  if (!comment.empty()) json.Member("description", comment);
  if (!example.empty()) json.Key("examples").Begin('[').Raw(example).End(']');
  json.End('}');
}

void Schemas::WriteSingle(const FieldDescriptor& field, JsonWriter& json) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FLOAT:
      json.Raw(R"({"type":"number"})");
      return;
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      json.Raw(
          R"({"type":"integer","format":"int32","minimum":-2147483648,"maximum":2147483647,"examples":[1]})");
      return;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      json.Raw(R"({"type":"integer","minimum":0,"maximum":4294967295})");
      return;
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      json.Raw(R"({"type":"string","pattern":"^-?(0|[1-9][0-9]{0,17})$"})");
      return;
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      json.Raw(R"({"type":"string","pattern":"^(0|[1-9][0-9]{0,17})$"})");
      return;
    case FieldDescriptor::TYPE_BOOL:
      json.Raw(R"({"type":"boolean"})");
      return;
    case FieldDescriptor::TYPE_STRING:
      json.Raw(R"({"type":"string"})");
      return;
    case FieldDescriptor::TYPE_BYTES:
      json.Raw(R"({"type":"string","contentEncoding":"base64","pattern":"^([A-Za-z0-9+/]{4})*$"})");
      return;
    case FieldDescriptor::TYPE_ENUM:
      enums_[field.enum_type()->full_name()] = field.enum_type();
      json.Raw(Reference(field.enum_type()->full_name()));
      return;
    case FieldDescriptor::TYPE_MESSAGE:
      WriteMessage(*field.message_type(), json);
      return;
    case FieldDescriptor::TYPE_GROUP:
      return;
  }
}

void Schemas::WriteMessage(const Descriptor& message, JsonWriter& json) {
  if (const absl::string_view schema = WellKnownSchema(message); !schema.empty()) {
    json.Raw(schema);
    return;
  }
  messages_[message.full_name()] = &message;
  json.Raw(Reference(message.full_name()));
}

void Schemas::WriteObject(const Descriptor& message, const std::map<std::string, bool>& left_out,
                          JsonWriter& json) {
  json.Begin('{').Member("type", "object");
  if (const std::string comment = CommentOf(message); !comment.empty())
    json.Member("description", comment);
  if (const std::string example = ExampleOf(message); !example.empty())
    json.Key("examples").Begin('[').Raw(example).End(']');
  json.Key("additionalProperties").Flag(false);
  json.Key("properties").Begin('{');
  for (int i = 0; i < message.field_count(); ++i) {
    if (left_out.count(message.field(i)->name()) != 0) continue;
    json.Key(message.field(i)->json_name());
    WriteField(*message.field(i), json);
  }
  json.End('}');
  // At most one member of a oneof: for each, at most one of its fields may be required.
  if (message.real_oneof_decl_count() > 0) {
    json.Key("allOf").Begin('[');
    for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
      const auto& oneof = *message.oneof_decl(i);
      for (int a = 0; a < oneof.field_count(); ++a) {
        for (int b = a + 1; b < oneof.field_count(); ++b) {
          json.Begin('{').Key("not").Begin('{').Key("required").Begin('[');
          json.Text(oneof.field(a)->json_name())
              .Text(oneof.field(b)->json_name())
              .End(']')
              .End('}')
              .End('}');
        }
      }
    }
    json.End(']');
  }
  json.End('}');
}

void Schemas::WriteEnum(const EnumDescriptor& type, JsonWriter& json) {
  json.Begin('{').Member("type", "string");
  std::string description = CommentOf(type);
  json.Key("enum").Begin('[');
  for (int i = 0; i < type.value_count(); ++i) {
    json.Text(type.value(i)->name());
    const std::string comment = CommentOf(*type.value(i));
    if (!comment.empty())
      absl::StrAppend(&description, description.empty() ? "" : "\n\n", "`", type.value(i)->name(),
                      "`: ", comment);
  }
  json.End(']');
  if (!description.empty()) json.Member("description", description);
  json.End('}');
}

void Schemas::WriteAll(JsonWriter& json) {
  std::set<std::string> written;
  // Writing a message may name further ones.
  for (bool more = true; more;) {
    more = false;
    const auto messages = messages_;
    for (const auto& [name, message] : messages) {
      if (!written.insert(name).second) continue;
      more = true;
      json.Key(name);
      WriteObject(*message, {}, json);
    }
  }
  for (const auto& [name, type] : enums_) {
    json.Key(name);
    WriteEnum(*type, json);
  }
}

}  // namespace stadtmesh::gateway

// JSON Schema (2020-12, as OpenAPI 3.1 uses it) of messages and enums. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

#include "gateway/docs/json_writer.h"

namespace stadtmesh::gateway {

// Collects the schemas of every type that was referred to.
class Schemas {
 public:
  // Writes the schema of a field, or a reference to its type.
  void WriteField(const google::protobuf::FieldDescriptor& field, JsonWriter& json,
                  bool with_comment = true);
  // Writes a reference to the message (or, for well-known types, their schema).
  void WriteMessage(const google::protobuf::Descriptor& message, JsonWriter& json);
  // Writes {"type":"object",...} of a message without the fields named in `left_out`.
  void WriteObject(const google::protobuf::Descriptor& message,
                   const std::map<std::string, bool>& left_out, JsonWriter& json);
  // Writes all schemas that references name, as members of an open object.
  void WriteAll(JsonWriter& json);

 private:
  void WriteSingle(const google::protobuf::FieldDescriptor& field, JsonWriter& json);
  void WriteEnum(const google::protobuf::EnumDescriptor& type, JsonWriter& json);

  std::map<std::string, const google::protobuf::Descriptor*> messages_;
  std::map<std::string, const google::protobuf::EnumDescriptor*> enums_;
};

}  // namespace stadtmesh::gateway

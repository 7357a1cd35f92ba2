#include "gateway/transcode/table.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

constexpr int kSmallNumbers = 128;
constexpr size_t kNamesInError = 300;  // characters

absl::StatusOr<WellKnown> WellKnownOf(const Descriptor& descriptor) {
  const std::string& name = descriptor.full_name();
  if (name == "google.protobuf.Timestamp") return WellKnown::kTimestamp;
  if (name == "google.protobuf.Duration") return WellKnown::kDuration;
  if (name == "google.protobuf.FieldMask") return WellKnown::kFieldMask;
  for (const char* wrapper :
       {"Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"}) {
    if (name == absl::StrCat("google.protobuf.", wrapper, "Value")) return WellKnown::kWrapper;
  }
  for (const char* untyped : {"Any", "Struct", "Value", "ListValue"}) {
    if (name == absl::StrCat("google.protobuf.", untyped)) {
      return absl::FailedPreconditionError(absl::StrCat(name, " has no place in a public message"));
    }
  }
  return WellKnown::kNone;
}

absl::StatusOr<Kind> KindOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
      return Kind::kDouble;
    case FieldDescriptor::TYPE_FLOAT:
      return Kind::kFloat;
    case FieldDescriptor::TYPE_INT32:
      return Kind::kInt32;
    case FieldDescriptor::TYPE_INT64:
      return Kind::kInt64;
    case FieldDescriptor::TYPE_UINT32:
      return Kind::kUint32;
    case FieldDescriptor::TYPE_UINT64:
      return Kind::kUint64;
    case FieldDescriptor::TYPE_SINT32:
      return Kind::kSint32;
    case FieldDescriptor::TYPE_SINT64:
      return Kind::kSint64;
    case FieldDescriptor::TYPE_FIXED32:
      return Kind::kFixed32;
    case FieldDescriptor::TYPE_FIXED64:
      return Kind::kFixed64;
    case FieldDescriptor::TYPE_SFIXED32:
      return Kind::kSfixed32;
    case FieldDescriptor::TYPE_SFIXED64:
      return Kind::kSfixed64;
    case FieldDescriptor::TYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::TYPE_STRING:
      return Kind::kString;
    case FieldDescriptor::TYPE_BYTES:
      return Kind::kBytes;
    case FieldDescriptor::TYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::TYPE_MESSAGE:
      return Kind::kMessage;
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  return absl::FailedPreconditionError(absl::StrCat(field.full_name(), " is a group"));
}

void IndexNumbers(MessageTable& table) {
  for (const FieldTable& field : table.fields) {
    if (field.number >= kSmallNumbers) {
      table.by_large_number[field.number] = field.index;
      continue;
    }
    if (static_cast<int>(table.by_small_number.size()) <= field.number) {
      table.by_small_number.resize(field.number + 1, -1);
    }
    table.by_small_number[field.number] = static_cast<int16_t>(field.index);
  }
}

}  // namespace

WireType WireTypeOf(Kind kind) {
  switch (kind) {
    case Kind::kDouble:
    case Kind::kFixed64:
    case Kind::kSfixed64:
      return kSixtyFour;
    case Kind::kFloat:
    case Kind::kFixed32:
    case Kind::kSfixed32:
      return kThirtyTwo;
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kMessage:
      return kLengthDelimited;
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kUint32:
    case Kind::kUint64:
    case Kind::kSint32:
    case Kind::kSint64:
    case Kind::kBool:
    case Kind::kEnum:
      return kVarint;
  }
  std::abort();
}

const FieldTable* MessageTable::Find(absl::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &fields[found->second];
}

const FieldTable* MessageTable::Find(int32_t number) const {
  if (number < static_cast<int>(by_small_number.size())) {
    return by_small_number[number] < 0 ? nullptr : &fields[by_small_number[number]];
  }
  if (by_large_number.empty()) return nullptr;
  const auto found = by_large_number.find(number);
  return found == by_large_number.end() ? nullptr : &fields[found->second];
}

absl::StatusOr<const MessageTable*> Tables::Compile(const Descriptor& descriptor) {
  if (const auto refused = refused_.find(descriptor.full_name()); refused != refused_.end())
    return refused->second;
  auto [slot, inserted] = messages_.try_emplace(descriptor.full_name(), nullptr);
  if (!inserted) return slot->second.get();
  slot->second = std::make_unique<MessageTable>();
  MessageTable& table =
      *slot->second;  // known before its fields, so that messages may hold themselves
  if (absl::Status status = CompileFields(descriptor, table); !status.ok()) {
    return refused_.emplace(descriptor.full_name(), std::move(status)).first->second;
  }
  return &table;
}

absl::Status Tables::CompileFields(const Descriptor& descriptor, MessageTable& table) {
  table.name = descriptor.full_name();
  ASSIGN_OR_RETURN(table.well_known, WellKnownOf(descriptor));
  table.oneofs = descriptor.real_oneof_decl_count();
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < descriptor.field_count(); ++i) fields.push_back(descriptor.field(i));
  std::sort(fields.begin(), fields.end(),
            [](auto* a, auto* b) { return a->number() < b->number(); });
  table.fields.resize(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    table.fields[i].index = static_cast<uint16_t>(i);
    RETURN_IF_ERROR(CompileField(*fields[i], table.fields[i]));
    table.by_name.emplace(table.fields[i].name, i);
    table.by_name.emplace(table.fields[i].json_name, i);
  }
  IndexNumbers(table);
  return absl::OkStatus();
}

absl::Status Tables::CompileField(const FieldDescriptor& field, FieldTable& out) {
  out.name = field.name();
  out.json_name = field.json_name();
  out.key = absl::StrCat("\"", out.json_name, "\":");
  out.number = field.number();
  ASSIGN_OR_RETURN(out.kind, KindOf(field));
  out.repeated = field.is_repeated();
  out.map = field.is_map();
  out.packed = field.is_packed();
  out.presence = field.has_presence();
  if (field.real_containing_oneof() != nullptr)
    out.oneof = static_cast<int16_t>(field.real_containing_oneof()->index());
  out.tag = static_cast<uint32_t>(out.number) << 3 | WireTypeOf(out.kind);
  if (out.kind == Kind::kMessage) {
    ASSIGN_OR_RETURN(out.message, Compile(*field.message_type()));
  }
  if (out.kind == Kind::kEnum) out.enumeration = CompileEnum(*field.enum_type());
  return absl::OkStatus();
}

const EnumTable* Tables::CompileEnum(const EnumDescriptor& descriptor) {
  auto [slot, inserted] = enums_.try_emplace(descriptor.full_name(), nullptr);
  if (!inserted) return slot->second.get();
  slot->second = std::make_unique<EnumTable>();
  EnumTable& table = *slot->second;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const auto& value = *descriptor.value(i);
    table.by_name.emplace(value.name(), value.number());
    table.by_number.emplace(value.number(),
                            value.name());  // the first of several aliases is printed
    if (table.names.size() < kNamesInError && !absl::EndsWith(value.name(), "_UNSPECIFIED"))
      absl::StrAppend(&table.names, table.names.empty() ? "" : ", ", value.name());
  }
  return &table;
}

absl::StatusOr<FieldPath> ResolvePath(const MessageTable& message, absl::string_view path) {
  FieldPath fields;
  const MessageTable* at = &message;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (!fields.empty() && fields.back()->repeated) at = nullptr;
    const FieldTable* field = at == nullptr ? nullptr : at->Find(part);
    if (field == nullptr) return InvalidField(path, FieldReason::kUnknownField);
    fields.push_back(field);
    at = field->message != nullptr && field->message->well_known == WellKnown::kNone
             ? field->message
             : nullptr;
  }
  return fields;
}

const FieldTable* FindLeaf(const MessageTable& message, absl::string_view path) {
  const MessageTable* at = &message;
  const FieldTable* field = nullptr;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    field = at == nullptr ? nullptr : at->Find(part.substr(0, part.find('[')));
    at = field == nullptr ? nullptr : field->message;
  }
  return field;
}

std::string ToJsonPath(const MessageTable& message, absl::string_view path) {
  std::string out;
  const MessageTable* at = &message;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    const absl::string_view name = part.substr(0, part.find('['));
    const FieldTable* field = at == nullptr ? nullptr : at->Find(name);
    absl::StrAppend(&out, out.empty() ? "" : ".",
                    field == nullptr ? name : absl::string_view(field->json_name),
                    part.substr(name.size()));
    at = field == nullptr ? nullptr : field->message;
  }
  return out;
}

}  // namespace stadtmesh::gateway

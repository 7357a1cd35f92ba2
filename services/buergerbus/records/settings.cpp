#include "buergerbus/wire/settings.h"

#include <google/protobuf/message.h>

#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What tells the elements of a list apart; without that, they are known by their place in it.
std::string IdOf(const Message& element, int place) {
  const FieldDescriptor* id = element.GetDescriptor()->FindFieldByName("id");
  if (id == nullptr || id->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return std::to_string(place);
  return element.GetReflection()->GetString(element, id);
}

void KeepUnknown(const Message& former, Message& next);

void KeepUnknownInList(const Message& former, const FieldDescriptor* list, Message& next) {
  std::map<std::string, const Message*> elements;
  for (int i = 0; i < former.GetReflection()->FieldSize(former, list); ++i) {
    const Message& element = former.GetReflection()->GetRepeatedMessage(former, list, i);
    elements[IdOf(element, i)] = &element;
  }
  for (int i = 0; i < next.GetReflection()->FieldSize(next, list); ++i) {
    Message& element = *next.GetReflection()->MutableRepeatedMessage(&next, list, i);
    if (const auto known = elements.find(IdOf(element, i)); known != elements.end())
      KeepUnknown(*known->second, element);
  }
}

// Fields that only a newer version knows stay, wherever their message does.
void KeepUnknown(const Message& former, Message& next) {
  const google::protobuf::Reflection& reflection = *next.GetReflection();
  reflection.MutableUnknownFields(&next)->MergeFrom(reflection.GetUnknownFields(former));
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(next, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (field->is_repeated()) {
      KeepUnknownInList(former, field, next);
    } else if (reflection.HasField(former, field)) {
      KeepUnknown(reflection.GetMessage(former, field), *reflection.MutableMessage(&next, field));
    }
  }
}

}  // namespace

template <>
absl::StatusOr<Settings> Decode<Settings>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::SettingsRecord record, Parse<v1::SettingsRecord>(bytes));
  absl::StatusOr<Settings> settings = StoredSettingsFromWire(record.settings());
  if (!settings.ok()) return Corrupt("settings");
  return settings;
}

std::string Encode(const Settings& settings, absl::string_view previous) {
  v1::SettingsRecord record = Previous<v1::SettingsRecord>(previous);
  v1::Settings next = ToWire(settings);
  KeepUnknown(record.settings(), next);
  *record.mutable_settings() = std::move(next);
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus

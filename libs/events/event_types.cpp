#include "events/event_types.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "stadtmesh/events/v1/events.pb.h"

namespace stadtmesh::events {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

absl::Status Wrong(const Descriptor& message, absl::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat("event message ", message.full_name(), ": ", what));
}

[[noreturn]] void Abort(const Descriptor& message, const char* what) {
  std::fprintf(stderr, "event message %s: %s\n", message.full_name().c_str(), what);
  std::abort();
}

bool IsStringField(const Descriptor& message, const std::string& name) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
}

// "stadtmesh.<service>.<anything>.v<number>", the service being the one of the proto package.
bool IsTypeOf(const Descriptor& message, absl::string_view type) {
  std::vector<std::string> package = absl::StrSplit(message.file()->package(), '.');
  std::vector<std::string> parts = absl::StrSplit(type, '.');
  if (package.size() < 2 || parts.size() < 4 || parts[0] != "stadtmesh" || parts[1] != package[1])
    return false;
  for (const std::string& part : parts) {
    if (part.empty()) return false;
  }
  const std::string& version = parts.back();
  if (version.size() < 2 || version[0] != 'v') return false;
  for (char digit : version.substr(1)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
  }
  return true;
}

absl::Status ValidateMessage(const Descriptor& message) {
  if (!message.options().HasExtension(v1::event))
    return Wrong(message, "has no option (stadtmesh.events.v1.event)");
  const v1::Event& option = message.options().GetExtension(v1::event);
  if (!IsTypeOf(message, option.type())) {
    return Wrong(message, absl::StrCat("type \"", option.type(),
                                       "\" is not stadtmesh.<service>.<name>.v<number>"));
  }
  if (!IsStringField(message, option.aggregate_field())) {
    return Wrong(message, absl::StrCat("aggregate_field \"", option.aggregate_field(),
                                       "\" is no singular string field"));
  }
  for (const v1::Channel& channel : option.channels()) {
    if (channel.name().empty()) return Wrong(message, "a channel has no name");
    if (channel.roles().empty() && channel.subject_field().empty()) {
      return Wrong(message, absl::StrCat("nobody may hear channel \"", channel.name(), "\""));
    }
    if (!channel.subject_field().empty() && !IsStringField(message, channel.subject_field())) {
      return Wrong(message, absl::StrCat("subject_field \"", channel.subject_field(),
                                         "\" is no singular string field"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateEvents(const FileDescriptor& file) {
  std::set<std::string> types;
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    RETURN_IF_ERROR(ValidateMessage(message));
    const std::string& type = message.options().GetExtension(v1::event).type();
    if (!types.insert(type).second)
      return Wrong(message, absl::StrCat("type \"", type, "\" is used twice"));
  }
  return absl::OkStatus();
}

std::string EventType(const Descriptor& message) {
  if (!message.options().HasExtension(v1::event))
    Abort(message, "has no option (stadtmesh.events.v1.event)");
  return message.options().GetExtension(v1::event).type();
}

store::EmitOp MakeEmit(const google::protobuf::Message& message, std::string event_id,
                       absl::Time time, std::string traceparent,
                       std::vector<std::string> counters) {
  const Descriptor& descriptor = *message.GetDescriptor();
  store::EmitOp emit;
  emit.type = EventType(descriptor);
  const std::string& field = descriptor.options().GetExtension(v1::event).aggregate_field();
  if (!IsStringField(descriptor, field))
    Abort(descriptor, "aggregate_field is no singular string field");
  emit.aggregate = message.GetReflection()->GetString(message, descriptor.FindFieldByName(field));
  if (emit.aggregate.empty()) Abort(descriptor, "the aggregate field is empty");
  emit.payload = message.SerializeAsString();
  emit.event_id = std::move(event_id);
  emit.time = time;
  emit.traceparent = std::move(traceparent);
  emit.counters = std::move(counters);
  return emit;
}

}  // namespace stadtmesh::events

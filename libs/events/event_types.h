// What an event message says about itself by the proto option stadtmesh.events.v1.event, and the
// way from a message to the outbox. See proto/stadtmesh/events/v1/events.proto.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "store/transaction.h"

namespace stadtmesh::events {

// Checks a service's events.proto at start: every top-level message carries the option, its type
// has the form "stadtmesh.<service>.….v<number>" and is unique in the file, aggregate_field and
// every subject_field name a singular string field, every channel has a name and somebody who may
// hear it. FAILED_PRECONDITION naming the message. (Messages that only occur inside events are
// nested, or stand in another file.)
absl::Status ValidateEvents(const google::protobuf::FileDescriptor& file);

// The CloudEvents type of an event message. Aborts for a message without the option: ValidateEvents
// ran at start.
std::string EventType(const google::protobuf::Descriptor& message);

// The outbox entry of an event message: type and aggregate by its option. Aborts for a message
// without the option and for an empty aggregate field, which are programming errors.
store::EmitOp MakeEmit(const google::protobuf::Message& message, std::string event_id,
                       absl::Time time, std::string traceparent = "",
                       std::vector<std::string> counters = {});

}  // namespace stadtmesh::events

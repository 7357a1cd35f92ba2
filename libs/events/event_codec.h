// Event <-> CloudEvents 1.0 in binary mode: attributes are headers "ce_…", the payload is protobuf.
// Pure.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/bus.h"

namespace stadtmesh::events {

using Headers = std::vector<std::pair<std::string, std::string>>;

// ce_specversion, ce_id, ce_type, ce_source ("/<service>"), ce_subject (the aggregate), ce_time
// (RFC 3339, nanoseconds), content-type, ce_tenant, ce_epoch, ce_sequence (n), traceparent (if
// any), ce_counter_<name> per counter.
Headers EncodeHeaders(const Event& event);

// INVALID_ARGUMENT naming the header when one is missing, repeated or malformed; unknown headers
// are ignored.
absl::StatusOr<Event> DecodeEvent(const Headers& headers, std::string payload);

// What the partitioner hashes: "tenant/aggregate", so that order holds per aggregate within its
// topic (the service).
std::string PartitionKey(const Event& event);

// Kafka's default partitioner (murmur2, seed 0x9747b28c, sign bit cleared), so that every adapter
// and every client of any language agree on where an aggregate lives.
int32_t PartitionOf(absl::string_view key, int32_t partitions);

}  // namespace stadtmesh::events

// protobuf bytes from services -> JSON for apps.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/table.h"

namespace stadtmesh::gateway {

// Appends `wire` as JSON to `out`. Apps need no null checks: fields without presence are printed
// even when they hold their default (0, "", false, [], {}, the enum's first name); fields with
// presence (messages, `optional`, oneofs) only when set. 64-bit integers and NaN are strings, bytes
// standard base64, names lowerCamelCase, fields in ascending number. Unknown fields are skipped,
// unknown enum numbers printed as numbers (services are upgraded before the gateway). INTERNAL when
// the bytes are malformed. Thread-safe.
absl::Status WireToJson(const MessageTable& message, absl::string_view wire, std::string& out);

// Appends only the value of one top-level field (google.api.http `response_body`), its default when
// it is absent ("null" for a message).
absl::Status WireFieldToJson(const MessageTable& message, const FieldTable& field,
                             absl::string_view wire, std::string& out);

// Appends a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view text, std::string& out);

}  // namespace stadtmesh::gateway

// The JSON forms of google.protobuf.Timestamp, Duration, FieldMask and the wrappers.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/transcode/scalar.h"
#include "gateway/transcode/table.h"

namespace stadtmesh::gateway {

// Appends the message's bytes (no tag, no length) from text: RFC 3339 with "Z" or an offset;
// "1.5s"; "a.b,cD"; for wrappers the text of their value. INVALID_FORMAT with the expected form for
// everything else, and for other messages.
Refused AppendWellKnown(const MessageTable& message, absl::string_view text, std::string& out);

// Appends a JSON value. False when the bytes are malformed or beyond what the form can express.
// Wrappers are the caller's: they print as their value.
bool PrintWellKnown(const MessageTable& message, absl::string_view wire, std::string& out);

// "pickupPlace" -> "pickup_place". False unless converting back gives the same.
bool CamelToSnake(absl::string_view camel, std::string& snake);

}  // namespace stadtmesh::gateway

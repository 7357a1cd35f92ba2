// Text <-> the bytes of one scalar, for JSON numbers and strings, path variables and query
// parameters alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "base/error.h"
#include "gateway/transcode/table.h"

namespace stadtmesh::gateway {

// Why a value was refused, without the field's name, which the caller knows.
struct Refusal {
  FieldReason reason = FieldReason::kInvalidFormat;
  std::string limit;
};
using Refused = std::optional<Refusal>;  // nothing means accepted

// Appends a number of `kind` (not tagged) from JSON's number grammar. Whole numbers may be
// written 1.0 or 1e3, as protobuf allows. OUT_OF_RANGE beyond the type, INVALID_FORMAT for
// fractions in whole numbers.
Refused AppendNumber(Kind kind, absl::string_view text, std::string& out);

// True when `text` is exactly one number of JSON's grammar.
bool IsJsonNumber(absl::string_view text);

// Appends standard or URL-safe base64, padded or not, decoded (without length).
Refused AppendBase64(absl::string_view text, std::string& out);

// Appends (varint) a name or the number of a known value.
Refused AppendEnumName(const EnumTable& table, absl::string_view name, std::string& out);
Refused AppendEnumNumber(const EnumTable& table, absl::string_view number, std::string& out);

// Appends a complete, tagged value of any scalar, enum or well-known type from text that came as a
// path variable, a query parameter or a JSON string. `text` must be UTF-8 for strings, else
// INVALID_UTF8.
Refused AppendFromText(const FieldTable& field, absl::string_view text, std::string& out);

// The same without tag; length-delimited kinds are written without their length.
Refused AppendTextValue(const FieldTable& field, absl::string_view text, std::string& out);

// The offset of the first byte that is not part of valid UTF-8, or text.size().
size_t ValidUtf8Prefix(absl::string_view text);

}  // namespace stadtmesh::gateway

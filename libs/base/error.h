// What an error says beyond its code: a stable reason of one domain, the fields at fault, and
// facts.
//
// A service names its reasons in one enum of its proto; the domain layer repeats them as a C++ enum
// with one exhaustive conversion (see services/buergerbus/domain/error.h). The texts in German and
// English are options on the proto's enum values, never here: the gateway adds them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace stadtmesh {

// Why a single field is refused. Mirrors stadtmesh.errors.v1.FieldReason, which holds the texts.
enum class FieldReason {
  kRequired,       // missing or empty
  kInvalidFormat,  // cannot be parsed as what it should be
  kOutOfRange,     // `limit` says the range, e.g. "1..8"
  kTooLong,        // `limit` says the longest length, in characters or elements
  kInPast,         // a time that has passed
  kTooFarAhead,    // `limit` says how far, e.g. "14 days"
  kOutsideArea,    // a point outside the service area
  kUnknownField,   // no such field
  kUnknownValue,   // no such enum value, id or name
  kDuplicate,      // given twice
  kConflict,       // contradicts another field, named in `limit`
  kInvalidUtf8,    // a string that is not UTF-8
};
inline constexpr int kFieldReasonCount = 12;

// "REQUIRED", "INVALID_FORMAT", ...: the name as it stands on the wire.
absl::string_view FieldReasonName(FieldReason reason);

struct FieldError {
  // path from the request's root in proto names, e.g. "pickup.location.latitude"
  std::string field;
  FieldReason reason = FieldReason::kInvalidFormat;
  std::string limit;  // the bound that was broken, or empty
  bool operator==(const FieldError&) const = default;
};

struct ErrorInfo {
  std::string domain;  // "stadtmesh" for reasons every service shares, else the service's name
  std::string reason;  // UPPER_SNAKE_CASE name of a value of that domain's Reason enum
  std::vector<FieldError> fields;
  std::map<std::string, std::string> metadata;  // facts for machines; never personal data
  bool operator==(const ErrorInfo&) const = default;
};

// An error with its details attached. `message` is English, for logs and developers; it must hold
// no personal data.
absl::Status MakeError(absl::StatusCode code, const ErrorInfo& info, absl::string_view message);

// INVALID_ARGUMENT with domain "stadtmesh", reason "INVALID_ARGUMENT" and these fields.
absl::Status InvalidArgument(std::vector<FieldError> fields);
absl::Status InvalidField(absl::string_view field, FieldReason reason,
                          absl::string_view limit = "");

// A reason of domain "stadtmesh" (stadtmesh.errors.v1.Reason) such as "NOT_FOUND" or
// "IDEMPOTENCY_KEY_REUSED".
absl::Status CommonError(absl::StatusCode code, absl::string_view reason,
                         absl::string_view message);

// The details attached by MakeError, or nothing.
std::optional<ErrorInfo> GetErrorInfo(const absl::Status& status);

// The same error with every field path prefixed: ("pickup", field "location") -> "pickup.location".
absl::Status PrefixFields(absl::string_view prefix, const absl::Status& status);

}  // namespace stadtmesh

#include "base/error.h"

#include <cstdint>
#include <cstdlib>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace stadtmesh {
namespace {

constexpr absl::string_view kPayloadUrl = "stadtmesh/error";

// The payload is a flat list of netstrings ("5:hello"), so that base depends on no serialisation
// library.
void Append(std::string& out, absl::string_view value) {
  absl::StrAppend(&out, value.size(), ":", value);
}

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}
  std::string Next() {
    const size_t colon = rest_.find(':');
    uint64_t size = 0;
    if (colon == absl::string_view::npos || !absl::SimpleAtoi(rest_.substr(0, colon), &size) ||
        rest_.size() - colon - 1 < size) {
      std::abort();  // only MakeError writes this payload
    }
    std::string value(rest_.substr(colon + 1, size));
    rest_.remove_prefix(colon + 1 + size);
    return value;
  }
  uint64_t NextNumber() {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(Next(), &number)) std::abort();
    return number;
  }

 private:
  absl::string_view rest_;
};

std::string MessageOf(const std::vector<FieldError>& fields) {
  std::string message = "invalid";
  for (const FieldError& field : fields) {
    absl::StrAppend(&message, " ", field.field, " (", FieldReasonName(field.reason),
                    field.limit.empty() ? "" : " ", field.limit, ")");
  }
  return message;
}

}  // namespace

absl::string_view FieldReasonName(FieldReason reason) {
  switch (reason) {
    case FieldReason::kRequired:
      return "REQUIRED";
    case FieldReason::kInvalidFormat:
      return "INVALID_FORMAT";
    case FieldReason::kOutOfRange:
      return "OUT_OF_RANGE";
    case FieldReason::kTooLong:
      return "TOO_LONG";
    case FieldReason::kInPast:
      return "IN_PAST";
    case FieldReason::kTooFarAhead:
      return "TOO_FAR_AHEAD";
    case FieldReason::kOutsideArea:
      return "OUTSIDE_AREA";
    case FieldReason::kUnknownField:
      return "UNKNOWN_FIELD";
    case FieldReason::kUnknownValue:
      return "UNKNOWN_VALUE";
    case FieldReason::kDuplicate:
      return "DUPLICATE";
    case FieldReason::kConflict:
      return "CONFLICT";
    case FieldReason::kInvalidUtf8:
      return "INVALID_UTF8";
  }
  std::abort();
}

absl::Status MakeError(absl::StatusCode code, const ErrorInfo& info, absl::string_view message) {
  std::string bytes;
  Append(bytes, info.domain);
  Append(bytes, info.reason);
  Append(bytes, absl::StrCat(info.fields.size()));
  for (const FieldError& field : info.fields) {
    Append(bytes, field.field);
    Append(bytes, absl::StrCat(static_cast<int>(field.reason)));
    Append(bytes, field.limit);
  }
  Append(bytes, absl::StrCat(info.metadata.size()));
  for (const auto& [key, value] : info.metadata) {
    Append(bytes, key);
    Append(bytes, value);
  }
  absl::Status status(code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(bytes));
  return status;
}

absl::Status InvalidArgument(std::vector<FieldError> fields) {
  const std::string message = MessageOf(fields);
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      {.domain = "stadtmesh", .reason = "INVALID_ARGUMENT", .fields = std::move(fields)}, message);
}

absl::Status InvalidField(absl::string_view field, FieldReason reason, absl::string_view limit) {
  return InvalidArgument({{std::string(field), reason, std::string(limit)}});
}

absl::Status CommonError(absl::StatusCode code, absl::string_view reason,
                         absl::string_view message) {
  return MakeError(code, {.domain = "stadtmesh", .reason = std::string(reason)}, message);
}

std::optional<ErrorInfo> GetErrorInfo(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload) return std::nullopt;
  const std::string bytes(*payload);
  Reader reader(bytes);
  ErrorInfo info;
  info.domain = reader.Next();
  info.reason = reader.Next();
  for (uint64_t left = reader.NextNumber(); left > 0; --left) {
    FieldError field;
    field.field = reader.Next();
    field.reason = static_cast<FieldReason>(reader.NextNumber());
    field.limit = reader.Next();
    info.fields.push_back(std::move(field));
  }
  for (uint64_t left = reader.NextNumber(); left > 0; --left) {
    std::string key = reader.Next();
    info.metadata[std::move(key)] = reader.Next();
  }
  return info;
}

absl::Status PrefixFields(absl::string_view prefix, const absl::Status& status) {
  std::optional<ErrorInfo> info = GetErrorInfo(status);
  if (!info) return status;
  const bool lists_fields = status.message() == MessageOf(info->fields);
  for (FieldError& field : info->fields) {
    field.field =
        field.field.empty() ? std::string(prefix) : absl::StrCat(prefix, ".", field.field);
  }
  return MakeError(
      status.code(), *info,
      lists_fields ? MessageOf(info->fields) : absl::StrCat(prefix, ": ", status.message()));
}

}  // namespace stadtmesh

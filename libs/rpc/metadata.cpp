#include "rpc/metadata.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/error.h"

namespace stadtmesh::rpc {
namespace {

constexpr size_t kLongestName = 64;
constexpr size_t kOverheadPerPair = 32;  // as HTTP/2 counts it (RFC 9113, 6.5.2)

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kLongestName && !absl::StartsWith(name, "grpc-") &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_' ||
                  c == '.';
         });
}

bool IsText(absl::string_view value) {
  return !absl::StartsWith(value, " ") && !absl::EndsWith(value, " ") &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

absl::Status Metadata::Add(absl::string_view name, absl::string_view value) {
  if (!IsName(name))
    return InvalidField("metadata", FieldReason::kInvalidFormat, "[a-z0-9_.-]{1,64}");
  const size_t size = name.size() + value.size() + kOverheadPerPair;
  if (value.size() > kLongestMetadataValue || bytes_ + size > kLargestMetadata) {
    return InvalidField(name, FieldReason::kTooLong, "16384");
  }
  if (!absl::EndsWith(name, "-bin") && !IsText(value))
    return InvalidField(name, FieldReason::kInvalidFormat, "printable ASCII");
  pairs_.emplace_back(std::string(name), std::string(value));
  bytes_ += size;
  return absl::OkStatus();
}

}  // namespace stadtmesh::rpc

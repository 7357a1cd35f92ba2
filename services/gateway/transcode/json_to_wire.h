// JSON from apps -> protobuf bytes for services, in one pass over foreign input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/table.h"

namespace stadtmesh::gateway {

struct JsonLimits {
  int depth = 32;  // nested objects and arrays
  size_t elements =
      20000;  // of all arrays and maps together: a two-byte message costs a service far more memory
};

struct WireRequest {
  std::string wire;
  // Proto paths of the fields given: for PATCH's update_mask. Repeated fields, maps and well-known
  // types are leaves.
  std::vector<std::string> paths;
};

// Stricter than protobuf's own: no duplicate keys (also not proto name beside JSON name), no
// unknown fields, enum names or numbers, no second member of a oneof, no NaN but as a string, no
// trailing bytes. null means "not given"; it is refused inside arrays. Errors: INVALID_ARGUMENT
// with reason MALFORMED_BODY (metadata `offset`) or INVALID_ARGUMENT, both naming the field by its
// JSON path. Thread-safe. `with_paths` asks for WireRequest::paths.
absl::StatusOr<WireRequest> JsonToWire(const MessageTable& message, absl::string_view json,
                                       bool with_paths, const JsonLimits& limits = {});

// The same for a body bound to one field of the request (google.api.http `body: "ride"`); the
// result holds the tagged field. Paths are relative to the field.
absl::StatusOr<WireRequest> JsonFieldToWire(const FieldTable& field, absl::string_view json,
                                            bool with_paths, const JsonLimits& limits = {});

}  // namespace stadtmesh::gateway

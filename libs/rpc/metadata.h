// The names of the metadata that travels with every call, and the one door through which foreign
// bytes enter metadata.
//
// gRPC 1.51 aborts the process when a value holds a byte that HTTP/2 forbids; so nothing but
// Metadata::Add puts bytes there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::rpc {

// "Bearer <JWT>": who the call is for: a person, or the calling service itself.
inline constexpr char kAuthorization[] = "authorization";
// "<JWT>" of the calling service (role `service`), when `authorization` is a person's or missing.
// Only who shows one, here or as `authorization`, may name the tenant; others are refused (with
// --demo: tolerated).
inline constexpr char kCaller[] = "stadtmesh-caller";
// Whose data the call concerns: an id from the server's list. Set from the host name by the
// gateway, passed on by services.
inline constexpr char kTenant[] = "stadtmesh-tenant";
// Subject alias of the person a service acts for, where the method's option allows it.
inline constexpr char kOnBehalfOf[] = "stadtmesh-on-behalf-of";
// 1 to 128 printable ASCII characters; required by every method that is not NO_SIDE_EFFECTS.
inline constexpr char kIdempotencyKey[] = "idempotency-key";
inline constexpr char kTraceparent[] = "traceparent";  // W3C
inline constexpr char kAcceptLanguage[] =
    "accept-language";  // RFC 9110; de and en are understood, anything else means de

inline constexpr size_t kLongestIdempotencyKey = 128;
inline constexpr size_t kLongestMetadataValue = 16 * 1024;  // bytes, one value
inline constexpr size_t kLargestMetadata = 32 * 1024;       // bytes, all names and values

// Key-value pairs that are safe to hand to gRPC. Not thread-safe.
class Metadata {
 public:
  // INVALID_ARGUMENT, and nothing added, unless `name` is [a-z0-9_.-]+ without "grpc-" in front and
  // `value` is printable ASCII (0x20 to 0x7e) without a space at either end, both within the limits
  // above. A name ending in "-bin" takes any bytes.
  absl::Status Add(absl::string_view name, absl::string_view value);

  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  size_t bytes() const { return bytes_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
  size_t bytes_ = 0;
};

}  // namespace stadtmesh::rpc

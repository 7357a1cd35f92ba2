// Where a Redis server listens.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::redis {

struct Address {
  std::string socket;  // path of a unix socket, or empty: host and port
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string ToString() const;  // as ParseAddress reads it
  bool operator==(const Address&) const = default;
};

// "unix:/run/redis.sock", "redis.example:6379", "[::1]:6379" or a host alone (port 6379).
// INVALID_ARGUMENT otherwise.
absl::StatusOr<Address> ParseAddress(absl::string_view text);
// At least one, separated by commas.
absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text);

}  // namespace stadtmesh::redis

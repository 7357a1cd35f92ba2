// Addresses and networks: who a client is when proxies stand in between. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// An IPv4 or IPv6 network such as "10.0.0.0/8", "::1/128" or a single address. IPv4 counts as
// ::ffff:0:0/96.
class Network {
 public:
  // INVALID_ARGUMENT saying what it should be.
  static absl::StatusOr<Network> Parse(absl::string_view text);
  bool Contains(absl::string_view address) const;  // false for what is no address

 private:
  uint8_t bytes_[16] = {};
  int bits_ = 128;
};

// Under which name an address is counted: IPv4 itself, IPv6 its /64 (one household), "invalid" for
// anything else.
std::string AddressGroup(absl::string_view address);

// The client's address: the connection's, or, when that is a configured proxy, the last address in
// X-Forwarded-For that is none. What a client itself wrote into that header is never believed.
std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for,
                          const std::vector<Network>& proxies);

}  // namespace stadtmesh::gateway

#include "gateway/http/network.h"

#include <arpa/inet.h>

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::gateway {
namespace {

// 16 bytes; IPv4 mapped.
bool ParseAddress(absl::string_view text, uint8_t (&bytes)[16], bool& v4) {
  const std::string terminated(text.substr(0, 64));
  v4 = inet_pton(AF_INET, terminated.c_str(), bytes + 12) == 1;
  if (v4) {
    std::memset(bytes, 0, 10);
    bytes[10] = bytes[11] = 0xff;
    return true;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) != 1) return false;
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  v4 = std::memcmp(bytes, kMapped, 12) == 0;
  return true;
}

}  // namespace

absl::StatusOr<Network> Network::Parse(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  Network network;
  bool v4 = false;
  int bits = 0;
  if (!ParseAddress(parts.first, network.bytes_, v4)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" should be a network such as 10.0.0.0/8 or fd00::/8"));
  }
  const int most = v4 && text.find(':') == absl::string_view::npos ? 32 : 128;
  if (parts.second.empty() && text.find('/') == absl::string_view::npos) {
    bits = most;
  } else if (!absl::SimpleAtoi(parts.second, &bits) || bits < 0 || bits > most) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" should end with /0 to /", most));
  }
  network.bits_ = bits + (128 - most);
  return network;
}

bool Network::Contains(absl::string_view address) const {
  uint8_t bytes[16];
  bool v4 = false;
  if (!ParseAddress(address, bytes, v4)) return false;
  for (int i = 0; i < bits_; ++i) {
    if (((bytes[i / 8] ^ bytes_[i / 8]) >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

std::string AddressGroup(absl::string_view address) {
  uint8_t bytes[16];
  bool v4 = false;
  if (!ParseAddress(address, bytes, v4)) return "invalid";
  if (v4) return absl::StrCat(bytes[12], ".", bytes[13], ".", bytes[14], ".", bytes[15]);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), 8));
}

std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for,
                          const std::vector<Network>& proxies) {
  const auto is_proxy = [&](absl::string_view address) {
    for (const Network& proxy : proxies) {
      if (proxy.Contains(address)) return true;
    }
    return false;
  };
  std::string client(peer);
  const std::vector<absl::string_view> hops = absl::StrSplit(forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend() && is_proxy(client); ++hop) {
    const absl::string_view address = absl::StripAsciiWhitespace(*hop);
    if (AddressGroup(address) == "invalid") break;
    client = std::string(address);
  }
  return client;
}

}  // namespace stadtmesh::gateway

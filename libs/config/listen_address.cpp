#include "config/listen_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace stadtmesh::config {
namespace {

bool IsAddress(int family, absl::string_view text) {
  in6_addr address;  // holds either family's
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

bool IsHost(absl::string_view host) {
  if (host == "localhost") return true;
  if (!absl::ConsumePrefix(&host, "[")) return IsAddress(AF_INET, host);
  return absl::ConsumeSuffix(&host, "]") && IsAddress(AF_INET6, host);
}

// Only digits: SimpleAtoi would take signs and blanks, too.
bool IsPort(absl::string_view text) {
  int port = 0;
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &port) && port <= 65535;
}

}  // namespace

bool IsListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  // inet_pton would read only what stands before a zero byte.
  return colon != absl::string_view::npos && text.find('\0') == absl::string_view::npos &&
         IsHost(text.substr(0, colon)) && IsPort(text.substr(colon + 1));
}

}  // namespace stadtmesh::config

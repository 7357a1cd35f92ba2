#include "config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace stadtmesh::config {
namespace {

constexpr size_t kLongestName = 253;

std::optional<in6_addr> ParseAddress(int family, absl::string_view text) {
  in6_addr address{};  // holds either family's
  // inet_pton would read only what stands before a zero byte.
  if (absl::StrContains(text, '\0') ||
      inet_pton(family, std::string(text).c_str(), &address) != 1) {
    return std::nullopt;
  }
  return address;
}

// An IPv6 address stands in brackets.
bool IsAddress(absl::string_view host) {
  if (!absl::ConsumePrefix(&host, "[")) return ParseAddress(AF_INET, host).has_value();
  return absl::ConsumeSuffix(&host, "]") && ParseAddress(AF_INET6, host).has_value();
}

// Letters, digits, - and _ (Docker's), in parts that dots separate. What ends in a number is an
// address or nothing.
bool IsName(absl::string_view host) {
  absl::ConsumeSuffix(&host, ".");
  if (host.size() > kLongestName) return false;
  absl::string_view last;
  for (const absl::string_view part : absl::StrSplit(host, '.')) {
    const auto allowed = [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; };
    if (part.empty() || part.size() > 63 || !std::all_of(part.begin(), part.end(), allowed))
      return false;
    last = part;
  }
  return !std::all_of(last.begin(), last.end(), absl::ascii_isdigit);
}

// Only digits: SimpleAtoi would take signs and blanks, too.
bool IsPort(absl::string_view text, int smallest) {
  int port = 0;
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &port) && port >= smallest && port <= 65535;
}

}  // namespace

bool IsListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || !IsPort(text.substr(colon + 1), 0)) return false;
  const absl::string_view host = text.substr(0, colon);
  return host == "localhost" || IsAddress(host);
}

bool IsServerAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || !IsPort(text.substr(colon + 1), 1)) return false;
  const absl::string_view host = text.substr(0, colon);
  return IsName(host) || IsAddress(host);
}

bool IsHttpsUrl(absl::string_view text) {
  const auto printable = [](char c) { return absl::ascii_isgraph(c) && c != '?' && c != '#'; };
  if (!absl::ConsumePrefix(&text, "https://") ||
      !std::all_of(text.begin(), text.end(), printable)) {
    return false;
  }
  const absl::string_view authority = text.substr(0, text.find('/'));
  return IsName(authority) || IsAddress(authority) || IsServerAddress(authority);
}

absl::string_view HostOf(absl::string_view address) {
  if (absl::ConsumePrefix(&address, "[")) return address.substr(0, address.find(']'));
  if (std::count(address.begin(), address.end(), ':') > 1) return address;  // a bare IPv6 address
  return address.substr(0, address.find(':'));
}

bool IsLoopback(absl::string_view host) {
  if (host == "localhost" || absl::EndsWith(host, ".localhost")) return true;
  if (const auto v4 = ParseAddress(AF_INET, host)) return v4->s6_addr[0] == 127;
  const auto v6 = ParseAddress(AF_INET6, host);
  return v6 && std::memcmp(&*v6, &in6addr_loopback, sizeof(*v6)) == 0;
}

}  // namespace stadtmesh::config

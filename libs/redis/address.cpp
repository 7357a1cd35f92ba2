#include "redis/address.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"

namespace stadtmesh::redis {

std::string Address::ToString() const {
  if (!socket.empty()) return absl::StrCat("unix:", socket);
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const auto invalid = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("a Redis address is unix:/path or host:port, not \"", text, "\""));
  };
  Address address;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty()) return invalid();
    address.socket = std::string(rest);
    return address;
  }
  absl::string_view port;
  if (absl::ConsumePrefix(&rest, "[")) {
    const size_t end = rest.find(']');
    if (end == absl::string_view::npos) return invalid();
    port = rest.substr(end + 1);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return invalid();
    rest = rest.substr(0, end);
  } else if (const size_t colon = rest.rfind(':'); colon != absl::string_view::npos) {
    port = rest.substr(colon + 1);
    if (port.empty()) return invalid();
    rest = rest.substr(0, colon);
  }
  if (rest.empty()) return invalid();
  address.host = std::string(rest);
  if (!port.empty() &&
      (!absl::SimpleAtoi(port, &address.port) || address.port < 1 || address.port > 65535)) {
    return invalid();
  }
  return address;
}

absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text) {
  std::vector<Address> addresses;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    ASSIGN_OR_RETURN(Address address, ParseAddress(absl::StripAsciiWhitespace(part)));
    addresses.push_back(std::move(address));
  }
  return addresses;
}

}  // namespace stadtmesh::redis

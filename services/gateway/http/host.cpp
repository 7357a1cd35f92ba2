#include "gateway/http/host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace stadtmesh::gateway {
namespace {

constexpr size_t kLongestHost = 253, kLongestLabel = 63;

bool IsAddress(int family, absl::string_view text) {
  in6_addr address;  // holds either family's
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

// The underscore is none of DNS's host names, but stands in names of containers.
bool IsLabel(absl::string_view label) {
  const auto good = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), good);
}

bool IsScheme(absl::string_view text) {
  return !text.empty() && absl::ascii_islower(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '+' || c == '-' ||
                  c == '.';
         });
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

std::string NormaliseHost(absl::string_view host) {
  absl::ConsumeSuffix(&host, ".");
  return absl::AsciiStrToLower(host);
}

bool IsHost(absl::string_view host) {
  if (host.find('\0') != absl::string_view::npos) return false;  // inet_pton would stop there
  if (absl::ConsumePrefix(&host, "["))
    return absl::ConsumeSuffix(&host, "]") && IsAddress(AF_INET6, host);
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  // Whoever ends in a number is an address, or nobody.
  if (IsDigits(labels.back())) return IsAddress(AF_INET, host);
  return host.size() <= kLongestHost && std::all_of(labels.begin(), labels.end(), IsLabel);
}

bool IsOrigin(absl::string_view text) {
  const size_t end = text.find("://");
  if (end == absl::string_view::npos || !IsScheme(text.substr(0, end))) return false;
  const int usual = text.substr(0, end) == "https" ? 443 : text.substr(0, end) == "http" ? 80 : 0;
  text.remove_prefix(end + 3);
  const size_t colon = text.find(':', text.find(']') == text.npos ? 0 : text.find(']'));
  if (colon == absl::string_view::npos) return IsHost(text);
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  return IsHost(text.substr(0, colon)) && IsDigits(port) && port.front() != '0' &&
         absl::SimpleAtoi(port, &number) && number <= 65535 && number != usual;
}

}  // namespace stadtmesh::gateway

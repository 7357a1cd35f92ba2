#include "gateway/http/head_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <exception>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/http/host.h"

namespace stadtmesh::gateway {
namespace {

namespace beast_http = boost::beast::http;
using Refused = std::optional<HeadRefusal>;

// What must not stand anywhere in a head, before any parser sees it.
Refused CheckBytes(absl::string_view head, const HeadLimits& limits) {
  size_t lines = 0;
  for (size_t i = 0; i < head.size(); ++i) {
    const uint8_t c = static_cast<uint8_t>(head[i]);
    if (c == '\r') {
      if (i + 1 == head.size() || head[i + 1] != '\n')
        return HeadRefusal{400, "a carriage return stands alone"};
      const char next = i + 2 < head.size() ? head[i + 2] : '\0';
      if (next == ' ' || next == '\t') return HeadRefusal{400, "a header line is folded"};
      ++i;
      ++lines;
    } else if (c == '\n') {
      return HeadRefusal{400, "a line feed stands alone"};
    } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
      return HeadRefusal{400, "a control character"};
    } else if (c > 0x7f) {
      return HeadRefusal{400, "a byte above 0x7f"};
    }
  }
  if (lines > limits.headers + 2) return HeadRefusal{431, "too many headers"};
  return std::nullopt;
}

// Copies the headers out of Beast's container.
template <typename Fields>
void CopyHeaders(const Fields& fields, Headers& headers) {
  for (const auto& field : fields) {
    headers.emplace_back(absl::AsciiStrToLower(absl::string_view(field.name_string().data(),
                                                                 field.name_string().size())),
                         std::string(field.value().data(), field.value().size()));
  }
}

size_t Count(const Headers& headers, absl::string_view name) {
  size_t count = 0;
  for (const auto& header : headers) count += header.first == name;
  return count;
}

// "Musterstadt.example.:8080" -> "musterstadt.example". False for anything that is no host.
bool ParseHost(absl::string_view value, std::string& host) {
  size_t end = 0;
  if (absl::StartsWith(value, "[")) {
    end = value.find(']');
    if (end == absl::string_view::npos) return false;
    for (char c : value.substr(1, end - 1)) {
      if (!absl::ascii_isxdigit(c) && c != ':' && c != '.') return false;
    }
    ++end;
  } else {
    while (end < value.size() && (absl::ascii_isalnum(value[end]) || value[end] == '-' ||
                                  value[end] == '.' || value[end] == '_'))
      ++end;
  }
  if (end == 0 || end > 255) return false;
  host = NormaliseHost(value.substr(0, end));
  if (host.empty()) return false;
  if (end == value.size()) return true;
  if (value[end] != ':' || value.size() - end > 6) return false;
  const absl::string_view digits = value.substr(end + 1);
  uint32_t port = 0;
  return digits.empty() ||  // RFC 3986, 3.2.3: the usual port
         (digits.find_first_not_of("0123456789") == absl::string_view::npos &&
          absl::SimpleAtoi(digits, &port) && port <= 65535);
}

Refused CheckTarget(Request& request, const HeadLimits& limits) {
  if (request.target.size() > limits.target) return HeadRefusal{414, "the target is too long"};
  if (request.target == "*" && request.method == "OPTIONS") return std::nullopt;
  for (const char* scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(request.target, scheme)) continue;
    const absl::string_view rest =
        absl::string_view(request.target).substr(absl::string_view(scheme).size());
    const size_t slash = rest.find('/');
    std::string host;
    if (!ParseHost(rest.substr(0, slash), host) || host != request.host)
      return HeadRefusal{400, "the target names another host"};
    request.target = slash == absl::string_view::npos ? "/" : std::string(rest.substr(slash));
    break;
  }
  if (request.target.empty() || request.target[0] != '/')
    return HeadRefusal{400, "the target is no path"};
  if (request.target.find('#') != std::string::npos)
    return HeadRefusal{400, "the target has a fragment"};
  return std::nullopt;
}

Refused CheckFraming(const Request& request, Framing& framing) {
  const size_t encodings = Count(request.headers, "transfer-encoding");
  const size_t lengths = Count(request.headers, "content-length");
  if (encodings > 1 || lengths > 1)
    return HeadRefusal{400, "Transfer-Encoding or Content-Length is repeated"};
  if (encodings == 1) {
    if (lengths == 1) return HeadRefusal{400, "Transfer-Encoding and Content-Length together"};
    if (request.minor_version == 0) return HeadRefusal{400, "Transfer-Encoding on HTTP/1.0"};
    if (!absl::EqualsIgnoreCase(request.Header("transfer-encoding"), "chunked")) {
      return HeadRefusal{400, "a Transfer-Encoding other than chunked"};
    }
    framing.chunked = true;
  }
  if (lengths == 1) {
    const absl::string_view length = request.Header("content-length");
    if (length.empty() || length.size() > 18 ||
        length.find_first_not_of("0123456789") != absl::string_view::npos ||
        !absl::SimpleAtoi(length, &framing.length)) {
      return HeadRefusal{400, "a malformed Content-Length"};
    }
  }
  return std::nullopt;
}

Refused CheckConnection(const Request& request, Framing& framing) {
  framing.keep_alive = request.minor_version == 1;
  for (const auto& [name, value] : request.headers) {
    if (name != "connection") continue;
    for (absl::string_view token : absl::StrSplit(value, ',')) {
      token = absl::StripAsciiWhitespace(token);
      if (absl::EqualsIgnoreCase(token, "close")) framing.keep_alive = false;
    }
  }
  const absl::string_view expect = request.Header("expect");
  if (expect.empty()) return std::nullopt;
  if (!absl::EqualsIgnoreCase(expect, "100-continue"))
    return HeadRefusal{417, "an Expect other than 100-continue"};
  framing.expects_continue = request.minor_version == 1;
  return std::nullopt;
}

Refused RunBeast(absl::string_view head, const HeadLimits& limits, Request& request) {
  beast_http::request_parser<beast_http::empty_body> parser;
  parser.eager(false);
  parser.header_limit(static_cast<uint32_t>(limits.bytes));
  parser.body_limit(std::numeric_limits<uint64_t>::max());
  boost::system::error_code error;
  try {
    parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  } catch (const std::exception&) {  // Beast's containers throw; nothing of it may leave
    return HeadRefusal{400, "malformed"};
  }
  if (error == beast_http::error::header_limit) return HeadRefusal{431, "the head is too large"};
  if (error == beast_http::error::bad_version) return HeadRefusal{505, "not HTTP/1.1"};
  if (error || !parser.is_header_done()) return HeadRefusal{400, "malformed"};
  const auto& message = parser.get();
  if (message.version() != 11 && message.version() != 10) return HeadRefusal{505, "not HTTP/1.1"};
  request.minor_version = message.version() == 10 ? 0 : 1;
  request.method.assign(message.method_string().data(), message.method_string().size());
  request.target.assign(message.target().data(), message.target().size());
  CopyHeaders(message, request.headers);
  return std::nullopt;
}

}  // namespace

std::optional<HeadRefusal> ParseHead(absl::string_view head, const HeadLimits& limits,
                                     Request& request, Framing& framing) {
  if (head.size() > limits.bytes) return HeadRefusal{431, "the head is too large"};
  if (Refused refused = CheckBytes(head, limits)) return refused;
  if (Refused refused = RunBeast(head, limits, request)) return refused;
  if (request.headers.size() > limits.headers) return HeadRefusal{431, "too many headers"};
  if (Count(request.headers, "host") != 1) return HeadRefusal{400, "not exactly one Host"};
  if (!ParseHost(request.Header("host"), request.host)) return HeadRefusal{400, "a malformed Host"};
  if (Refused refused = CheckTarget(request, limits)) return refused;
  if (Refused refused = CheckFraming(request, framing)) return refused;
  return CheckConnection(request, framing);
}

}  // namespace stadtmesh::gateway

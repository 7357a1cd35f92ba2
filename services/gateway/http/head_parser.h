// The head of a request, from foreign bytes to a Request, or to the status with which it is
// refused.
//
// Beast parses; what it lets through and a proxy in front might read differently (request
// smuggling) is refused here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "gateway/http/message.h"

namespace stadtmesh::gateway {

struct HeadLimits {
  size_t bytes = 16 * 1024;  // request line and headers with their line ends
  size_t headers = 100;
  size_t target = 8 * 1024;
};

// How the body follows.
struct Framing {
  bool chunked = false;
  uint64_t length = 0;  // when not chunked
  bool keep_alive = true;
  bool expects_continue = false;
};

struct HeadRefusal {
  int status = 400;
  absl::string_view detail;  // English, static
};

// `head` ends with the empty line. Nothing means it was accepted, and `request` (without peer and
// body) and `framing` are filled. Refused with 400: anything but one Host; control characters,
// bytes above 0x7e, bare CR or LF, folded lines; any Transfer-Encoding but one `chunked` on
// HTTP/1.1; it together with Content-Length; repeated or malformed Content-Length; targets that are
// neither a path nor "*" nor an absolute form of the same host. 431: more headers than `limits`;
// 414; 417; 505. Thread-safe, never throws.
std::optional<HeadRefusal> ParseHead(absl::string_view head, const HeadLimits& limits,
                                     Request& request, Framing& framing);

}  // namespace stadtmesh::gateway

// Foreign bytes as a request's head and as chunks. Whatever is accepted has one host, one framing
// and printable headers.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/http/body_reader.h"
#include "gateway/http/head_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stadtmesh::gateway;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  Request request;
  Framing framing;
  const std::string head(bytes);
  if (!ParseHead(head, {}, request, framing)) {
    if (request.host.empty() || (framing.chunked && framing.length != 0)) std::abort();
    for (const auto& [name, value] : request.headers) {
      for (const char c : name + value) {
        if ((static_cast<uint8_t>(c) < 0x20 && c != '\t') || static_cast<uint8_t>(c) > 0x7e)
          std::abort();
      }
    }
  }
  BodyReader whole({.chunked = true}, 1000), parts({.chunked = true}, 1000);
  absl::string_view rest = bytes, pieces = bytes;
  whole.Feed(rest);
  while (!pieces.empty() && parts.state() == BodyReader::State::kMore) {
    absl::string_view one = pieces.substr(0, 1);
    pieces.remove_prefix(1);
    parts.Feed(one);
  }
  if (whole.state() == BodyReader::State::kDone &&
      (parts.state() != whole.state() || parts.body() != whole.body()))
    std::abort();
  return 0;
}

// The body of a request, from foreign bytes: by length or by chunks. Extensions of chunks and
// trailers are dropped. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/head_parser.h"

namespace stadtmesh::gateway {

class BodyReader {
 public:
  enum class State { kMore, kDone, kTooLarge, kMalformed };

  // `limit`: largest decoded body, in bytes.
  BodyReader(const Framing& framing, size_t limit);

  // Takes what belongs to the body off the front of `bytes`. Chunk heads are at most 256 bytes,
  // trailers 4 KiB in all, and the overhead of chunking is bounded: tiny chunks are refused once
  // they outweigh the limit by 16 KiB and eight times.
  State Feed(absl::string_view& bytes);

  State state() const { return state_; }
  std::string& body() { return body_; }

 private:
  enum class Step { kLength, kSize, kData, kDataEnd, kTrailer };
  State Raw(absl::string_view& bytes);
  State Chunk(absl::string_view& bytes);
  State ChunkSize(absl::string_view line);
  // Moves bytes up to and with CR LF into line_; false when more is needed or the state has changed
  // to malformed.
  bool TakeLine(absl::string_view& bytes, size_t longest);
  void TakeData(absl::string_view& bytes);

  Step step_;
  State state_;
  uint64_t left_ = 0;  // of the body, or of the current chunk
  size_t limit_;
  uint64_t raw_ = 0;
  size_t trailers_ = 0;
  std::string line_;
  std::string body_;
};

}  // namespace stadtmesh::gateway

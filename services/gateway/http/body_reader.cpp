#include "gateway/http/body_reader.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace stadtmesh::gateway {
namespace {

constexpr size_t kLongestChunkHead = 256;
constexpr size_t kLongestTrailers = 4096;

}  // namespace

BodyReader::BodyReader(const Framing& framing, size_t limit)
    : step_(framing.chunked ? Step::kSize : Step::kLength), left_(framing.length), limit_(limit) {
  state_ = State::kMore;
  if (!framing.chunked && left_ == 0) state_ = State::kDone;
  if (left_ > limit_) state_ = State::kTooLarge;
}

BodyReader::State BodyReader::Feed(absl::string_view& bytes) {
  const size_t before = bytes.size();
  while (state_ == State::kMore && !bytes.empty()) {
    state_ = step_ == Step::kLength ? Raw(bytes) : Chunk(bytes);
  }
  raw_ += before - bytes.size();
  if (state_ == State::kMore && raw_ > 8 * static_cast<uint64_t>(limit_) + 16384)
    state_ = State::kTooLarge;
  return state_;
}

BodyReader::State BodyReader::Raw(absl::string_view& bytes) {
  TakeData(bytes);
  return left_ == 0 ? State::kDone : State::kMore;
}

void BodyReader::TakeData(absl::string_view& bytes) {
  const size_t size = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
  body_.append(bytes.data(), size);
  bytes.remove_prefix(size);
  left_ -= size;
}

bool BodyReader::TakeLine(absl::string_view& bytes, size_t longest) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (!line_.empty() && line_.back() == '\r' && c != '\n')
      return state_ = State::kMalformed, false;
    line_.push_back(c);
    if (line_.size() > longest) return state_ = State::kMalformed, false;
    if (c != '\n') continue;
    if (line_.size() < 2 || line_[line_.size() - 2] != '\r')
      return state_ = State::kMalformed, false;
    line_.resize(line_.size() - 2);
    return true;
  }
  return false;
}

BodyReader::State BodyReader::Chunk(absl::string_view& bytes) {
  switch (step_) {
    case Step::kData:
      TakeData(bytes);
      if (left_ == 0) step_ = Step::kDataEnd;
      return State::kMore;
    case Step::kDataEnd:
      if (!TakeLine(bytes, 2)) return state_;
      if (!line_.empty()) return State::kMalformed;
      step_ = Step::kSize;
      return State::kMore;
    case Step::kSize: {
      if (!TakeLine(bytes, kLongestChunkHead)) return state_;
      const State state = ChunkSize(line_);
      line_.clear();
      return state;
    }
    case Step::kTrailer: {
      if (!TakeLine(bytes, kLongestTrailers - trailers_)) return state_;
      const bool end = line_.empty();
      trailers_ += line_.size() + 2;
      line_.clear();
      return end ? State::kDone : trailers_ >= kLongestTrailers ? State::kMalformed : State::kMore;
    }
    case Step::kLength:
      break;
  }
  return State::kMalformed;
}

BodyReader::State BodyReader::ChunkSize(absl::string_view line) {
  size_t digits = 0;
  uint64_t size = 0;
  while (digits < line.size() && absl::ascii_isxdigit(line[digits])) {
    const char c = absl::ascii_tolower(line[digits++]);
    size = size << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    if (digits > 15) return State::kMalformed;
  }
  if (digits == 0) return State::kMalformed;
  // What follows is nothing or an extension, which is ignored (RFC 9112, 7.1.1) as long as it is
  // text.
  if (digits < line.size() && line[digits] != ';' && line[digits] != ' ' && line[digits] != '\t')
    return State::kMalformed;
  for (const char c : line.substr(digits)) {
    if (!absl::ascii_isprint(c) && c != '\t') return State::kMalformed;
  }
  const absl::string_view extension = absl::StripLeadingAsciiWhitespace(line.substr(digits));
  if (!extension.empty() && extension[0] != ';') return State::kMalformed;
  if (size == 0) {
    step_ = Step::kTrailer;
    return State::kMore;
  }
  if (size > limit_ - body_.size()) return State::kTooLarge;
  left_ = size;
  step_ = Step::kData;
  return State::kMore;
}

}  // namespace stadtmesh::gateway

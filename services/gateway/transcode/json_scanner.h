// The tokens of JSON (RFC 8259) over foreign bytes: strict, bounded by the input, without copies
// where there are no escapes.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

class JsonScanner {
 public:
  explicit JsonScanner(absl::string_view text)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  enum class StringError { kNone, kSyntax, kUtf8 };

  // The next character that is not white space, or '\0' at the end.
  char Peek() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  bool Take(char c) {
    if (Peek() != c || at_ == end_) return false;
    ++at_;
    return true;
  }
  bool AtEnd() { return Peek() == '\0' && at_ == end_; }

  // A string; the result lives in the input or, when it had escapes, in `scratch`. Checked UTF-8;
  // escaped surrogates come in pairs.
  StringError String(absl::string_view& value, std::string& scratch);
  // A number by JSON's grammar.
  bool Number(absl::string_view& value);
  // "null", "true" or "false".
  bool Literal(absl::string_view word);

  size_t offset() const { return static_cast<size_t>(at_ - begin_); }

 private:
  StringError Escaped(absl::string_view& value, std::string& scratch);
  bool Escape(std::string& scratch);
  bool Hex4(uint32_t& value);

  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace stadtmesh::gateway

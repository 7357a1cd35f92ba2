#include "gateway/transcode/json_scanner.h"

#include <cstdint>
#include <cstring>

#include "gateway/transcode/scalar.h"
#include "gateway/transcode/words.h"

namespace stadtmesh::gateway {
namespace {

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

}  // namespace

JsonScanner::StringError JsonScanner::String(absl::string_view& value, std::string& scratch) {
  if (!Take('"')) return StringError::kSyntax;
  const char* const begin = at_;
  bool ascii = true;
  while (true) {
    uint64_t word;
    while (end_ - at_ >= 8 && (std::memcpy(&word, at_, 8), !HasJsonSpecial(word))) at_ += 8;
    if (at_ == end_) return StringError::kSyntax;
    const uint8_t c = static_cast<uint8_t>(*at_);
    if (c == '"') break;
    if (c < 0x20) return StringError::kSyntax;
    if (c == '\\') {
      const absl::string_view plain(begin, static_cast<size_t>(at_ - begin));
      if (!ascii && ValidUtf8Prefix(plain) != plain.size()) return StringError::kUtf8;
      scratch.assign(begin, at_);
      return Escaped(value, scratch);
    }
    ascii = ascii && c < 0x80;
    ++at_;
  }
  value = absl::string_view(begin, static_cast<size_t>(at_ - begin));
  ++at_;
  return ascii || ValidUtf8Prefix(value) == value.size() ? StringError::kNone : StringError::kUtf8;
}

JsonScanner::StringError JsonScanner::Escaped(absl::string_view& value, std::string& scratch) {
  while (at_ != end_ && *at_ != '"') {
    const char c = *at_++;
    if (static_cast<uint8_t>(c) < 0x20) return StringError::kSyntax;
    if (c != '\\') {
      scratch.push_back(c);
    } else if (!Escape(scratch)) {
      return StringError::kSyntax;
    }
  }
  if (at_ == end_) return StringError::kSyntax;
  ++at_;
  value = scratch;
  return ValidUtf8Prefix(scratch) == scratch.size() ? StringError::kNone : StringError::kUtf8;
}

bool JsonScanner::Escape(std::string& scratch) {
  if (at_ == end_) return false;
  switch (*at_++) {
    case '"':
      scratch.push_back('"');
      return true;
    case '\\':
      scratch.push_back('\\');
      return true;
    case '/':
      scratch.push_back('/');
      return true;
    case 'b':
      scratch.push_back('\b');
      return true;
    case 'f':
      scratch.push_back('\f');
      return true;
    case 'n':
      scratch.push_back('\n');
      return true;
    case 'r':
      scratch.push_back('\r');
      return true;
    case 't':
      scratch.push_back('\t');
      return true;
    case 'u':
      break;
    default:
      return false;
  }
  uint32_t code = 0, low = 0;
  if (!Hex4(code) || (code >= 0xdc00 && code <= 0xdfff)) return false;
  if (code >= 0xd800 && code <= 0xdbff) {
    if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return false;
    at_ += 2;
    if (!Hex4(low) || low < 0xdc00 || low > 0xdfff) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  AppendUtf8(code, scratch);
  return true;
}

bool JsonScanner::Hex4(uint32_t& value) {
  if (end_ - at_ < 4) return false;
  value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = *at_++;
    uint32_t digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<uint32_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<uint32_t>(c - 'A' + 10);
    else
      return false;
    value = value << 4 | digit;
  }
  return true;
}

bool JsonScanner::Number(absl::string_view& value) {
  Peek();
  const char* const begin = at_;
  const auto part_of_number = [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  };
  while (at_ != end_ && part_of_number(*at_)) ++at_;
  value = absl::string_view(begin, static_cast<size_t>(at_ - begin));
  return IsJsonNumber(value);
}

bool JsonScanner::Literal(absl::string_view word) {
  Peek();
  if (absl::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, word.size()) != word)
    return false;
  at_ += word.size();
  return true;
}

}  // namespace stadtmesh::gateway

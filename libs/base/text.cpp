#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace stadtmesh {
namespace {

bool Continues(char byte) { return (static_cast<uint8_t>(byte) & 0xc0) == 0x80; }

// The code point at the front, which is taken away; nothing of the well-formed (RFC 3629): -1.
int32_t TakeCodePoint(absl::string_view& rest) {
  const auto first = static_cast<uint8_t>(rest[0]);
  const size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (size == 0 || first > 0xf4 || rest.size() < size) return -1;
  int32_t point = size == 1 ? first : first & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    if (!Continues(rest[i])) return -1;
    point = point << 6 | (static_cast<uint8_t>(rest[i]) & 0x3f);
  }
  constexpr int32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return -1;
  rest.remove_prefix(size);
  return point;
}

bool IsControl(int32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029;
}

}  // namespace

size_t CodePoints(absl::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char byte) { return !Continues(byte); }));
}

bool IsPlainText(absl::string_view utf8, Lines lines) {
  while (!utf8.empty()) {
    const int32_t point = TakeCodePoint(utf8);
    const bool line_end = point == '\n' || point == '\r' || point == '\t';
    if (point < 0 || (IsControl(point) && !(line_end && lines == Lines::kSeveral))) return false;
  }
  return true;
}

}  // namespace stadtmesh

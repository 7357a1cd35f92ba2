// Eight bytes of text at a time. Pure.
#pragma once

#include <cstdint>

namespace stadtmesh::gateway {

inline bool IsAsciiWord(uint64_t word) { return (word & 0x8080808080808080) == 0; }

// True when one of eight bytes is a quote, a backslash, a control character or above 0x7f (the
// borrow of a neighbour may also make it true; then the caller looks at single bytes).
inline bool HasJsonSpecial(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const uint64_t quote = word ^ (kOnes * '"'), backslash = word ^ (kOnes * '\\');
  return ((word | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
           (word - kOnes * 0x20)) &
          kHigh) != 0;
}

}  // namespace stadtmesh::gateway

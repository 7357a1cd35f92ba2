#include "base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh {

bool IsId(absl::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  const auto is_alphanumeric = [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  };
  return is_alphanumeric(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_';
         });
}

std::string EncodeId(uint64_t high, uint64_t low) {
  constexpr absl::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text(26, '0');
  for (int i = 25; i >= 0; --i) {
    text[i] = kAlphabet[low & 31];
    low = (low >> 5) | (high << 59);
    high >>= 5;
  }
  return text;
}

std::string RandomIdSource::NewId(absl::string_view prefix) {
  uint64_t bits[2];
  if (getrandom(bits, sizeof(bits), 0) != sizeof(bits))
    std::abort();  // never for 16 bytes after boot
  return absl::StrCat(prefix, "-", EncodeId(bits[0], bits[1]));
}

absl::StatusOr<std::string> ParseId(absl::string_view field, absl::string_view text) {
  if (text.empty()) return InvalidField(field, FieldReason::kRequired);
  if (!IsId(text)) return InvalidField(field, FieldReason::kInvalidFormat, "[a-z0-9_-]{1,64}");
  return std::string(text);
}

}  // namespace stadtmesh

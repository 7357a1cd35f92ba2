#include "obs/trace.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace stadtmesh::obs {
namespace {

constexpr size_t kLength = 55;  // "00-" 32 "-" 16 "-" 2

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;  // upper case is invalid by the standard
}

bool ReadHex(absl::string_view text, uint8_t* out) {
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out[i / 2] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

void WriteHex(const uint8_t* bytes, size_t size, char* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < size; ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4];
    out[2 * i + 1] = kDigits[bytes[i] & 15];
  }
}

template <size_t N>
bool AllZero(const std::array<uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b == 0; });
}

template <size_t N>
void FillNonZero(const RandomBytes& random, std::array<uint8_t, N>& bytes) {
  do {
    random(bytes.data(), N);
  } while (AllZero(bytes));
}

}  // namespace

void FastRandomBytes(uint8_t* data, size_t size) {
  thread_local std::mt19937_64 generator([] {
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
      std::abort();  // never for 8 bytes after boot
    return seed;
  }());
  for (size_t i = 0; i < size; i += 8) {
    const uint64_t word = generator();
    std::memcpy(data + i, &word, std::min<size_t>(8, size - i));
  }
}

std::optional<TraceContext> ParseTraceparent(absl::string_view header) {
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-')
    return std::nullopt;
  uint8_t version = 0;
  uint8_t flags = 0;
  TraceContext context;
  if (!ReadHex(header.substr(0, 2), &version) ||
      !ReadHex(header.substr(3, 32), context.trace_id.data()) ||
      !ReadHex(header.substr(36, 16), context.span_id.data()) ||
      !ReadHex(header.substr(53, 2), &flags)) {
    return std::nullopt;
  }
  const bool ends_well = header.size() == kLength || (version > 0 && header[kLength] == '-');
  if (version == 0xFF || !ends_well || AllZero(context.trace_id) || AllZero(context.span_id))
    return std::nullopt;
  context.sampled = (flags & 1) != 0;
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  std::string text("00-00000000000000000000000000000000-0000000000000000-00");
  WriteHex(context.trace_id.data(), context.trace_id.size(), &text[3]);
  WriteHex(context.span_id.data(), context.span_id.size(), &text[36]);
  if (context.sampled) text[54] = '1';
  return text;
}

TraceContext NewTrace(const RandomBytes& random) {
  TraceContext context;
  FillNonZero(random, context.trace_id);
  FillNonZero(random, context.span_id);
  context.sampled = true;
  return context;
}

TraceContext ChildOf(const TraceContext& parent, const RandomBytes& random) {
  TraceContext context = parent;
  FillNonZero(random, context.span_id);
  return context;
}

std::string ContinueTrace(absl::string_view header, const RandomBytes& random) {
  const std::optional<TraceContext> parent = ParseTraceparent(header);
  return FormatTraceparent(parent ? ChildOf(*parent, random) : NewTrace(random));
}

absl::string_view TraceIdOf(absl::string_view traceparent) {
  return ParseTraceparent(traceparent) ? traceparent.substr(3, 32) : absl::string_view();
}

}  // namespace stadtmesh::obs

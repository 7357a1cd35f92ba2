// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): the `traceparent` header.
// Values only; randomness is passed in.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::obs {

struct TraceContext {
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> span_id{};
  bool sampled = false;
  bool operator==(const TraceContext&) const = default;
};

// Fills the buffer with random bytes.
using RandomBytes = std::function<void(uint8_t* data, size_t size)>;
// From a per-thread generator seeded by the operating system. Not for secrets.
void FastRandomBytes(uint8_t* data, size_t size);

// Nothing for whatever the standard calls invalid: wrong length or case, version ff, all-zero ids.
// Higher versions are read by their first four fields.
std::optional<TraceContext> ParseTraceparent(absl::string_view header);

// "00-<32 hex>-<16 hex>-01"
std::string FormatTraceparent(const TraceContext& context);

// A new trace.
TraceContext NewTrace(const RandomBytes& random = FastRandomBytes);
// The same trace, a new span.
TraceContext ChildOf(const TraceContext& parent, const RandomBytes& random = FastRandomBytes);

// The traceparent for a span that continues `header`, or begins a trace when `header` is missing or
// invalid.
std::string ContinueTrace(absl::string_view header, const RandomBytes& random = FastRandomBytes);

// The 32 hex digits of the trace id: what log lines carry. Empty for an invalid header.
absl::string_view TraceIdOf(absl::string_view traceparent);

}  // namespace stadtmesh::obs

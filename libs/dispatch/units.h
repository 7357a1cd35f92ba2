// The unit of time of the whole library: ticks of one microsecond, as a signed 64-bit integer.
// Integers, so that equal plans have equal times on every machine; microseconds, so that the
// Euclidean benchmarks of the literature lose less than 0.0001 a route.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace stadtmesh::dispatch {

// A duration, or an instant counted from an origin that the caller chooses once per problem
// (midnight of the service day, say).
using Ticks = int64_t;

inline constexpr Ticks kSecond = 1'000'000;
inline constexpr Ticks kMinute = 60 * kSecond;
inline constexpr Ticks kHour = 60 * kMinute;

// "No limit". Far enough that nothing real reaches it (2,000 years), near enough that sums of a
// hundred of them do not overflow.
inline constexpr Ticks kForever = Ticks{1} << 56;

// Before everything: "not set" for a latest instant.
inline constexpr Ticks kNever = -kForever;

// The widest instant or duration that foreign input may hold (35 years).
inline constexpr Ticks kWidest = Ticks{1} << 50;

inline Ticks ToTicks(absl::Duration duration) { return absl::ToInt64Microseconds(duration); }
inline absl::Duration ToDuration(Ticks ticks) { return absl::Microseconds(ticks); }
inline double ToSeconds(Ticks ticks) {
  return static_cast<double>(ticks) / static_cast<double>(kSecond);
}

}  // namespace stadtmesh::dispatch

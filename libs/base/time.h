// The clock as a value that is passed in, and civil time in Europe/Berlin.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace stadtmesh {

// Tells the time. Production passes SystemClock, tests a fake (libs/testing). Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// Europe/Berlin from the system's time-zone database; aborts when tzdata is not installed.
absl::TimeZone Berlin();

// The civil day in Berlin that holds `time`.
absl::CivilDay BerlinDay(absl::Time time);

// The instant at which `day` begins in Berlin, plus `offset` of wall-clock time: BerlinTime(day,
// Hours(8)) is 08:00 also on the days on which the clocks change. An offset may pass 24 h (service
// after midnight); a wall-clock time that is skipped in spring maps to the instant after the gap,
// one that is repeated in autumn to the first.
absl::Time BerlinTime(absl::CivilDay day, absl::Duration offset);

// "2026-11-21" <-> day. INVALID_ARGUMENT without field details for other forms; callers name the
// field.
absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text);
std::string FormatDay(absl::CivilDay day);

// RFC 3339 in UTC with milliseconds, e.g. "2026-11-21T12:00:00.000Z": for logs and events.
std::string FormatRfc3339(absl::Time time);

}  // namespace stadtmesh

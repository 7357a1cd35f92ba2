#include "base/time.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace stadtmesh {

absl::TimeZone Berlin() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    if (!absl::LoadTimeZone("Europe/Berlin", &loaded))
      std::abort();  // tzdata is a dependency of the package
    return loaded;
  }();
  return zone;
}

absl::CivilDay BerlinDay(absl::Time time) { return absl::ToCivilDay(time, Berlin()); }

absl::Time BerlinTime(absl::CivilDay day, absl::Duration offset) {
  const absl::CivilSecond civil = absl::CivilSecond(day) + absl::ToInt64Seconds(offset);
  const absl::TimeZone::TimeInfo info = Berlin().At(civil);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return absl::InvalidArgumentError("not a day of the form YYYY-MM-DD");
  }
  return day;
}

std::string FormatDay(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string FormatRfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace stadtmesh

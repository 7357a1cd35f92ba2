// The public holidays of the sixteen German states, and those that only some of their
// municipalities have.
#pragma once

#include <optional>
#include <set>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace stadtmesh::buergerbus {

enum class FederalState {
  kBadenWuerttemberg,
  kBavaria,
  kBerlin,
  kBrandenburg,
  kBremen,
  kHamburg,
  kHesse,
  kMecklenburgWesternPomerania,
  kLowerSaxony,
  kNorthRhineWestphalia,
  kRhinelandPalatinate,
  kSaarland,
  kSaxony,
  kSaxonyAnhalt,
  kSchleswigHolstein,
  kThuringia,
};
inline constexpr int kFederalStateCount = 16;

// ISO 3166-2, "DE-NW".
absl::string_view CodeOf(FederalState state);
std::optional<FederalState> FederalStateFromCode(absl::string_view code);

// Holidays by law in some municipalities of a state only.
enum class MunicipalHoliday {
  kAssumption,     // Mariä Himmelfahrt: Bavaria, where most are Catholic
  kCorpusChristi,  // Fronleichnam: parts of Saxony and Thuringia
  kPeaceFestival,  // Friedensfest: the city of Augsburg
};
bool IsPossible(FederalState state, MunicipalHoliday holiday);

// Easter Sunday of the Gregorian calendar (Meeus/Jones/Butcher). Years 1583 and later.
absl::CivilDay EasterSunday(int year);

// The German name of the state's holiday on that day, or empty, by the laws of 2025 (with the days
// on which they began where that was after 2016). Holidays that fall on each other (1 May 2008)
// give one name.
absl::string_view PublicHolidayName(FederalState state, absl::CivilDay day);
absl::string_view PublicHolidayName(MunicipalHoliday holiday, absl::CivilDay day);

}  // namespace stadtmesh::buergerbus

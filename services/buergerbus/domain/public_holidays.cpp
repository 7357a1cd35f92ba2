#include "buergerbus/domain/public_holidays.h"

#include <cstdint>

namespace stadtmesh::buergerbus {
namespace {

// A set of states, one bit each.
using States = uint32_t;
constexpr States Only(FederalState state) { return States{1} << static_cast<int>(state); }
template <typename... More>
constexpr States Only(FederalState state, More... more) {
  return Only(state) | Only(more...);
}
constexpr States kAll = (States{1} << kFederalStateCount) - 1;

using enum FederalState;
constexpr States kCatholic =
    Only(kBadenWuerttemberg, kBavaria, kNorthRhineWestphalia, kRhinelandPalatinate, kSaarland);
constexpr States kReformation =
    Only(kBrandenburg, kMecklenburgWesternPomerania, kSaxony, kSaxonyAnhalt, kThuringia);
constexpr States kReformationSince2018 = Only(kBremen, kHamburg, kLowerSaxony, kSchleswigHolstein);

constexpr int kEver = 0, kForGood = 9999;

// A day with a date, in the years first..last.
struct FixedHoliday {
  int month, day;
  absl::string_view name;
  States states = kAll;
  int first = kEver, last = kForGood;
};
constexpr FixedHoliday kFixed[] = {
    {1, 1, "Neujahr"},
    {1, 6, "Heilige Drei Könige", Only(kBadenWuerttemberg, kBavaria, kSaxonyAnhalt)},
    {3, 8, "Internationaler Frauentag", Only(kBerlin), 2019},
    {3, 8, "Internationaler Frauentag", Only(kMecklenburgWesternPomerania), 2023},
    {5, 1, "Tag der Arbeit"},
    {5, 8, "Tag der Befreiung", Only(kBerlin), 2020, 2020},
    {5, 8, "Tag der Befreiung", Only(kBerlin), 2025, 2025},
    {6, 17, "75. Jahrestag des Volksaufstands in der DDR", Only(kBerlin), 2028, 2028},
    {8, 15, "Mariä Himmelfahrt", Only(kSaarland)},
    {9, 20, "Weltkindertag", Only(kThuringia), 2019},
    {10, 3, "Tag der Deutschen Einheit"},
    {10, 31, "Reformationstag", kReformation},
    {10, 31, "Reformationstag", kReformationSince2018, 2018},
    {10, 31, "Reformationstag", kAll, 2017, 2017},  // 500 years of it
    {11, 1, "Allerheiligen", kCatholic},
    {12, 25, "1. Weihnachtstag"},
    {12, 26, "2. Weihnachtstag"},
};

// A day counted from Easter Sunday.
struct MovableHoliday {
  int days_after_easter;
  absl::string_view name;
  States states = kAll;
};
constexpr int kCorpusChristiAfterEaster = 60;
constexpr MovableHoliday kMovable[] = {
    {-2, "Karfreitag"},
    {0, "Ostersonntag", Only(kBrandenburg)},
    {1, "Ostermontag"},
    {39, "Christi Himmelfahrt"},
    {49, "Pfingstsonntag", Only(kBrandenburg)},
    {50, "Pfingstmontag"},
    {kCorpusChristiAfterEaster, "Fronleichnam", kCatholic | Only(kHesse)},
};

constexpr absl::string_view kCodes[kFederalStateCount] = {
    "DE-BW", "DE-BY", "DE-BE", "DE-BB", "DE-HB", "DE-HH", "DE-HE", "DE-MV",
    "DE-NI", "DE-NW", "DE-RP", "DE-SL", "DE-SN", "DE-ST", "DE-SH", "DE-TH"};

absl::civil_diff_t DaysAfterEaster(absl::CivilDay day) {
  return day - EasterSunday(static_cast<int>(day.year()));
}

// The Wednesday before 23 November.
bool IsDayOfRepentance(absl::CivilDay day) {
  return day == absl::PrevWeekday(absl::CivilDay(day.year(), 11, 23), absl::Weekday::wednesday);
}

}  // namespace

absl::string_view CodeOf(FederalState state) { return kCodes[static_cast<int>(state)]; }

std::optional<FederalState> FederalStateFromCode(absl::string_view code) {
  for (int i = 0; i < kFederalStateCount; ++i) {
    if (kCodes[i] == code) return static_cast<FederalState>(i);
  }
  return std::nullopt;
}

bool IsPossible(FederalState state, MunicipalHoliday holiday) {
  if (holiday == MunicipalHoliday::kCorpusChristi) return state == kSaxony || state == kThuringia;
  return state == kBavaria;
}

absl::CivilDay EasterSunday(int year) {
  const int a = year % 19;
  const int b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4;
  const int f = (b + 8) / 25;
  const int g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31;
  const int day = (h + l - 7 * m + 114) % 31 + 1;
  return absl::CivilDay(year, month, day);
}

absl::string_view PublicHolidayName(FederalState state, absl::CivilDay day) {
  const States here = Only(state);
  for (const FixedHoliday& holiday : kFixed) {
    const bool in_force = holiday.first <= day.year() && day.year() <= holiday.last;
    if (day.month() == holiday.month && day.day() == holiday.day && in_force &&
        (holiday.states & here) != 0)
      return holiday.name;
  }
  const absl::civil_diff_t after_easter = DaysAfterEaster(day);
  for (const MovableHoliday& holiday : kMovable) {
    if (after_easter == holiday.days_after_easter && (holiday.states & here) != 0)
      return holiday.name;
  }
  return state == kSaxony && IsDayOfRepentance(day) ? "Buß- und Bettag" : "";
}

absl::string_view PublicHolidayName(MunicipalHoliday holiday, absl::CivilDay day) {
  switch (holiday) {
    case MunicipalHoliday::kAssumption:
      return day.month() == 8 && day.day() == 15 ? "Mariä Himmelfahrt" : "";
    case MunicipalHoliday::kCorpusChristi:
      return DaysAfterEaster(day) == kCorpusChristiAfterEaster ? "Fronleichnam" : "";
    case MunicipalHoliday::kPeaceFestival:
      return day.month() == 8 && day.day() == 8 ? "Augsburger Friedensfest" : "";
  }
  return "";
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/calendar.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

namespace stadtmesh::buergerbus {
namespace {

using Day = absl::CivilDay;

TEST(Easter, IsWhatTheChurchSays) {
  // Earliest and latest possible dates, leap years, and years to come.
  const std::map<int, absl::CivilDay> known = {
      {1818, Day(1818, 3, 22)}, {1943, Day(1943, 4, 25)}, {2000, Day(2000, 4, 23)},
      {2008, Day(2008, 3, 23)}, {2019, Day(2019, 4, 21)}, {2024, Day(2024, 3, 31)},
      {2025, Day(2025, 4, 20)}, {2026, Day(2026, 4, 5)},  {2027, Day(2027, 3, 28)},
      {2038, Day(2038, 4, 25)}, {2285, Day(2285, 3, 22)}};
  for (const auto& [year, easter] : known) EXPECT_EQ(EasterSunday(year), easter) << year;
}

TEST(Easter, IsASundayInTheChurchesRange) {
  EXPECT_TRUE(rc::check([] {
    const int year = *rc::gen::inRange(1583, 4000);
    const absl::CivilDay easter = EasterSunday(year);
    RC_ASSERT(absl::GetWeekday(easter) == absl::Weekday::sunday);
    RC_ASSERT(easter >= absl::CivilDay(year, 3, 22) && easter <= absl::CivilDay(year, 4, 25));
  }));
}

TEST(PublicHolidays, OfNorthRhineWestphalia2026) {
  const std::map<absl::CivilDay, std::string> expected = {
      {Day(2026, 1, 1), "Neujahr"},
      {Day(2026, 4, 3), "Karfreitag"},
      {Day(2026, 4, 6), "Ostermontag"},
      {Day(2026, 5, 1), "Tag der Arbeit"},
      {Day(2026, 5, 14), "Christi Himmelfahrt"},
      {Day(2026, 5, 25), "Pfingstmontag"},
      {Day(2026, 6, 4), "Fronleichnam"},
      {Day(2026, 10, 3), "Tag der Deutschen Einheit"},
      {Day(2026, 11, 1), "Allerheiligen"},
      {Day(2026, 12, 25), "1. Weihnachtstag"},
      {Day(2026, 12, 26), "2. Weihnachtstag"}};
  std::map<absl::CivilDay, std::string> found;
  for (absl::CivilDay day(2026, 1, 1); day.year() == 2026; ++day) {
    if (!PublicHolidayName(FederalState::kNorthRhineWestphalia, day).empty())
      found[day] = std::string(PublicHolidayName(FederalState::kNorthRhineWestphalia, day));
  }
  EXPECT_EQ(found, expected);
}

TEST(PublicHolidays, ElevenAYearUnlessTwoFallTogether) {
  for (int year = 2020; year <= 2040; ++year) {
    int count = 0;
    for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day)
      count += !PublicHolidayName(FederalState::kNorthRhineWestphalia, day).empty();
    EXPECT_EQ(count, 11) << year;
  }
  int count = 0;
  for (absl::CivilDay day(2008, 1, 1); day.year() == 2008; ++day)
    count += !PublicHolidayName(FederalState::kNorthRhineWestphalia, day).empty();
  EXPECT_EQ(count, 10);  // Ascension Day on 1 May
}

TEST(KindOf, PublicHolidayIsStrongerThanSchoolHoliday) {
  Calendar calendar;
  calendar.school_holidays = {
      {absl::CivilDay(2026, 3, 30), absl::CivilDay(2026, 4, 11)}};  // Easter holidays in NRW
  calendar.extra_public_holidays = {absl::CivilDay(2026, 2, 16)};   // carnival Monday
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 3, 29)), DayKind::kSchoolDay);
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 3, 30)), DayKind::kSchoolHoliday);
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 4, 3)), DayKind::kPublicHoliday);
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 4, 11)), DayKind::kSchoolHoliday);
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 4, 12)), DayKind::kSchoolDay);
  EXPECT_EQ(KindOf(calendar, absl::CivilDay(2026, 2, 16)), DayKind::kPublicHoliday);
}

TEST(DayRule, NeedsWeekdayAndKind) {
  const DayRule rule{{absl::Weekday::friday}, {DayKind::kSchoolDay}};
  EXPECT_TRUE(rule.Matches({}, absl::CivilDay(2026, 11, 27)));
  EXPECT_FALSE(rule.Matches({}, absl::CivilDay(2026, 11, 26)));
  EXPECT_FALSE(rule.Matches({}, absl::CivilDay(2026, 4, 3)));  // Good Friday
  EXPECT_FALSE(DayRule{}.Matches({}, absl::CivilDay(2026, 11, 27)));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

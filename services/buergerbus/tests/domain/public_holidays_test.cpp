#include "buergerbus/domain/public_holidays.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>

#include "buergerbus/domain/calendar.h"

namespace stadtmesh::buergerbus {
namespace {

using Day = absl::CivilDay;
using enum FederalState;

std::map<Day, std::string> HolidaysOf(FederalState state, int year) {
  std::map<Day, std::string> found;
  for (Day day(year, 1, 1); day.year() == year; ++day) {
    const absl::string_view name = PublicHolidayName(state, day);
    if (!name.empty()) found[day] = std::string(name);
  }
  return found;
}

TEST(FederalStates, HaveTheirIsoCodes) {
  std::set<std::string> codes;
  for (int i = 0; i < kFederalStateCount; ++i) {
    const FederalState state = static_cast<FederalState>(i);
    EXPECT_EQ(FederalStateFromCode(CodeOf(state)), state);
    codes.insert(std::string(CodeOf(state)));
  }
  EXPECT_EQ(codes.size(), 16u);
  EXPECT_EQ(FederalStateFromCode("DE-XX"), std::nullopt);
  EXPECT_EQ(FederalStateFromCode("nw"), std::nullopt);
}

// As the laws of the states count them (2026: no two fall together).
TEST(PublicHolidays, OfEachState2026) {
  const std::map<FederalState, size_t> count = {{kBadenWuerttemberg, 12},
                                                {kBavaria, 12},
                                                {kBerlin, 10},
                                                {kBrandenburg, 12},
                                                {kBremen, 10},
                                                {kHamburg, 10},
                                                {kHesse, 10},
                                                {kMecklenburgWesternPomerania, 11},
                                                {kLowerSaxony, 10},
                                                {kNorthRhineWestphalia, 11},
                                                {kRhinelandPalatinate, 11},
                                                {kSaarland, 12},
                                                {kSaxony, 11},
                                                {kSaxonyAnhalt, 11},
                                                {kSchleswigHolstein, 10},
                                                {kThuringia, 11}};
  for (const auto& [state, holidays] : count)
    EXPECT_EQ(HolidaysOf(state, 2026).size(), holidays) << CodeOf(state);
}

TEST(PublicHolidays, ThoseOfOneStateOnly) {
  EXPECT_EQ(PublicHolidayName(kSaxony, Day(2026, 11, 18)), "Buß- und Bettag");
  EXPECT_EQ(PublicHolidayName(kSaxony, Day(2022, 11, 16)), "Buß- und Bettag");  // the earliest
  EXPECT_EQ(PublicHolidayName(kSaxony, Day(2028, 11, 22)), "Buß- und Bettag");  // the latest
  EXPECT_EQ(PublicHolidayName(kThuringia, Day(2026, 11, 18)), "");
  EXPECT_EQ(PublicHolidayName(kThuringia, Day(2026, 9, 20)), "Weltkindertag");
  EXPECT_EQ(PublicHolidayName(kSaarland, Day(2026, 8, 15)), "Mariä Himmelfahrt");
  EXPECT_EQ(PublicHolidayName(kBrandenburg, Day(2026, 4, 5)), "Ostersonntag");
  EXPECT_EQ(PublicHolidayName(kHesse, Day(2026, 4, 5)), "");
}

TEST(PublicHolidays, BeginInTheirYear) {
  EXPECT_EQ(PublicHolidayName(kBerlin, Day(2018, 3, 8)), "");
  EXPECT_EQ(PublicHolidayName(kBerlin, Day(2019, 3, 8)), "Internationaler Frauentag");
  EXPECT_EQ(PublicHolidayName(kMecklenburgWesternPomerania, Day(2022, 3, 8)), "");
  EXPECT_EQ(PublicHolidayName(kMecklenburgWesternPomerania, Day(2023, 3, 8)),
            "Internationaler Frauentag");
  EXPECT_EQ(PublicHolidayName(kHamburg, Day(2016, 10, 31)), "");
  EXPECT_EQ(PublicHolidayName(kHamburg, Day(2018, 10, 31)), "Reformationstag");
  EXPECT_EQ(PublicHolidayName(kBavaria, Day(2017, 10, 31)), "Reformationstag");  // everywhere, once
  EXPECT_EQ(PublicHolidayName(kBavaria, Day(2018, 10, 31)), "");
}

// What every state has, every state has in every year; and nobody has more than the twelve kinds
// there are.
TEST(PublicHolidays, NineAreEverywhere) {
  EXPECT_TRUE(rc::check([] {
    const FederalState state = static_cast<FederalState>(*rc::gen::inRange(0, kFederalStateCount));
    const int year = *rc::gen::inRange(2018, 2100);
    const std::map<Day, std::string> holidays = HolidaysOf(state, year);
    for (const int after_easter : {-2, 1, 39, 50})
      RC_ASSERT(holidays.count(EasterSunday(year) + after_easter) == 1);
    for (const Day day : {Day(year, 1, 1), Day(year, 5, 1), Day(year, 10, 3), Day(year, 12, 25),
                          Day(year, 12, 26)}) {
      RC_ASSERT(holidays.count(day) == 1);
    }
    RC_ASSERT(holidays.size() >= 8 && holidays.size() <= 13);
  }));
}

TEST(MunicipalHolidays, CountWhereTheTownHasThem) {
  Calendar augsburg{
      .state = kBavaria,
      .municipal_holidays = {MunicipalHoliday::kAssumption, MunicipalHoliday::kPeaceFestival}};
  EXPECT_EQ(KindOf(augsburg, Day(2026, 8, 15)), DayKind::kPublicHoliday);
  EXPECT_EQ(KindOf(augsburg, Day(2026, 8, 8)), DayKind::kPublicHoliday);
  EXPECT_EQ(KindOf({.state = kBavaria}, Day(2026, 8, 15)), DayKind::kSchoolDay);
  Calendar bautzen{.state = kSaxony, .municipal_holidays = {MunicipalHoliday::kCorpusChristi}};
  EXPECT_EQ(KindOf(bautzen, Day(2026, 6, 4)), DayKind::kPublicHoliday);
  EXPECT_TRUE(IsPossible(kSaxony, MunicipalHoliday::kCorpusChristi));
  EXPECT_FALSE(IsPossible(kSaxony, MunicipalHoliday::kAssumption));
  EXPECT_FALSE(IsPossible(kNorthRhineWestphalia, MunicipalHoliday::kPeaceFestival));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

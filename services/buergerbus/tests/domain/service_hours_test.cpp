#include "buergerbus/domain/service_hours.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "buergerbus/domain/booking_rules.h"
#include "town.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::TestTown;

const Settings kTown = TestTown();

TEST(OpenOn, FollowsTheFirstRuleThatMatches) {
  EXPECT_EQ(OpenOn(kTown.hours, kTown.calendar, testing::kWednesday),
            (std::vector<TimeWindow>{{At(6), At(20)}}));
  EXPECT_TRUE(OpenOn(kTown.hours, kTown.calendar, absl::CivilDay(2026, 11, 29)).empty());  // Sunday
  EXPECT_TRUE(OpenOn(kTown.hours, kTown.calendar, absl::CivilDay(2026, 12, 25))
                  .empty());  // a Friday, but Christmas
}

TEST(OpenOn, ExceptionsAreStronger) {
  Settings town = kTown;
  const absl::CivilDay christmas_eve(2026, 12, 24);
  town.hours.exceptions[christmas_eve] = {{absl::Hours(8), absl::Hours(12)}};
  town.hours.exceptions[testing::kWednesday] = {};
  EXPECT_EQ(OpenOn(town.hours, town.calendar, christmas_eve),
            (std::vector<TimeWindow>{{At(christmas_eve, 8), At(christmas_eve, 12)}}));
  EXPECT_TRUE(OpenOn(town.hours, town.calendar, testing::kWednesday).empty());
}

TEST(FindOpen, AfterMidnightBelongsToTheDayBefore) {
  const absl::CivilDay saturday(2026, 11, 28);
  const auto found = FindOpen(kTown.hours, kTown.calendar, At(saturday + 1, 1, 30));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->service_day, saturday);
  EXPECT_FALSE(FindOpen(kTown.hours, kTown.calendar, At(saturday + 1, 2)));  // the end is excluded
  EXPECT_FALSE(FindOpen(kTown.hours, kTown.calendar, At(saturday + 1, 12)));
}

TEST(OpenToday, HoldsTheNightThatStillRuns) {
  const absl::CivilDay saturday(2026, 11, 28);
  const TimeWindow night{At(saturday, 9), At(saturday + 1, 2)};
  const auto open = [](absl::Time now) { return OpenToday(kTown.hours, kTown.calendar, now); };
  EXPECT_EQ(open(At(saturday, 23)), (std::vector<TimeWindow>{night}));
  EXPECT_EQ(open(At(saturday + 1, 0, 59)), (std::vector<TimeWindow>{night}));
  EXPECT_TRUE(open(At(saturday + 1, 2)).empty());
  EXPECT_EQ(open(At(saturday, 1)), (std::vector<TimeWindow>{night})) << "Friday's is over";
}

TEST(OpenOn, DaysOnWhichTheClocksChange) {
  ServiceHours all_day;
  all_day.rules = {{{{absl::Weekday::sunday}, {DayKind::kSchoolDay, DayKind::kSchoolHoliday}},
                    {{absl::Hours(0), absl::Hours(24)}}}};
  const auto length = [&](absl::CivilDay day) {
    const TimeWindow window = OpenOn(all_day, {}, day).at(0);
    return window.end - window.begin;
  };
  EXPECT_EQ(length(absl::CivilDay(2026, 3, 29)), absl::Hours(23));
  EXPECT_EQ(length(absl::CivilDay(2026, 10, 25)), absl::Hours(25));
  EXPECT_EQ(length(absl::CivilDay(2026, 11, 22)), absl::Hours(24));
  // Saturday's service ends at 2 on the wall clock, also in the night that has no 2 o'clock.
  const absl::CivilDay before_spring(2026, 3, 28);
  const TimeWindow night = OpenOn(kTown.hours, kTown.calendar, before_spring).at(0);
  EXPECT_EQ(night.end - night.begin, absl::Hours(17));
  EXPECT_EQ(absl::FormatTime("%H:%M", night.end, Berlin()), "03:00");
}

TEST(OpenOn, HoursInsideTheSpringGapVanish) {
  ServiceHours gap;
  gap.rules = {
      {{{absl::Weekday::sunday}, {DayKind::kSchoolDay}}, {{absl::Hours(2), absl::Minutes(150)}}}};
  EXPECT_TRUE(OpenOn(gap, {}, absl::CivilDay(2026, 3, 29)).empty());
  EXPECT_EQ(OpenOn(gap, {}, absl::CivilDay(2026, 3, 22)).size(), 1u);
}

TEST(NextOpen, SkipsSundaysAndHolidays) {
  const auto next = NextOpen(kTown.hours, kTown.calendar, At(absl::CivilDay(2026, 12, 24), 21));
  ASSERT_TRUE(next);  // 25th and 26th are holidays, the 27th is a Sunday
  EXPECT_EQ(next->window.begin, At(absl::CivilDay(2026, 12, 28), 6));
  EXPECT_FALSE(NextOpen({}, {}, At(8)));
}

TEST(FindOpen, AgreesWithOpenOn) {
  EXPECT_TRUE(rc::check([] {
    const absl::Time time =
        At(absl::CivilDay(2026, 1, 1), 0) + absl::Minutes(*rc::gen::inRange(0, 365 * 24 * 60));
    const auto found = FindOpen(kTown.hours, kTown.calendar, time);
    bool open = false;
    for (int back = 0; back <= 1; ++back) {
      for (const TimeWindow& w : OpenOn(kTown.hours, kTown.calendar, BerlinDay(time) - back)) {
        open = open || (w.begin <= time && time < w.end);
      }
    }
    RC_ASSERT(found.has_value() == open);
    const auto next = NextOpen(kTown.hours, kTown.calendar, time);
    if (found) {
      RC_ASSERT(next.has_value());
      RC_ASSERT(next->window == found->window);
    } else if (next) {
      RC_ASSERT(next->window.begin > time);
    }
  }));
}

TEST(Notice, DayBeforeCountsFromTheServiceDay) {
  const absl::CivilDay saturday(2026, 11, 28);
  const absl::Time after_midnight = At(saturday + 1, 1);
  EXPECT_EQ(BookableUntil(NoticeDayBefore{absl::Hours(16)}, saturday, after_midnight),
            At(saturday - 1, 16));
  EXPECT_EQ(BookableUntil(NoticeAhead{absl::Minutes(60)}, saturday, after_midnight),
            At(saturday + 1, 0));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

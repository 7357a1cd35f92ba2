#include "base/time.h"

#include <gtest/gtest.h>

namespace stadtmesh {
namespace {

absl::Time Utc(int month, int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), absl::UTCTimeZone());
}

TEST(BerlinTime, KeepsTheWallClockWhenTheClocksChange) {
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 1, 5), absl::Hours(8)), Utc(1, 5, 7, 0));
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 3, 29), absl::Hours(8)), Utc(3, 29, 6, 0));
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 10, 25), absl::Hours(8)), Utc(10, 25, 7, 0));
}

TEST(BerlinTime, SkippedAndRepeatedHours) {
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 3, 29), absl::Hours(2) + absl::Minutes(30)),
            Utc(3, 29, 1, 0));
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 10, 25), absl::Hours(2) + absl::Minutes(30)),
            Utc(10, 25, 0, 30));
}

TEST(BerlinTime, PassesMidnight) {
  EXPECT_EQ(BerlinTime(absl::CivilDay(2026, 1, 5), absl::Hours(25)), Utc(1, 6, 0, 0));
}

TEST(Day, ParsesStrictly) {
  EXPECT_EQ(*ParseDay("2026-11-21"), absl::CivilDay(2026, 11, 21));
  for (const char* bad :
       {"", "2026-1-1", "2026-13-01", "2026-02-30", "21.11.2026", "2026-11-21 "}) {
    EXPECT_FALSE(ParseDay(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace stadtmesh

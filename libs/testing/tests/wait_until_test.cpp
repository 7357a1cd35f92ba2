#include "testing/wait_until.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace stadtmesh::testing {
namespace {

TEST(WaitUntil, ReturnsAsSoonAsTheConditionHolds) {
  int polls = 0;
  EXPECT_TRUE(WaitUntil([&] { return ++polls == 3; }));
  EXPECT_EQ(polls, 3);
}

TEST(WaitUntil, GivesUpAtTheTimeout) {
  EXPECT_FALSE(WaitUntil([] { return false; }, absl::Milliseconds(20)));
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(clock.Now(), start + absl::Seconds(5));
  clock.Set(absl::UnixEpoch());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
}

}  // namespace
}  // namespace stadtmesh::testing

// Riders hear that the bus is late, whatever the cause: over the wire, with the task that watches.
#include <gmock/gmock.h>

#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Lateness : public ::testing::Test {
 protected:
  Lateness() {
    EXPECT_TRUE(town_.service().services().lateness.Schedule(kTenant, Town::Soon()).ok());
  }
  // What the watch sees at this time.
  void LookAt(absl::Time time) {
    town_.clock().Set(time);
    while (town_.service().tasks().RunDue() > 0) {
    }
  }
  int Announcements() {
    int count = 0;
    for (const store::OutboxEntry& entry : town_.Outbox())
      count += entry.type == "stadtmesh.buergerbus.ride.delayed.v1" ? 1 : 0;
    return count;
  }
  std::vector<v1::Call::Cause> Calls() {
    std::vector<v1::Call::Cause> causes;
    for (const v1::Call& call : OpenCalls(town_)) causes.push_back(call.cause());
    return causes;
  }
  bool OnBoardExpected(const std::string& ride) {
    v1::GetBoardRequest request;
    request.set_day("2025-03-03");
    const auto board = town_.Call<v1::GetBoardResponse>(Dispatcher(), "GetBoard", request);
    EXPECT_TRUE(board.ok()) << board.status();
    for (int i = 0; board.ok() && i < board->rides_size(); ++i) {
      const auto& each = board->rides(i);
      if (each.ride_id() == ride) return each.has_expected_pickup();
    }
    ADD_FAILURE() << "not on the board";
    return false;
  }

  Town town_;
};

TEST_F(Lateness, OfAShiftThatNobodyStartsIsToldOnce) {
  const auto app = town_.Book(Citizen(), town_.Wish(absl::Minutes(75)));
  const auto phone = BookByPhone(town_, town_.Wish(absl::Minutes(75)));
  ASSERT_TRUE(app.ok() && phone.ok());
  const absl::Time latest =
      std::max(TimeOf(app->promise().pickup().end()), TimeOf(phone->promise().pickup().end()));
  LookAt(latest - absl::Minutes(20));
  EXPECT_EQ(Announcements(), 0);
  LookAt(latest + absl::Minutes(3));
  EXPECT_EQ(Announcements(), 2);
  EXPECT_THAT(Calls(), ElementsAre(v1::Call::RUNNING_LATE));
  EXPECT_TRUE(OnBoardExpected(app->ride_id()));
  LookAt(latest + absl::Minutes(4));
  EXPECT_EQ(Announcements(), 2) << "nothing new";
  LookAt(latest + absl::Minutes(9));
  EXPECT_EQ(Announcements(), 4) << "later by more than five minutes";
  EXPECT_THAT(Calls(), ElementsAre(v1::Call::RUNNING_LATE)) << "which waits still";
}

TEST_F(Lateness, WhoWasCalledIsCalledAgainWhenTheBusComesInTime) {
  const auto ride = BookByPhone(town_, town_.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok() && BeginShift(town_, *ride).ok());
  town_.clock().Set(TimeOf(ride->promise().pickup().begin()) - absl::Minutes(40));
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::Minutes(50)).ok());
  ASSERT_THAT(Calls(), ElementsAre(v1::Call::RUNNING_LATE));
  // Nobody had called yet: nothing to say.
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::ZeroDuration()).ok());
  EXPECT_THAT(Calls(), IsEmpty());
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::Minutes(50)).ok());
  TickOffCalls(town_);
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::ZeroDuration()).ok());
  EXPECT_THAT(Calls(), ElementsAre(v1::Call::RUNNING_LATE));
  EXPECT_FALSE(OnBoardExpected(ride->ride_id()));
  town_.clock().Advance(absl::Minutes(1));
  TickOffCalls(town_);
  // Late once more, and over before anybody has called: the last they heard is true.
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::Minutes(50)).ok());
  ASSERT_TRUE(DelayBy(town_, ride->tour_id(), absl::ZeroDuration()).ok());
  EXPECT_THAT(Calls(), IsEmpty());
}

TEST_F(Lateness, OfManyIsToldOverSeveralLooks) {
  absl::Time latest = town_.clock().Now();
  int booked = 0;
  for (int i = 0; i < 30; ++i) {
    const auto ride = BookByPhone(town_, town_.Wish(absl::Minutes(75 + 2 * i)));
    if (!ride.ok()) continue;
    ++booked;
    latest = std::max(latest, TimeOf(ride->promise().pickup().end()));
  }
  ASSERT_GT(booked, 20);
  LookAt(latest + absl::Minutes(3));
  LookAt(latest + absl::Minutes(4));
  LookAt(latest + absl::Minutes(5));
  EXPECT_EQ(Calls().size(), booked);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

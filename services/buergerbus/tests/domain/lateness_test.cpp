// Who hears that the bus comes later than promised, and when not.
#include "buergerbus/domain/lateness.h"

#include <gmock/gmock.h>

#include <map>

#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::At;
using testing::Do;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kBernd;
using testing::Planned;
using testing::Running;
using testing::Serve;

// Both are to be picked up between 14:00 and 14:15: a at 14:02, b at 14:03.
std::vector<std::string> Told(const Tour& tour, absl::Time now) {
  std::vector<std::string> rides;
  for (const Pickup& pickup : NewsOfPickups(tour, now)) rides.push_back(pickup.ride.value());
  return rides;
}

Tour Announced(Tour tour, absl::Time now) {
  for (const Pickup& pickup : NewsOfPickups(tour, now))
    tour = Do(tour, NoteAnnounced{pickup.ride, pickup.expected}, now);
  return tour;
}

TEST(Lateness, IsNewsFromTwoMinutesBeyondThePromiseOn) {
  EXPECT_THAT(Told(Running(), At(14, 15)), IsEmpty());
  EXPECT_THAT(Told(Running(), At(14, 16)), ElementsAre("b")) << "b is expected at 14:17";
  EXPECT_THAT(Told(Running(), At(14, 17)), ElementsAre("a", "b"));
}

TEST(Lateness, NeedsNoReport) {
  EXPECT_THAT(Told(Planned(), At(14, 30)), ElementsAre("a", "b")) << "a shift nobody has started";
  const Tour one = Do(Running(), Serve(VisitKind::kPickup, "a"), At(14, 20));
  EXPECT_THAT(Told(one, At(14, 20)), ElementsAre("b")) << "a visit that took long";
}

TEST(Lateness, IsToldOnceAndAgainWhenItHasChanged) {
  const Tour told = Announced(Running(), At(14, 20));
  EXPECT_THAT(Told(told, At(14, 20)), IsEmpty());
  EXPECT_THAT(Told(told, At(14, 24)), IsEmpty());
  EXPECT_THAT(Told(told, At(14, 25)), ElementsAre("a", "b"));
}

// Nobody reports anything: a message now and then, not one every five minutes for hours.
TEST(Lateness, OfABusThatNeverComesIsToldEverMoreSeldom) {
  Tour tour = Planned();
  std::map<RideId, int> messages;
  absl::Time last = At(14);
  for (absl::Time now = At(14); now < At(14) + absl::Hours(24); now += Minutes(1)) {
    for (const Pickup& pickup : NewsOfPickups(tour, now)) {
      tour = Do(tour, NoteAnnounced{pickup.ride, pickup.expected}, now);
      ++messages[pickup.ride];
      last = now;
    }
  }
  EXPECT_LE(messages[RideId("a")], 12);
  EXPECT_GE(messages[RideId("a")], 8);
  EXPECT_LE(last, At(20));
  EXPECT_EQ(NextPickup(tour, At(19)), At(14, 2));
  EXPECT_EQ(NextPickup(tour, At(20)), absl::InfiniteFuture());
}

TEST(Lateness, OfABusThatIsThereIsNoNews) {
  const Tour there = Do(Running(), ArriveAt{kBernd, VisitKind::kPickup, RideId("a")}, At(14, 13));
  EXPECT_THAT(Told(there, At(14, 25)), IsEmpty()) << "both get in there";
}

TEST(Lateness, ThatBecomesLessIsNewsBeforeItIsHalf) {
  const Tour late = Do(Running(), ReportDelay{kBernd, Minutes(90)}, At(13, 50));
  const Tour told = Announced(late, At(13, 50));
  const Tour less = Do(told, ReportDelay{kBernd, Minutes(80)}, At(13, 51));
  EXPECT_THAT(Told(less, At(13, 51)), ElementsAre("a", "b"));
  const Tour more = Do(told, ReportDelay{kBernd, Minutes(100)}, At(13, 51));
  EXPECT_THAT(Told(more, At(13, 51)), IsEmpty());
}

TEST(Lateness, ThatIsOverIsNewsToo) {
  const Tour late = Do(Running(), ReportDelay{kBernd, Minutes(30)}, At(13, 50));
  const Tour told = Announced(late, At(13, 50));
  const Tour in_time = Do(told, ReportDelay{kBernd, Minutes(0)}, At(13, 55));
  ASSERT_THAT(Told(in_time, At(13, 55)), ElementsAre("a", "b"));
  Tour known = in_time;
  for (const char* ride : {"a", "b"})
    known = Do(known, NoteAnnounced{RideId(ride), std::nullopt}, At(13, 55));
  EXPECT_THAT(Told(known, At(13, 55)), IsEmpty());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

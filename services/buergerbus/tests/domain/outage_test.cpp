// A vehicle that is out of service for a part of its day, and its driver's breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/domain/spans.h"
#include "tours.h"

namespace stadtmesh::buergerbus {
namespace {

using absl::Minutes;
using testing::Aboard;
using testing::At;
using testing::Do;
using ::testing::ElementsAre;
using testing::EmptyTour;
using ::testing::IsEmpty;
using testing::kBernd;
using testing::kTourRules;
using testing::MakeAssignment;
using testing::MakeVisit;
using testing::Outcome;
using testing::Planned;

const DriverId kAnna("anna");
const ShiftId kEarly("bus-1-early");

TEST(Outage, DropsWhatIsNotDoneByThen) {
  const auto from = [](absl::Time begin) { return TimeWindow{begin, absl::InfiniteFuture()}; };
  EXPECT_TRUE(RidesDroppedBy(Planned(), from(At(14, 12)), At(5)).empty());
  ASSERT_EQ(RidesDroppedBy(Planned(), from(At(14, 11)), At(5)).size(), 1u);  // a is done by then
  const std::vector<DroppedRide> dropped = RidesDroppedBy(Aboard(), from(At(14, 5)), At(5));
  ASSERT_EQ(dropped.size(), 2u);
  EXPECT_TRUE(dropped[0].aboard);
  const Tour out = Do(Aboard(), TakeVehicleOut{from(At(14, 5))}, At(14, 5));
  EXPECT_TRUE(OpenRides(out).empty());
  EXPECT_EQ(out.visits.size(), 2u);  // the record of who was picked up stays
  EXPECT_EQ(out.visits[1].load_after, Load{});
  EXPECT_EQ(Outcome(out, TakeVehicleOut{from(At(14, 5))}, At(14, 5)), "same");
  EXPECT_TRUE(Do(out, ReturnVehicle{}, At(16)).outages.empty());
}

TEST(Outage, LeavesWhatIsDrivenBeforeAndAfterIt) {
  const Tour planned = Planned();
  const absl::Time first = planned.visits.front().leave_at(), last = planned.visits.back().end;
  const auto out = [&](absl::Time begin, absl::Time end) {
    return Do(planned, TakeVehicleOut{{begin, end}}, At(5)).visits.size();
  };
  EXPECT_EQ(out(At(6), first), planned.visits.size());
  EXPECT_EQ(out(last, last + absl::Hours(1)), planned.visits.size());
  EXPECT_LT(out(At(6), first + absl::Seconds(1)), planned.visits.size());
  EXPECT_LT(out(last - absl::Seconds(1), last + absl::Hours(1)), planned.visits.size());
  // Nothing may be planned into it, and what stands may stay.
  const Tour behind = Do(planned, TakeVehicleOut{{At(6), first}}, At(5));
  const TourPlan same{planned.id, behind.plan_revision, behind.assignments, behind.visits, {}};
  EXPECT_TRUE(CheckPlan(behind, same, {}, kTourRules.freeze, At(5)).ok());
  Tour into = planned;
  into.outages = {{At(6), first + Minutes(1)}};
  const TourPlan overlapping{
      planned.id, planned.plan_revision, planned.assignments, planned.visits, {}};
  Tour empty = into;
  empty.visits.clear();
  empty.assignments.clear();
  EXPECT_EQ(ReasonOf(CheckPlan(empty, overlapping, {}, kTourRules.freeze, At(5))),
            Reason::kVehicleOut);
}

TEST(Outage, TwoOfThemLeaveWhatIsBetween) {
  const TimeWindow morning{At(13), At(13, 30)}, evening{At(16), At(17)};
  const Tour once = Do(Planned(), TakeVehicleOut{evening}, At(5));
  EXPECT_THAT(RidesDroppedBy(once, morning, At(5)), IsEmpty());
  const Tour twice = Do(once, TakeVehicleOut{morning}, At(5));
  EXPECT_EQ(OpenRides(twice).size(), 2u);
  EXPECT_THAT(twice.outages, ElementsAre(morning, evening));
  const TourPlan same{twice.id, twice.plan_revision, twice.assignments, twice.visits, {}};
  EXPECT_TRUE(CheckPlan(twice, same, {}, kTourRules.freeze, At(5)).ok());
  EXPECT_THAT(Do(twice, ReturnVehicle{{evening}}, At(14)).outages, ElementsAre(evening));
}

// The way of b begins where a got off: without a, the bus would have to leave during the outage.
TEST(Outage, WhoLosesTheNeighbourMayLoseTheWay) {
  Tour tour = EmptyTour();
  tour.assignments = {MakeAssignment("a", At(14)), MakeAssignment("b", At(14, 30))};
  tour.visits = {MakeVisit(VisitKind::kPickup, "a", At(14), 0, {1, 0, 0}),
                 MakeVisit(VisitKind::kDropoff, "a", At(14, 12), 10, {0, 0, 0}),
                 MakeVisit(VisitKind::kPickup, "b", At(14, 30), 0, {1, 0, 0}),
                 MakeVisit(VisitKind::kDropoff, "b", At(14, 42), 10, {0, 0, 0})};
  const TimeWindow out{At(13, 55), At(14, 25)};
  ASSERT_EQ(RidesDroppedBy(tour, out, At(5)).size(), 2u);
  EXPECT_THAT(OpenRides(Do(tour, TakeVehicleOut{out}, At(5))), IsEmpty());
  tour.visits[2].begin = tour.visits[2].end = At(14, 40);  // time enough for the whole way
  EXPECT_EQ(RidesDroppedBy(tour, out, At(5)).size(), 1u);
}

TEST(Breaks, AreOwedAsLongAsTheyCanBegin) {
  Tour tour = EmptyTour();  // 30 minutes, to begin between 9 and 10
  EXPECT_THAT(BreaksOwed(tour, 0, At(5)), ElementsAre(0));
  EXPECT_THAT(BreaksOwed(tour, 0, At(10)), ElementsAre(0));
  EXPECT_THAT(BreaksOwed(tour, 0, At(10, 1)), IsEmpty()) << "the bus stood idle";
  tour.outages = {{At(8), At(9, 45)}};
  EXPECT_THAT(BreaksOwed(tour, 0, At(5)), ElementsAre(0));
  tour.outages = {{At(8), At(9, 15)}, {At(9, 30), At(10, 30)}};
  EXPECT_THAT(BreaksOwed(tour, 0, At(5)), IsEmpty()) << "no half hour between them";
}

TEST(Breaks, AreTakenAlsoWithNobodyToDrive) {
  const Tour running = Do(EmptyTour(), StartShift{kEarly, kAnna}, At(6));
  EXPECT_EQ(Outcome(running, TakeBreak{kAnna}, At(7)), "TOO_EARLY_FOR_BREAK");
  EXPECT_EQ(Outcome(running, TakeBreak{kBernd}, At(9)), "NOT_YOUR_SHIFT");
  const Tour taken = Do(running, TakeBreak{kAnna}, At(9, 10));
  ASSERT_EQ(taken.executed, 1);
  EXPECT_EQ(taken.visits[0].begun_at, At(9, 10));
  EXPECT_EQ(Outcome(taken, TakeBreak{kAnna}, At(9, 15)), "same") << "reported twice";
  EXPECT_EQ(Outcome(taken, TakeBreak{kAnna}, At(9, 50)), "VISIT_NOT_NEXT");
}

TEST(Spans, EndWhereTheyAreEnded) {
  const TimeWindow today{At(8), At(9)}, later{At(12), At(13)};
  EXPECT_THAT(Joined({later, {At(8, 30), At(9)}, {At(8), At(8, 30)}}), ElementsAre(today, later));
  EXPECT_THAT(EndedAt({today, later}, At(8, 20)), ElementsAre(TimeWindow{At(8), At(8, 20)}, later));
  EXPECT_THAT(EndedAt({today, later}, At(8)), ElementsAre(later)) << "it has not begun";
  EXPECT_THAT(EndedAt({today, later}, At(10)), ElementsAre(today)) << "the next one";
  EXPECT_THAT(EndedAt({today}, At(10)), ElementsAre(today));
  EXPECT_EQ(RunningOrNext({today, later}, At(8, 59)), today);
  EXPECT_EQ(RunningOrNext({today, later}, At(9)), later);
  EXPECT_EQ(RunningOrNext({today, later}, At(13)), std::nullopt);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

// Travel times of the hour from the road graph: first in, first out, and never below their bound.
#include "buergerbus/road_oracle.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/time.h"
#include "routing/tests/random_roads.h"

namespace stadtmesh::buergerbus {
namespace {

routing::SpeedProfile DrawProfile() {
  routing::SpeedProfile profile;
  for (auto& hour : profile.percent) {
    hour.fill(static_cast<uint8_t>(*rc::gen::element(40, 80, 100, 130)));
  }
  return profile;
}

TEST(RoadOracle, WhoLeavesLaterNeverArrivesEarlier) {
  EXPECT_TRUE(rc::check([] {
    const routing::RandomRoads roads = routing::DrawRoads(12, false);
    const auto graph = roads.Builder().Build();
    RC_PRE(graph.ok());
    auto free = routing::TravelTimes::Create(*graph);
    auto traffic = (*free)->WithProfile(DrawProfile());
    RC_ASSERT(traffic.ok());
    const RoadOracle oracle(*std::move(free), *std::move(traffic));
    const absl::Time origin = BerlinTime(absl::CivilDay(2026, 11, 24), absl::ZeroDuration());
    const auto travel = oracle.Over(roads.nodes, origin);
    RC_ASSERT(travel.ok());
    const int places = (*travel)->places();
    for (int pair = 0; pair < 20; ++pair) {
      const int from = *rc::gen::inRange(0, places), to = *rc::gen::inRange(0, places);
      dispatch::Ticks arrived = 0;
      dispatch::Ticks leave = *rc::gen::inRange<dispatch::Ticks>(0, 3 * dispatch::kHour);
      for (int step = 0; step < 60; ++step) {
        const dispatch::Ticks drive = (*travel)->Between(from, to, leave);
        RC_ASSERT(drive >= (*travel)->AtLeast(from, to));
        RC_ASSERT(leave + drive >= arrived);
        arrived = leave + drive;
        leave += *rc::gen::element<dispatch::Ticks>(1, dispatch::kSecond, 7 * dispatch::kMinute,
                                                    dispatch::kHour);
      }
    }
  }));
}

// What the hours of a pair are, the road graph says; at weekends, and without traffic, none
// matters.
TEST(RoadOracle, HoursAreThoseOfTheRoadsOnWorkingDays) {
  EXPECT_TRUE(rc::check([] {
    const routing::RandomRoads roads = routing::DrawRoads(8, false);
    const auto graph = roads.Builder().Build();
    RC_PRE(graph.ok());
    const std::shared_ptr<const routing::TravelTimes> free = *routing::TravelTimes::Create(*graph);
    const std::shared_ptr<const routing::TravelTimes> traffic = *free->WithProfile(DrawProfile());
    const RoadOracle oracle(free, traffic), calm(free);
    const auto over = [&](const RoadOracle& asked, int day) {
      return *asked.Over(roads.nodes, BerlinTime(absl::CivilDay(2026, 11, day), absl::Hours(0)));
    };
    const auto tuesday = over(oracle, 24), sunday = over(oracle, 29), always = over(calm, 24);
    RC_ASSERT(tuesday->time_dependent() && !sunday->time_dependent());
    RC_ASSERT(!always->time_dependent());
    for (int pair = 0; pair < 10; ++pair) {
      const int from = *rc::gen::inRange(0, always->places());
      const int to = *rc::gen::inRange(0, always->places());
      const int hour = *rc::gen::inRange(0, 24);
      const auto a = free->graph().SnapTo(roads.nodes[from]);
      const auto b = free->graph().SnapTo(roads.nodes[to]);
      if (!a.ok() || !b.ok()) continue;  // too far from any road
      const dispatch::Ticks half_past = hour * dispatch::kHour + dispatch::kHour / 2;
      if (from == to) continue;
      RC_ASSERT(tuesday->Between(from, to, half_past) ==
                traffic->Seconds(*a, *b, hour) * dispatch::kSecond);
      RC_ASSERT(sunday->Between(from, to, half_past) == always->Between(from, to, 0));
    }
  }));
}

}  // namespace
}  // namespace stadtmesh::buergerbus

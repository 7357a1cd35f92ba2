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
    auto times = routing::TravelTimes::Create(*graph, DrawProfile());
    RC_ASSERT(times.ok());
    const RoadOracle oracle(std::shared_ptr<const routing::TravelTimes>(*std::move(times)), true);
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

}  // namespace
}  // namespace stadtmesh::buergerbus

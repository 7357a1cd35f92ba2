#include "base/geo.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace stadtmesh {
namespace {

TEST(Geo, BillerbeckToCoesfeldIsAboutNineKilometres) {
  EXPECT_NEAR(DistanceMetres({51.9772, 7.2955}, {51.9449, 7.1677}), 9'450, 150);
}

TEST(Geo, RefusesWhatIsNoPoint) {
  EXPECT_FALSE(IsValid({std::numeric_limits<double>::quiet_NaN(), 0}));
  EXPECT_FALSE(IsValid({90.1, 0}));
  EXPECT_FALSE(IsValid({0, -180.1}));
  EXPECT_TRUE(IsValid({-90, 180}));
}

TEST(Polygon, KnowsInsideOutsideAndBoundary) {
  const Polygon u(
      {{0, 0}, {0, 3}, {3, 3}, {3, 2}, {1, 2}, {1, 1}, {3, 1}, {3, 0}});  // a U: concave
  EXPECT_TRUE(u.Contains({0.5, 1.5}));
  EXPECT_FALSE(u.Contains({2, 1.5}));
  EXPECT_TRUE(u.Contains({2, 0.5}));
  EXPECT_TRUE(u.Contains({0, 1}));
  EXPECT_FALSE(u.Contains({-0.1, 1}));
  EXPECT_FALSE(Polygon().Contains({0, 0}));
}

RC_GTEST_PROP(Geo, DistanceIsAMetric, ()) {
  const auto point = [] {
    return LatLon{*rc::gen::inRange(-9000, 9001) / 100.0, *rc::gen::inRange(-18000, 18001) / 100.0};
  };
  const LatLon a = point(), b = point(), c = point();
  RC_ASSERT(std::abs(DistanceMetres(a, b) - DistanceMetres(b, a)) < 1e-6);
  RC_ASSERT(DistanceMetres(a, a) == 0);
  RC_ASSERT(DistanceMetres(a, c) <= DistanceMetres(a, b) + DistanceMetres(b, c) + 1e-3);
}

TEST(Polygon, ARingReadBackIsTheRing) {
  const LatLon a{52, 7}, b{52, 8}, c{53, 8};
  for (const std::vector<LatLon>& points : std::vector<std::vector<LatLon>>{
           {a, b, c}, {a, b, c, a}, {a, b, c, a, a}, {a, a, a, a}, {a, a}, {}}) {
    const Polygon once(points);
    EXPECT_EQ(Polygon(once.ring()).ring(), once.ring()) << points.size();
  }
}

}  // namespace
}  // namespace stadtmesh

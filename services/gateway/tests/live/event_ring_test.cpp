#include "gateway/live/event_ring.h"

#include <gtest/gtest.h>

namespace stadtmesh::gateway {
namespace {

void Add(EventRing& ring, const std::string& topic, events::Position position) {
  ring.Reach(topic, position);
  LiveItem item;
  item.topic = topic;
  item.position = position;
  ring.Push(std::move(item));
}

TEST(EventRingTest, CoversWhatItHolds) {
  EventRing ring(2);
  ring.Connect("a", {{0, 4}, {1, -1}});
  EXPECT_TRUE(ring.Covers({{"a", {{0, 4}, {1, -1}}}}));
  EXPECT_FALSE(ring.Covers({{"a", {{0, 3}, {1, -1}}}}));
  EXPECT_FALSE(ring.Covers({{"a", {{0, 4}}}}));
  EXPECT_FALSE(ring.Covers({}));
  for (int64_t offset = 5; offset < 8; ++offset) Add(ring, "a", {0, offset});
  EXPECT_EQ(ring.first(), 1u);
  EXPECT_EQ(ring.end(), 3u);
  EXPECT_EQ(ring.at(2).id, "a:0=7,1=-1");
  EXPECT_TRUE(ring.Covers({{"a", {{0, 5}, {1, -1}}}}));
  EXPECT_FALSE(ring.Covers({{"a", {{0, 4}, {1, -1}}}}));
}

TEST(EventRingTest, KnowsWhatLiesBeyondIt) {
  EventRing ring(2);
  ring.Connect("a", {{0, 4}});
  EXPECT_FALSE(ring.IsAhead({{"a", {{0, 4}}}}));
  EXPECT_TRUE(ring.IsAhead({{"a", {{0, 5}}}}));
  EXPECT_FALSE(ring.IsAhead({{"elsewhere", {{0, 5}}}}));
}

TEST(EventRingTest, ALostLogBeginsAnewWithItsNextEvent) {
  EventRing ring(4);
  ring.Connect("a", {{0, 4}});
  ring.Connect("b", {{0, 1}});
  Add(ring, "a", {0, 5});
  Add(ring, "b", {0, 2});
  ring.Lose("a", 0);
  EXPECT_EQ(ring.first(), ring.end()) << "their ids point into the old log";
  EXPECT_TRUE(ring.Covers(ring.current()));
  EXPECT_FALSE(ring.Covers({{"a", {{0, 5}}}, {"b", {{0, 1}}}})) << "2 is no longer held";
  Add(ring, "a", {0, 0});
  EXPECT_EQ(ring.at(2).id, "a:0=0;b:0=2");
  EXPECT_TRUE(ring.Covers({{"a", {{0, -1}}}, {"b", {{0, 2}}}}));
  ring.Lose("a", 0);
  Add(ring, "a", {0, 1000});
  EXPECT_FALSE(ring.Covers({{"a", {{0, 500}}}, {"b", {{0, 2}}}})) << "501 to 999 were never heard";
  EXPECT_TRUE(ring.Covers({{"a", {{0, 999}}}, {"b", {{0, 2}}}}));
}

}  // namespace
}  // namespace stadtmesh::gateway

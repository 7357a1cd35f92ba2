#include "events/watermark_filter.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "events/tests/samples.h"

namespace stadtmesh::events {
namespace {

TEST(WatermarkFilter, LetsEachEventPassOnceAndInOrder) {
  ASSERT_TRUE(
      rc::check("what passes is strictly increasing per aggregate, and nothing new is dropped", [] {
        using Step = std::tuple<int, uint64_t, uint64_t>;
        const auto steps = *rc::gen::container<std::vector<Step>>(
            rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange<uint64_t>(0, 3),
                           rc::gen::inRange<uint64_t>(1, 6)));
        WatermarkFilter filter;
        std::map<int, std::pair<uint64_t, uint64_t>> last;
        for (const auto& [aggregate, epoch, n] : steps) {
          Event event = SampleEvent(absl::StrCat("a", aggregate), n);
          event.epoch = epoch;
          const bool is_new =
              !last.contains(aggregate) || std::make_pair(epoch, n) > last[aggregate];
          RC_ASSERT(filter.Pass(event) == is_new);
          if (is_new) last[aggregate] = {epoch, n};
        }
      }));
}

// What was measured on Kafka with a relay that lost its lease.
TEST(WatermarkFilter, DropsWhatALateRelayPublishesAgain) {
  WatermarkFilter filter;
  std::vector<std::string> passed;
  for (const auto& [aggregate, n] : std::vector<std::pair<std::string, int>>{{"a", 1},
                                                                             {"a", 2},
                                                                             {"a", 3},
                                                                             {"a", 4},
                                                                             {"a", 5},
                                                                             {"a", 4},
                                                                             {"a", 5},
                                                                             {"b", 1},
                                                                             {"a", 6}}) {
    if (filter.Pass(SampleEvent(aggregate, n))) passed.push_back(absl::StrCat(aggregate, n));
  }
  EXPECT_EQ(passed, (std::vector<std::string>{"a1", "a2", "a3", "a4", "a5", "b1", "a6"}));
}

TEST(WatermarkFilter, TenantsAndServicesDoNotMix) {
  WatermarkFilter filter;
  Event event = SampleEvent("a", 7);
  EXPECT_TRUE(filter.Pass(event));
  event.tenant = "other";
  EXPECT_TRUE(filter.Pass(event));
  event.service = "other";
  EXPECT_TRUE(filter.Pass(event));
  EXPECT_FALSE(filter.Pass(event));
}

TEST(WatermarkFilter, StaysBoundedAndForgetsTheLongestUnseen) {
  WatermarkFilter filter(2);
  filter.Pass(SampleEvent("a", 1));
  filter.Pass(SampleEvent("b", 1));
  filter.Pass(SampleEvent("a", 2));
  filter.Pass(SampleEvent("c", 1));  // forgets b
  EXPECT_EQ(filter.size(), 2u);
  EXPECT_FALSE(filter.Pass(SampleEvent("a", 2)));
  EXPECT_TRUE(filter.Pass(SampleEvent("b", 1)));
}

}  // namespace
}  // namespace stadtmesh::events

// Dead letters on a real store: the contract, and replays that are cut off in the middle.
#include "events/store_dead_letters.h"

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "events/tests/dead_letters_contract.h"
#include "events/tests/redis_place.h"
#include "events/tests/replayer.h"
#include "testing/child_process.h"
#include "testing/cut_proxy.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

using testing::CutProxy;
using testing::WaitUntil;

INSTANTIATE_TEST_SUITE_P(Places, DeadLettersContract,
                         ::testing::Values(PlaceParameter{"Redis", MakeRedisPlace}),
                         [](const auto& info) { return info.param.name; });

class CutReplay : public ::testing::Test {
 protected:
  static std::string FreshService() {
    static std::atomic<int> next{0};
    return absl::StrCat("replay", next++);
  }
  // Event 2 is dead, and those up to `last` are parked behind it.
  void Park(Replayer& replica, uint64_t last) {
    replica.Break(true);
    for (uint64_t n = 1; n <= last; ++n) ASSERT_TRUE(replica.Process(n));
    ASSERT_EQ(replica.counters().parked, last - 2);
    replica.Break(false);
  }
  std::vector<uint64_t> applied_;
  const std::string service_ = FreshService();
};

TEST_F(CutReplay, AnotherReplicaGoesOnWhereOneWasKilled) {
  constexpr uint64_t kLast = 30;
  Replayer survivor(PlaceServer().socket(), service_, [&](uint64_t n) { applied_.push_back(n); });
  Park(survivor, kLast);
  const int64_t before[] = {2, 3, 17, 29};  // killed behind the effects of these
  for (int64_t dies_behind : before) {
    testing::ChildProcess other(
        {REPLAY_PROCESS, PlaceServer().socket(), service_, absl::StrCat(dies_behind)});
    ASSERT_TRUE(WaitUntil([&] { return other.Ended(); }, absl::Seconds(20)));
    EXPECT_EQ(survivor.Effects(), dies_behind);
    EXPECT_TRUE(survivor.Process(kLast + 1)) << "what comes meanwhile parks behind";
  }
  EXPECT_EQ(survivor.Effects(), 29);
  // The dead one's lock ends by itself.
  absl::StatusOr<size_t> replayed;
  ASSERT_TRUE(WaitUntil([&] { return (replayed = survivor.Replay()).ok(); })) << replayed.status();
  EXPECT_EQ(*replayed, 3u);  // 29 again, whose effect stood already, 30 and 31
  EXPECT_EQ(applied_, (std::vector<uint64_t>{1, 30, 31}));
  EXPECT_EQ(survivor.Effects(), 31);
  ASSERT_TRUE(survivor.Process(32));
  EXPECT_EQ(survivor.Effects(), 32);
}

TEST_F(CutReplay, ConnectionsThatBreakAtAnyByteLoseAndDoubleNothing) {
  constexpr uint64_t kLast = 120;
  CutProxy proxy(absl::StrCat(PlaceServer().directory(), "/replay.sock"), PlaceServer().socket());
  Replayer replica(proxy.socket(), service_, [&](uint64_t n) { applied_.push_back(n); });
  Park(replica, kLast);
  std::atomic<bool> done{false};
  std::thread cutter([&] {
    std::mt19937 random(3);
    while (!done) {
      const auto direction =
          random() % 2 == 0 ? CutProxy::Direction::kToServer : CutProxy::Direction::kToClient;
      proxy.CutAfter(direction, random() % 3000);
      absl::SleepFor(absl::Milliseconds(5));  // the rhythm of the fault
    }
  });
  absl::StatusOr<size_t> replayed;
  EXPECT_TRUE(WaitUntil([&] { return (replayed = replica.Replay()).ok(); }, absl::Seconds(60)))
      << replayed.status();
  done = true;
  cutter.join();
  EXPECT_GT(proxy.cuts(), 5);
  EXPECT_EQ(replica.Effects(), static_cast<int64_t>(kLast));
  EXPECT_TRUE(std::is_sorted(applied_.begin(), applied_.end()));
  EXPECT_TRUE(replica.letters()
                  .List("group", KeyOf(SampleEvent("a", 1)), 10, absl::Now() + absl::Seconds(5))
                  ->empty());
}

}  // namespace
}  // namespace stadtmesh::events

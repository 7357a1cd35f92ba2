// Dead letters and parking as a pure sequence: no threads, no log, and waiting is a function that
// counts.
#include "events/event_processor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "events/memory_dead_letters.h"
#include "events/tests/samples.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

struct Consumer {
  explicit Consumer(MemoryDeadLetters* dead_letters) {
    SubscribeOptions options;
    options.group = "group";
    options.topics = {"sample"};
    options.dead_letters = dead_letters;
    options.counters = &counters;
    processor = std::make_unique<EventProcessor>(
        options,
        [this](const Event& event) {
          ++tries;
          absl::Status status = answer ? answer(event) : absl::OkStatus();
          if (status.ok()) applied.push_back(event.id);
          return status;
        },
        &clock);
  }
  bool Process(const Event& event) {
    return processor->Process(event, [this](absl::Duration) { return ++waits < most_waits; });
  }

  SystemClock clock;
  ConsumerCounters counters;
  std::function<absl::Status(const Event&)> answer;
  std::vector<std::string> applied;
  int tries = 0, waits = 0, most_waits = 1000;
  std::unique_ptr<EventProcessor> processor;
};

using testing::Soon;
using Strings = std::vector<std::string>;

TEST(EventProcessor, AnEventOnlyDiesOfItsOwnFault) {
  MemoryDeadLetters dead_letters;
  Consumer consumer(&dead_letters);
  consumer.answer = [&](const Event&) {
    return consumer.tries < 500 ? absl::UnavailableError("away") : absl::OkStatus();
  };
  EXPECT_TRUE(consumer.Process(SampleEvent("a", 1)));
  EXPECT_EQ(consumer.applied, Strings{"a-1"});
  EXPECT_EQ(consumer.counters.transient_failures, 499u);
  EXPECT_EQ(consumer.counters.dead_letters, 0u);
}

TEST(EventProcessor, ThreePermanentErrorsBuryWithTheCauseAndParkWhatFollows) {
  MemoryDeadLetters dead_letters;
  Consumer consumer(&dead_letters);
  consumer.answer = [](const Event& event) {
    return event.id == "a-2" ? absl::InvalidArgumentError("no such stop") : absl::OkStatus();
  };
  for (int n = 1; n <= 4; ++n) {
    EXPECT_TRUE(consumer.Process(SampleEvent("a", n)));
    EXPECT_TRUE(consumer.Process(SampleEvent("b", n)));
  }
  EXPECT_EQ(consumer.applied, (Strings{"a-1", "b-1", "b-2", "b-3", "b-4"}));
  const auto letters = dead_letters.List("group", KeyOf(SampleEvent("a", 1)), 100, Soon());
  ASSERT_EQ(letters->size(), 3u);
  EXPECT_EQ((*letters)[0].event.id, "a-2");
  EXPECT_EQ((*letters)[0].tries, 3);
  EXPECT_NE((*letters)[0].cause.find("no such stop"), std::string::npos);
  EXPECT_EQ((*letters)[1].cause, "");
  EXPECT_EQ(consumer.counters.dead_letters, 1u);
  EXPECT_EQ(consumer.counters.parked, 2u);
}

TEST(EventProcessor, ReplayReleasesInOrderAndLetsNewerOnesPass) {
  MemoryDeadLetters dead_letters;
  Consumer consumer(&dead_letters);
  bool broken = true;
  consumer.answer = [&](const Event& event) {
    return broken && event.id == "a-1" ? absl::InternalError("bug") : absl::OkStatus();
  };
  for (int n = 1; n <= 250; ++n) consumer.Process(SampleEvent("a", n));
  EXPECT_TRUE(consumer.applied.empty());

  const auto still_broken = consumer.processor->Replay(KeyOf(SampleEvent("a", 1)), Soon());
  EXPECT_TRUE(absl::IsInternal(still_broken.status()));
  EXPECT_TRUE(consumer.applied.empty());

  broken = false;
  const auto replayed = consumer.processor->Replay(KeyOf(SampleEvent("a", 1)), Soon());
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(*replayed, 250u);
  consumer.Process(SampleEvent("a", 251));
  ASSERT_EQ(consumer.applied.size(), 251u);
  for (int n = 1; n <= 251; ++n) EXPECT_EQ(consumer.applied[n - 1], absl::StrCat("a-", n));
}

TEST(EventProcessor, ParkingSurvivesARestartAndAReplayElsewhereIsNoticed) {
  MemoryDeadLetters dead_letters;
  Consumer first(&dead_letters);
  first.answer = [](const Event&) { return absl::InternalError("bug"); };
  first.Process(SampleEvent("a", 1));

  Consumer second(&dead_letters), third(&dead_letters);
  second.Process(SampleEvent("a", 2));
  EXPECT_TRUE(second.applied.empty());
  EXPECT_EQ(*third.processor->Replay(KeyOf(SampleEvent("a", 1)), Soon()), 2u);
  second.Process(SampleEvent("a", 3));
  EXPECT_EQ(third.applied, (Strings{"a-1", "a-2"}));
  EXPECT_EQ(second.applied, Strings{"a-3"});
}

TEST(EventProcessor, OnlyOneReplayOfAnAggregateAtATime) {
  MemoryDeadLetters dead_letters;
  Consumer consumer(&dead_letters);
  consumer.answer = [](const Event&) { return absl::InternalError("bug"); };
  consumer.Process(SampleEvent("a", 1));
  ASSERT_TRUE(*dead_letters.LockReplay("group", KeyOf(SampleEvent("a", 1)), "other",
                                       absl::Minutes(1), Soon()));
  EXPECT_TRUE(
      absl::IsAborted(consumer.processor->Replay(KeyOf(SampleEvent("a", 1)), Soon()).status()));
}

TEST(EventProcessor, StoppingLeavesTheEventUndone) {
  MemoryDeadLetters dead_letters;
  Consumer consumer(&dead_letters);
  consumer.most_waits = 5;
  consumer.answer = [](const Event&) { return absl::UnavailableError("away"); };
  EXPECT_FALSE(consumer.Process(SampleEvent("a", 1)));
  EXPECT_TRUE(dead_letters.ParkedAggregates("group", "musterstadt", Soon())->empty());
}

// Dead letters that cannot be written for a while (their store is away) must neither lose nor
// double anything.
TEST(EventProcessor, NothingIsLostOrReordered) {
  ASSERT_TRUE(
      rc::check("every event is applied in order, or waits in order behind a dead letter", [] {
        MemoryDeadLetters dead_letters;
        Consumer consumer(&dead_letters);
        const auto bad = *rc::gen::container<std::set<std::string>>(
            rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(1, 9)),
                         [](std::pair<int, int> place) {
                           return absl::StrCat("k", place.first, "-", place.second);
                         }));
        bool fixed = false;
        consumer.answer = [&](const Event& event) {
          return !fixed && bad.contains(event.id) ? absl::InternalError("bug") : absl::OkStatus();
        };
        for (int n = 1; n <= 8; ++n) {
          for (int k = 0; k < 3; ++k)
            RC_ASSERT(consumer.Process(SampleEvent(absl::StrCat("k", k), n)));
        }
        fixed = true;
        const auto parked = dead_letters.ParkedAggregates("group", "musterstadt", Soon());
        for (const AggregateKey& key : *parked)
          RC_ASSERT(consumer.processor->Replay(key, Soon()).ok());
        std::map<char, int> last;
        for (const std::string& id : consumer.applied) RC_ASSERT(id[3] - '0' == ++last[id[1]]);
        RC_ASSERT(consumer.applied.size() == 24u);
      }));
}

}  // namespace
}  // namespace stadtmesh::events

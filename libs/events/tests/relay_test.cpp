// The relay round by round, against a bus that fails as it is told.
#include "events/relay.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "events/event_router.h"
#include "events/once.h"
#include "events/tests/samples.h"
#include "events/watermark_filter.h"
#include "stadtmesh/events/v1/events.pb.h"
#include "testing/fake_clock.h"
#include "testing/fake_store.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

using testing::Soon;

// Writes down what it is given; per call the script says how many entries are written, and how many
// of those acknowledged.
class ScriptedBus final : public Bus {
 public:
  absl::StatusOr<size_t> Publish(absl::string_view, const std::vector<Event>& events,
                                 absl::Time) override {
    size_t written = events.size(), acknowledged = events.size();
    if (!script.empty()) {
      written = std::min(events.size(), script.back().first);
      acknowledged = std::min(written, script.back().second);
      script.pop_back();
    }
    log.insert(log.end(), events.begin(), events.begin() + static_cast<int64_t>(written));
    if (acknowledged == 0 && !events.empty()) return absl::UnavailableError("no acknowledgement");
    return acknowledged;
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions&,
                                                          Handler) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view, const TailFrom&, std::function<void(const Delivery&)>) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::vector<Position>> End(absl::string_view, absl::Time) override {
    return absl::UnimplementedError("");
  }

  std::vector<std::pair<size_t, size_t>> script;
  std::vector<Event> log;
};

class RelayTest : public ::testing::Test {
 protected:
  SystemClock clock_;
  testing::FakeStore store_{clock_};
  ScriptedBus bus_;
  RelayCounters counters_;

  RelayOptions Options() {
    RelayOptions options;
    options.service = "sample";
    options.tenants = [] { return std::vector<std::string>{"musterstadt"}; };
    options.trim_interval = absl::ZeroDuration();
    return options;
  }
  void Commit(int count, const std::string& prefix = "") {
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat(prefix, "e", ++commits_);
      store::Transaction transaction(store::ReplyIdentity{"s", "m", id, id});
      transaction.Emit({absl::StrCat("a", i % 3), "t", "", id, absl::Now(), "", {}});
      ASSERT_TRUE(store_.Commit({"musterstadt", "sample"}, transaction, Soon()).ok());
    }
  }
  int64_t Waiting() { return *store_.OutboxLength({"musterstadt", "sample"}, Soon()); }

  int commits_ = 0;
};

TEST_F(RelayTest, WhateverFailsNothingIsLostAndOrderHoldsBehindAWatermark) {
  ASSERT_TRUE(rc::check(
      "the log holds every aggregate's events in order, and only acknowledged ones left the outbox",
      [] {
        SystemClock clock;
        testing::FakeStore store(clock);
        ScriptedBus bus;
        RelayOptions options;
        options.service = "sample";
        options.tenants = [] { return std::vector<std::string>{"musterstadt"}; };
        options.trim_interval = absl::ZeroDuration();
        options.batch = *rc::gen::inRange<size_t>(1, 8);
        bus.script = *rc::gen::container<std::vector<std::pair<size_t, size_t>>>(
            rc::gen::pair(rc::gen::inRange<size_t>(0, 8), rc::gen::inRange<size_t>(0, 8)));
        const int count = *rc::gen::inRange(1, 30);
        for (int i = 0; i < count; ++i) {
          const std::string id = absl::StrCat("e", i);
          store::Transaction transaction(store::ReplyIdentity{"s", "m", id, id});
          transaction.Emit({absl::StrCat("a", i % 3), "t", "", id, absl::Now(), "", {}});
          RC_ASSERT(store.Commit({"musterstadt", "sample"}, transaction, Soon()).ok());
        }
        Relay relay(&store, &bus, options, &clock);
        for (int round = 0;
             round < 200 &&
             (!bus.script.empty() || *store.OutboxLength({"musterstadt", "sample"}, Soon()) > 0);
             ++round) {
          relay.Round();
          // An entry that left the outbox is in the log.
          const auto left =
              static_cast<size_t>(*store.OutboxLength({"musterstadt", "sample"}, Soon()));
          std::set<std::string> published;
          for (const Event& event : bus.log) published.insert(event.id);
          RC_ASSERT(published.size() + left >= static_cast<size_t>(count));
        }
        RC_ASSERT(*store.OutboxLength({"musterstadt", "sample"}, Soon()) == 0);
        WatermarkFilter filter;
        std::map<std::string, uint64_t> last;
        int passed = 0;
        for (const Event& event : bus.log) {
          if (!filter.Pass(event)) continue;
          RC_ASSERT(event.n == ++last[event.aggregate]);
          ++passed;
        }
        RC_ASSERT(passed == count);
      }));
}

TEST_F(RelayTest, MeasuresItsLag) {
  testing::FakeClock later(absl::Now() + absl::Seconds(90));
  Commit(4);
  bus_.script = {{0, 0}};
  Relay relay(&store_, &bus_, Options(), &later, &counters_);
  EXPECT_FALSE(relay.Round());
  EXPECT_EQ(counters_.publish_failures, 1u);
  EXPECT_EQ(counters_.outbox_length, 4);
  EXPECT_GE(counters_.oldest_age_millis, 85'000);
  EXPECT_TRUE(relay.Round());
  EXPECT_EQ(counters_.oldest_age_millis, 0);
  EXPECT_EQ(Waiting(), 0);
}

TEST_F(RelayTest, WithoutTheLeaseItPublishesNothing) {
  ASSERT_TRUE(*store_.AcquireLease({"musterstadt", "sample"}, kRelayLease, "other",
                                   absl::Minutes(1), Soon()));
  Commit(3);
  Relay relay(&store_, &bus_, Options(), &clock_, &counters_);
  relay.Round();
  EXPECT_TRUE(bus_.log.empty());
  EXPECT_EQ(Waiting(), 3);
  EXPECT_EQ(counters_.leading, 0);
}

TEST_F(RelayTest, AStoreThatIsAwayChangesNothing) {
  Commit(3);
  Relay relay(&store_, &bus_, Options(), &clock_, &counters_);
  store_.SetFault([](absl::string_view) { return absl::UnavailableError("away"); });
  relay.Round();
  EXPECT_TRUE(bus_.log.empty());
  store_.SetFault([](absl::string_view operation) {
    return operation == "TrimOutbox" ? absl::UnavailableError("away") : absl::OkStatus();
  });
  relay.Round();
  relay.Round();
  EXPECT_EQ(bus_.log.size(), 3u);  // not published again only because they could not be removed
  store_.SetFault(nullptr);
  relay.Round();
  EXPECT_EQ(bus_.log.size(), 3u);
  EXPECT_EQ(Waiting(), 0);
}

// ---- The consumer's side of the watermark.

TEST_F(RelayTest, TheRouterSkipsUnknownTypesAndMovesTheWatermarkOverThem) {
  ConsumerCounters counters;
  EventRouter router(SkipOnce(&store_, "consumer", "view"), &counters);
  for (uint64_t n : {1, 2, 2, 1}) EXPECT_TRUE(router.Handle(SampleEvent("a", n)).ok());
  EXPECT_EQ(counters.skipped, 4u);
  const absl::Status gap = router.Handle(SampleEvent("a", 9));
  EXPECT_TRUE(absl::IsFailedPrecondition(gap)) << gap;
  store::Transaction next(OnceOf("view", SampleEvent("a", 3)));
  next.Put("seen", "3", "");
  const auto committed = store_.Commit({"musterstadt", "consumer"}, next, Soon());
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->outcome, store::Committed::Outcome::kApplied);
}

}  // namespace
}  // namespace stadtmesh::events

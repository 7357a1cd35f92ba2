// Events, the outbox and leases.
#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "contract.h"

namespace stadtmesh::store {

TEST_P(StoreContract, EventsAreNumberedWithoutGapsPerAggregate) {
  Transaction transaction(FreshReply());
  for (const char* aggregate : {"a", "b", "a"}) transaction.Emit(Event(aggregate));
  ASSERT_TRUE(Commit(transaction).ok());
  ASSERT_TRUE(Emit("a").ok());
  const auto entries = Outbox();
  ASSERT_THAT(entries, SizeIs(4));
  std::vector<std::string> numbers;
  for (const OutboxEntry& entry : entries) {
    numbers.push_back(absl::StrCat(entry.aggregate, " ", entry.n));
    EXPECT_EQ(entry.epoch, entries[0].epoch);
  }
  EXPECT_THAT(numbers, ElementsAre("a 1", "b 1", "a 2", "a 3"));
  EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end(),
                             [](const auto& x, const auto& y) { return x.position < y.position; }));
  EXPECT_EQ(entries[0].payload, std::string("pay\0load", 8));
  EXPECT_EQ(entries[0].type, "type");
  EXPECT_EQ(entries[0].event_id, "id-1");
  EXPECT_EQ(entries[0].traceparent, "trace");
  EXPECT_EQ(entries[0].time, kNow);
  EXPECT_THAT(Outbox(entries[1].position), SizeIs(2));
  EXPECT_THAT(Outbox(entries[1].position, 1), SizeIs(1));
  EXPECT_THAT(Outbox(entries[3].position), IsEmpty());
}

TEST_P(StoreContract, EventsCarryTheResultingCounters) {
  ASSERT_TRUE(Bound("stock", 0, 10, 10).ok());
  ASSERT_TRUE(Bound("untouched", 0, 10, 7).ok());
  Transaction transaction(FreshReply());
  transaction.Emit(Event("a", {"stock", "untouched"}));
  transaction.Add("stock", -3);
  transaction.Emit(Event("a"));
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Outbox()[0].counters, UnorderedElementsAre(Pair("stock", 7), Pair("untouched", 7)));
  EXPECT_THAT(Outbox()[1].counters, IsEmpty());
  EXPECT_TRUE(HasReason(Emit("a", {"unknown"}).status(), kCounterUnknown));
}

TEST_P(StoreContract, AHigherEpochStartsAgainAtOne) {
  ASSERT_TRUE(Emit("a").ok());
  const uint64_t second = *store_->RaiseEpoch(scope_, Soon());
  ASSERT_TRUE(Emit("a").ok());
  ASSERT_TRUE(Emit("a").ok());
  const uint64_t third = *store_->RaiseEpoch(scope_, Soon());
  ASSERT_TRUE(Emit("a").ok());
  ASSERT_TRUE(Emit("new").ok());
  std::vector<std::pair<uint64_t, uint64_t>> numbers;
  for (const OutboxEntry& entry : Outbox()) numbers.emplace_back(entry.epoch, entry.n);
  EXPECT_THAT(numbers, ElementsAre(Pair(::testing::Lt(second), 1), Pair(second, 1), Pair(second, 2),
                                   Pair(third, 1), Pair(third, 1)));
  EXPECT_LT(second, third);
}

TEST_P(StoreContract, AFullOutboxRefusesCommitsThatEmit) {
  for (int64_t i = 0; i < kTestOutboxLimit; i += 200) {
    Transaction transaction(FreshReply());
    for (int j = 0; j < 200; ++j) transaction.Emit(Event("a"));
    ASSERT_TRUE(Commit(transaction).ok());
  }
  const absl::Status status = Emit("a").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(HasReason(status, kOutboxFull));
  Put("key", "without an event", "");
  ASSERT_TRUE(*store_->AcquireLease(scope_, "relay", "me", absl::Minutes(1), Soon()));
  ASSERT_TRUE(store_->TrimOutbox(scope_, Outbox()[0].position, "relay", "me", Soon()).ok());
  EXPECT_TRUE(Emit("a").ok());
  EXPECT_EQ(*store_->OutboxLength(scope_, Soon()), kTestOutboxLimit);
}

TEST_P(StoreContract, OnlyTheHolderOfTheLeaseTrims) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Emit("a").ok());
  const std::string second = Outbox()[1].position;
  EXPECT_TRUE(HasReason(store_->TrimOutbox(scope_, second, "relay", "me", Soon()), kLeaseLost));
  ASSERT_TRUE(*store_->AcquireLease(scope_, "relay", "other", absl::Minutes(1), Soon()));
  const absl::Status lost = store_->TrimOutbox(scope_, second, "relay", "me", Soon());
  EXPECT_EQ(lost.code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(store_->TrimOutbox(scope_, second, "relay", "other", Soon()).ok());
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].n, 3u);
}

TEST_P(StoreContract, ALeaseHasOneHolderUntilItEndsOrIsGivenBack) {
  const auto acquire = [&](const char* owner, absl::Duration ttl) {
    return *store_->AcquireLease(scope_, "lease", owner, ttl, Soon());
  };
  EXPECT_TRUE(acquire("a", absl::Minutes(1)));
  EXPECT_TRUE(acquire("a", absl::Minutes(1)));
  EXPECT_FALSE(acquire("b", absl::Minutes(1)));
  ASSERT_TRUE(store_->ReleaseLease(scope_, "lease", "b", Soon()).ok());
  EXPECT_FALSE(acquire("b", absl::Minutes(1)));
  ASSERT_TRUE(store_->ReleaseLease(scope_, "lease", "a", Soon()).ok());
  EXPECT_TRUE(acquire("b", absl::Milliseconds(30)));
  EXPECT_TRUE(WaitUntil([&] { return acquire("a", absl::Minutes(1)); }));
}

TEST_P(StoreContract, ACommitThatEmitsWakesTheRelay) {
  (void)store_->WaitForOutbox("contract", absl::Now() + absl::Milliseconds(50));
  while (store_->WaitForOutbox("contract", absl::Now() + absl::Milliseconds(50))) {
  }
  std::thread emitter([&] { EXPECT_TRUE(Emit("a").ok()); });
  EXPECT_TRUE(store_->WaitForOutbox("contract", Soon()));
  emitter.join();
}

}  // namespace stadtmesh::store

// What a store promises (store.h), for the fake and for Redis alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "base/error.h"
#include "store/errors.h"
#include "store/plan.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {
namespace {

using stadtmesh::testing::WaitUntil;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Outcome = Committed::Outcome;

class StoreContract : public ::testing::TestWithParam<std::string> {
 protected:
  absl::StatusOr<Committed> Commit(const Transaction& transaction) {
    return store_->Commit(scope_, transaction, Soon());
  }
  Record Get(const std::string& key) { return *store_->Get(scope_, key, Soon()); }
  Version Put(const std::string& key, const std::string& bytes, const Version& expected) {
    Transaction transaction(FreshReply());
    transaction.Put(key, bytes, expected);
    return Commit(transaction)->versions.at(key);
  }
  absl::Status Bound(const std::string& name, int64_t min, int64_t max, int64_t initial) {
    Transaction transaction(FreshReply());
    transaction.Bound(name, min, max, initial);
    return Commit(transaction).status();
  }
  absl::StatusOr<Committed> Add(const std::string& name, int64_t delta) {
    Transaction transaction(FreshReply());
    transaction.Add(name, delta);
    return Commit(transaction);
  }
  absl::Status Later(const std::string& id, absl::Time due, const std::string& payload = "p") {
    Transaction transaction(FreshReply());
    transaction.Later(id, due, "kind", payload);
    return Commit(transaction).status();
  }
  std::vector<Task> Claim(absl::Time now, size_t limit = 10) {
    return *store_->ClaimDue(scope_, now, absl::Seconds(30), limit, Soon());
  }
  absl::StatusOr<Committed> Emit(const std::string& aggregate,
                                 std::vector<std::string> counters = {}) {
    Transaction transaction(FreshReply());
    transaction.Emit(Event(aggregate, std::move(counters)));
    return Commit(transaction);
  }
  static EmitOp Event(const std::string& aggregate, std::vector<std::string> counters = {}) {
    return {aggregate, "type",  std::string("pay\0load", 8), "id-1",
            kNow,      "trace", std::move(counters)};
  }
  std::vector<OutboxEntry> Outbox(const std::string& after = "", size_t limit = 1000) {
    return *store_->ReadOutbox(scope_, after, limit, Soon());
  }
  std::vector<std::string> Members(const Range& range) {
    std::vector<std::string> members;
    const auto page = *store_->IndexRange(scope_, "index", range, Soon());
    for (const Scored& entry : page) members.push_back(entry.member);
    return members;
  }

  static constexpr absl::Time kNow = absl::FromUnixMicros(1'790'000'000'123'456);
  const std::unique_ptr<Store> store_ = MakeBackend(GetParam());
  const Scope scope_ = FreshScope();
};

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract, ::testing::Values("fake", "redis", "cluster"),
                         [](const auto& info) { return info.param; });

// ---- Values and versions.

TEST_P(StoreContract, AValueIsReadAsItWasWritten) {
  const std::string bytes("\0\xff\r\n$5", 6);
  const Version version = Put("key", bytes, "");
  EXPECT_EQ(Get("key").bytes, bytes);
  EXPECT_EQ(Get("key").version, version);
  EXPECT_TRUE(Get("key").exists());
  EXPECT_FALSE(Get("other").exists());
  Put("empty", "", "");
  EXPECT_TRUE(Get("empty").exists());
  EXPECT_EQ(Get("empty").bytes, "");
}

TEST_P(StoreContract, APutNeedsTheVersionThatWasRead) {
  const Version first = Put("key", "1", "");
  const Version second = Put("key", "2", first);
  EXPECT_NE(first, second);
  for (const Version& stale : {first, Version(), Version("never")}) {
    Transaction transaction(FreshReply());
    transaction.Put("key", "3", stale);
    const absl::Status status = Commit(transaction).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
    EXPECT_TRUE(HasReason(status, kVersionConflict));
    EXPECT_EQ(GetErrorInfo(status)->metadata.at("key"), "key");
  }
  EXPECT_EQ(Get("key").bytes, "2");
}

TEST_P(StoreContract, ARecreatedKeyNeverRevivesAnOldVersion) {
  const Version first = Put("key", "1", "");
  Transaction erase(FreshReply());
  erase.Delete("key", first);
  EXPECT_EQ(Commit(erase)->versions.at("key"), "");
  EXPECT_FALSE(Get("key").exists());
  EXPECT_NE(Put("key", "1", ""), first);
  Transaction stale(FreshReply());
  stale.Put("key", "2", first);
  EXPECT_TRUE(HasReason(Commit(stale).status(), kVersionConflict));
}

TEST_P(StoreContract, ADeleteNeedsTheVersionThatWasRead) {
  Put("key", "1", "");
  Transaction transaction(FreshReply());
  transaction.Delete("key", "stale");
  EXPECT_TRUE(HasReason(Commit(transaction).status(), kVersionConflict));
  EXPECT_TRUE(Get("key").exists());
}

TEST_P(StoreContract, ACheckRefusesWriteSkew) {
  const Version a = Put("a", "1", "");
  Transaction relies(FreshReply());
  relies.Check("a", a);
  relies.Check("absent", "");
  relies.Put("b", "1", "");
  Transaction stale = relies;
  EXPECT_TRUE(Commit(relies).ok());
  Put("a", "2", a);
  Transaction again(FreshReply());
  again.Check("a", a);
  again.Put("c", "1", "");
  EXPECT_TRUE(HasReason(Commit(again).status(), kVersionConflict));
  EXPECT_FALSE(Get("c").exists());
}

TEST_P(StoreContract, ARefusedTransactionWritesNothingAtAll) {
  ASSERT_TRUE(Bound("full", 0, 1, 1).ok());
  const ReplyIdentity identity = FreshReply();
  Transaction transaction(identity);
  transaction.Put("key", "1", "");
  transaction.IndexPut("index", "m", 1);
  transaction.GeoPut("geo", "m", {51, 8});
  transaction.Later("task", kNow, "kind", "");
  transaction.Emit(Event("agg"));
  transaction.Bound("new", 0, 5);
  transaction.Add("full", 1);
  transaction.Reply("done");
  EXPECT_TRUE(HasReason(Commit(transaction).status(), kCounterBound));
  EXPECT_FALSE(Get("key").exists());
  EXPECT_EQ(*store_->IndexCount(scope_, "index", Soon()), 0);
  EXPECT_EQ(*store_->IndexCount(scope_, "geo", Soon()), 0);
  EXPECT_THAT(Claim(kNow + absl::Hours(1)), IsEmpty());
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_FALSE(store_->GetCounter(scope_, "new", Soon())->has_value());
  EXPECT_EQ(store_->GetCounter(scope_, "full", Soon())->value().value, 1);
  EXPECT_FALSE(store_->FindReply(scope_, identity, Soon())->has_value());
}

TEST_P(StoreContract, MultiGetKeepsTheOrder) {
  Put("a", "1", "");
  Put("c", "3", "");
  const auto records = *store_->MultiGet(scope_, {"c", "b", "a", "c"}, Soon());
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_EQ(records[0].bytes, "3");
  EXPECT_FALSE(records[1].exists());
  EXPECT_EQ(records[2].bytes, "1");
  EXPECT_EQ(records[3].version, records[0].version);
  EXPECT_THAT(*store_->MultiGet(scope_, {}, Soon()), IsEmpty());
}

TEST_P(StoreContract, ATimeToLiveEndsAValueAndAPutWithoutOneKeepsIt) {
  Transaction transaction(FreshReply());
  transaction.Put("short", "1", "", absl::Milliseconds(30));
  transaction.Put("kept", "1", "", absl::Milliseconds(30));
  const Version version = Commit(transaction)->versions.at("kept");
  Put("kept", "2", version);
  EXPECT_TRUE(WaitUntil([&] { return !Get("short").exists(); }));
  EXPECT_EQ(Get("kept").bytes, "2");
}

TEST_P(StoreContract, ScopesDoNotSeeEachOther) {
  Put("key", "1", "");
  const Scope other{scope_.tenant, "elsewhere"};
  EXPECT_FALSE(store_->Get(other, "key", Soon())->exists());
}

// ---- Reply.

TEST_P(StoreContract, TheSameKeyAndBodyGiveTheSameAnswerAndWriteOnce) {
  ASSERT_TRUE(Bound("n", 0, 10, 0).ok());
  const ReplyIdentity identity = FreshReply();
  EXPECT_FALSE(store_->FindReply(scope_, identity, Soon())->has_value());
  Transaction transaction(identity);
  transaction.Add("n", 1);
  transaction.Reply("first answer");
  EXPECT_EQ(Commit(transaction)->outcome, Outcome::kApplied);
  Transaction again(identity);
  again.Add("n", 1);
  again.Check("n", "a version that does not hold: the identity is judged first");
  again.Reply("second answer");
  const auto replayed = Commit(again);
  EXPECT_EQ(replayed->outcome, Outcome::kReplayed);
  EXPECT_EQ(replayed->response, "first answer");
  EXPECT_THAT(replayed->versions, IsEmpty());
  EXPECT_EQ(store_->GetCounter(scope_, "n", Soon())->value().value, 1);
  EXPECT_EQ(*store_->FindReply(scope_, identity, Soon()), "first answer");
}

TEST_P(StoreContract, TheSameKeyWithAnotherBodyIsRefused) {
  ReplyIdentity identity = FreshReply();
  ASSERT_TRUE(Commit(Transaction(identity)).ok());
  identity.fingerprint = "finger";  // a prefix of the other
  EXPECT_TRUE(HasReason(Commit(Transaction(identity)).status(), kIdempotencyKeyReused));
  EXPECT_TRUE(
      HasReason(store_->FindReply(scope_, identity, Soon()).status(), kIdempotencyKeyReused));
}

TEST_P(StoreContract, TheSameKeyOfAnotherSubjectOrMethodIsAnother) {
  const ReplyIdentity identity = FreshReply();
  ReplyIdentity subject = identity, method = identity;
  subject.subject += "2";
  method.method += "2";
  for (const auto& each : {identity, subject, method}) {
    EXPECT_EQ(Commit(Transaction(each))->outcome, Outcome::kApplied);
  }
}

TEST_P(StoreContract, ATransientRefusalIsNotRecordedAndAReplyExpires) {
  ReplyIdentity identity = FreshReply();
  identity.keep = absl::Milliseconds(50);
  Transaction refused(identity);
  refused.Put("key", "1", "not the version");
  ASSERT_FALSE(Commit(refused).ok());
  Transaction transaction(identity);
  transaction.Put("key", "1", "");
  ASSERT_EQ(Commit(transaction)->outcome, Outcome::kApplied);
  EXPECT_TRUE(WaitUntil([&] { return !store_->FindReply(scope_, identity, Soon())->has_value(); }));
}

TEST_P(StoreContract, AnErasedPersonsRepliesAreForgotten) {
  ReplyIdentity mine = FreshReply(), other = FreshReply();
  mine.subject = "erased";
  Transaction transaction(mine);
  transaction.Reply("personal");
  ASSERT_TRUE(Commit(transaction).ok());
  ASSERT_TRUE(Commit(Transaction(other)).ok());
  EXPECT_EQ(*store_->EraseReplies(scope_, "erased", Soon()), 1);
  EXPECT_EQ(*store_->EraseReplies(scope_, "erased", Soon()), 0);
  EXPECT_FALSE(store_->FindReply(scope_, mine, Soon())->has_value());
  EXPECT_TRUE(store_->FindReply(scope_, other, Soon())->has_value());
}

// ---- Once.

TEST_P(StoreContract, EventsAreAppliedOnceAndInOrder) {
  const auto apply = [&](uint64_t epoch, uint64_t n) {
    return Commit(Transaction(OnceIdentity{"consumer", "agg", epoch, n}));
  };
  EXPECT_TRUE(HasReason(apply(1, 2).status(), kEventGap));  // the first has not been seen
  EXPECT_EQ(apply(1, 1)->outcome, Outcome::kApplied);
  EXPECT_EQ(apply(1, 1)->outcome, Outcome::kReplayed);
  EXPECT_EQ(apply(1, 2)->outcome, Outcome::kApplied);
  EXPECT_EQ(apply(1, 1)->outcome, Outcome::kReplayed);
  const absl::Status gap = apply(1, 5).status();
  EXPECT_EQ(gap.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetErrorInfo(gap)->metadata.at("last"), "2");
  EXPECT_EQ(apply(2, 7)->outcome, Outcome::kApplied);  // a restore: rebuilt up to there
  EXPECT_EQ(apply(1, 3)->outcome, Outcome::kReplayed);
  EXPECT_EQ(apply(2, 8)->outcome, Outcome::kApplied);
}

TEST_P(StoreContract, WatermarksAreKeptPerConsumerAndAggregate) {
  for (const char* consumer : {"a", "b"}) {
    for (const char* aggregate : {"x", "y"}) {
      EXPECT_EQ(Commit(Transaction(OnceIdentity{consumer, aggregate, 1, 1}))->outcome,
                Outcome::kApplied);
    }
  }
}

TEST_P(StoreContract, AConsumerThatRebuiltMovesItsWatermarkForwardOnly) {
  const auto apply = [&](uint64_t epoch, uint64_t n) {
    return Commit(Transaction(OnceIdentity{"c", "agg", epoch, n}));
  };
  const auto advance = [&](uint64_t epoch, uint64_t n) {
    Transaction transaction(FreshReply());
    transaction.Advance("c", "agg", epoch, n);
    return Commit(transaction).status();
  };
  ASSERT_TRUE(advance(1, 7).ok());  // never seen before
  EXPECT_EQ(apply(1, 7)->outcome, Outcome::kReplayed);
  EXPECT_EQ(apply(1, 8)->outcome, Outcome::kApplied);
  ASSERT_TRUE(advance(1, 3).ok());
  EXPECT_EQ(apply(1, 8)->outcome, Outcome::kReplayed);
  ASSERT_TRUE(advance(2, 4).ok());
  ASSERT_TRUE(advance(1, 100).ok());
  EXPECT_EQ(apply(1, 101)->outcome, Outcome::kReplayed);
  EXPECT_TRUE(HasReason(apply(2, 6).status(), kEventGap));
  EXPECT_EQ(apply(2, 5)->outcome, Outcome::kApplied);
  EXPECT_EQ(advance(2, 0).code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreContract, ARefusedEventDoesNotMoveTheWatermark) {
  Transaction refused(OnceIdentity{"c", "agg", 1, 1});
  refused.Add("unknown", 1);
  EXPECT_TRUE(HasReason(Commit(refused).status(), kCounterUnknown));
  EXPECT_EQ(Commit(Transaction(OnceIdentity{"c", "agg", 1, 1}))->outcome, Outcome::kApplied);
}

// ---- Counters.

TEST_P(StoreContract, ACounterStaysInItsBounds) {
  ASSERT_TRUE(Bound("stock", 0, 10, 9).ok());
  EXPECT_EQ(Add("stock", 1)->counters.at("stock"), 10);
  const absl::Status over = Add("stock", 1).status();
  EXPECT_EQ(over.code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(HasReason(over, kCounterBound));
  EXPECT_THAT(GetErrorInfo(over)->metadata,
              UnorderedElementsAre(Pair("counter", "stock"), Pair("value", "11"), Pair("min", "0"),
                                   Pair("max", "10")));
  EXPECT_EQ(Add("stock", -10)->counters.at("stock"), 0);
  EXPECT_FALSE(Add("stock", -1).ok());
}

TEST_P(StoreContract, OperationsOnOneCounterAreSummedBeforeValidation) {
  ASSERT_TRUE(Bound("n", 0, 3, 3).ok());
  Transaction transaction(FreshReply());
  transaction.Add("n", 5);
  transaction.Add("n", -6);
  EXPECT_EQ(Commit(transaction)->counters.at("n"), 2);
}

TEST_P(StoreContract, NewBoundsKeepTheValueAndHoldForTheWholeTransaction) {
  ASSERT_TRUE(Bound("n", 0, 10, 8).ok());
  EXPECT_TRUE(HasReason(Bound("n", 0, 5, 0), kCounterBound));
  Transaction transaction(FreshReply());
  transaction.Bound("n", 0, 5, 99);
  transaction.Add("n", -4);
  EXPECT_EQ(Commit(transaction)->counters.at("n"), 4);
  const Counter counter = **store_->GetCounter(scope_, "n", Soon());
  EXPECT_EQ(counter.value, 4);
  EXPECT_EQ(counter.min, 0);
  EXPECT_EQ(counter.max, 5);
}

TEST_P(StoreContract, LargeCountersAreExact) {
  Transaction transaction(FreshReply());
  transaction.Bound("n", -kMaxCounter, std::numeric_limits<int64_t>::max(), kMaxCounter - 1);
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_EQ(Add("n", 1)->counters.at("n"), kMaxCounter);
  EXPECT_TRUE(HasReason(Add("n", 1).status(), kCounterBound));
  EXPECT_EQ(Add("n", -kMaxCounter)->counters.at("n"), 0);
  EXPECT_EQ(Add("n", -kMaxCounter)->counters.at("n"), -kMaxCounter);
}

TEST_P(StoreContract, AnUnknownCounterIsNotFound) {
  const absl::Status status = Add("unknown", 1).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(HasReason(status, kCounterUnknown));
  EXPECT_FALSE(store_->GetCounter(scope_, "unknown", Soon())->has_value());
}

TEST_P(StoreContract, ACounterThatIsRemovedIsUnknownAgain) {
  ASSERT_TRUE(Bound("n", 0, 10, 3).ok());
  Transaction transaction(FreshReply());
  transaction.RemoveCounter("n");
  transaction.RemoveCounter("nobody");
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_TRUE(HasReason(Add("n", 1).status(), kCounterUnknown));
  ASSERT_TRUE(Bound("n", 0, 10, 5).ok());
  EXPECT_EQ(Add("n", 1)->counters.at("n"), 6);
  Transaction both(FreshReply());
  both.RemoveCounter("n");
  both.Add("n", 1);
  EXPECT_EQ(Commit(both).status().code(), absl::StatusCode::kInvalidArgument);
}

// ---- Indexes.

TEST_P(StoreContract, AnIndexIsReadByScoreInBothDirections) {
  Transaction transaction(FreshReply());
  for (int i = 0; i < 5; ++i) transaction.IndexPut("index", absl::StrCat("m", i), i + 0.5);
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({}), ElementsAre("m0", "m1", "m2", "m3", "m4"));
  EXPECT_THAT(Members({.min = 1.5, .max = 3.5}), ElementsAre("m1", "m2", "m3"));
  EXPECT_THAT(Members({.max = 3.5, .descending = true, .limit = 2}), ElementsAre("m3", "m2"));
  EXPECT_THAT(Members({.after = Scored{"m1", 1.5}, .limit = 2}), ElementsAre("m2", "m3"));
  EXPECT_THAT(Members({.max = 2.5, .after = Scored{"m0", 0.5}}), ElementsAre("m1", "m2"));
  EXPECT_THAT(Members({.min = 2, .after = Scored{"m0", 0.5}, .limit = 1}), ElementsAre("m2"));
  EXPECT_THAT(Members({.min = 1, .after = Scored{"m3", 3.5}, .descending = true}),
              ElementsAre("m2", "m1"));
  EXPECT_THAT(Members({.max = 1.5, .after = Scored{"m3", 3.5}, .descending = true, .limit = 1}),
              ElementsAre("m1"));
  EXPECT_THAT(Members({.after = Scored{"m4", 4.5}}), IsEmpty());
  EXPECT_THAT(Members({.after = Scored{"m0", 0.5}, .descending = true}), IsEmpty());
}

TEST_P(StoreContract, PagesOverEqualScoresMissAndRepeatNothing) {
  constexpr int kMembers = 97;
  Transaction transaction(FreshReply());
  for (int i = 0; i < kMembers; ++i)
    transaction.IndexPut("index", absl::StrCat("m\xC3\xA4", i), i % 3);
  ASSERT_TRUE(Commit(transaction).ok());
  for (const bool descending : {false, true}) {
    std::vector<std::pair<double, std::string>> seen;
    Range range{.descending = descending, .limit = 10};
    while (true) {
      const auto page = *store_->IndexRange(scope_, "index", range, Soon());
      if (page.empty()) break;
      for (const Scored& entry : page) seen.emplace_back(entry.score, entry.member);
      range.after = page.back();
    }
    if (descending) std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen.size(), kMembers);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), kMembers);
  }
}

TEST_P(StoreContract, APageContinuesBehindAnEntryThatIsGone) {
  Transaction transaction(FreshReply());
  for (const char* member : {"a", "c", "e"}) transaction.IndexPut("index", member, 1);
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({.after = Scored{"b", 1}}), ElementsAre("c", "e"));
  EXPECT_THAT(Members({.after = Scored{"d", 1}, .descending = true}), ElementsAre("c", "a"));
}

TEST_P(StoreContract, AnIndexEntryMovesAndGoes) {
  Transaction transaction(FreshReply());
  transaction.IndexPut("index", "a", 1);
  transaction.IndexPut("index", "b", 2);
  transaction.IndexPut("index", "a", 3);
  transaction.IndexRemove("index", "nobody");
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({}), ElementsAre("b", "a"));
  Transaction remove(FreshReply());
  remove.IndexRemove("index", "b");
  ASSERT_TRUE(Commit(remove).ok());
  EXPECT_THAT(Members({}), ElementsAre("a"));
  EXPECT_EQ(*store_->IndexCount(scope_, "index", Soon()), 1);
}

TEST_P(StoreContract, AGeoIndexFindsTheNearestFirst) {
  Transaction transaction(FreshReply());
  transaction.GeoPut("geo", "station", {51.9060, 8.3786});
  transaction.GeoPut("geo", "market", {51.9070, 8.3800});
  transaction.GeoPut("geo", "bielefeld", {52.0302, 8.5325});
  ASSERT_TRUE(Commit(transaction).ok());
  const auto near = *store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 1000, 10, Soon());
  ASSERT_THAT(near, SizeIs(2));
  EXPECT_EQ(near[0].member, "market");
  EXPECT_EQ(near[1].member, "station");
  EXPECT_NEAR(near[1].score, DistanceMetres({51.9060, 8.3786}, {51.9071, 8.3801}), 2);
  EXPECT_THAT(*store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 50'000, 1, Soon()), SizeIs(1));
  Transaction remove(FreshReply());
  remove.IndexRemove("geo", "market");
  remove.GeoPut("geo", "station", {48.137, 11.575});
  ASSERT_TRUE(Commit(remove).ok());
  EXPECT_THAT(*store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 1000, 10, Soon()), IsEmpty());
}

// ---- Later.

TEST_P(StoreContract, ATaskIsClaimedWhenDueAndLeased) {
  ASSERT_TRUE(Later("b", kNow + absl::Seconds(2), "pb").ok());
  ASSERT_TRUE(Later("a", kNow + absl::Seconds(1), std::string("p\0a", 3)).ok());
  EXPECT_THAT(Claim(kNow), IsEmpty());
  const auto claimed = Claim(kNow + absl::Seconds(2));
  ASSERT_THAT(claimed, SizeIs(2));
  EXPECT_EQ(claimed[0].task_id, "a");
  EXPECT_EQ(claimed[0].payload, std::string("p\0a", 3));
  EXPECT_EQ(claimed[0].kind, "kind");
  EXPECT_EQ(claimed[0].due, kNow + absl::Seconds(1));
  EXPECT_EQ(claimed[0].attempt, 1);
  EXPECT_EQ(claimed[1].task_id, "b");
  EXPECT_THAT(Claim(kNow + absl::Seconds(3)), IsEmpty());
  const auto again = Claim(kNow + absl::Seconds(33), 1);  // the lease has run out
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].task_id, "a");
  EXPECT_EQ(again[0].attempt, 2);
  EXPECT_NE(again[0].lease, claimed[0].lease);
  EXPECT_EQ(again[0].due, kNow + absl::Seconds(1));
}

TEST_P(StoreContract, ATasksCommitRemovesItAndCountsOnce) {
  ASSERT_TRUE(Bound("n", 0, 10, 0).ok());
  ASSERT_TRUE(Later("task", kNow).ok());
  const Task task = Claim(kNow).at(0);
  Transaction transaction(TaskIdentity{task.task_id, task.lease});
  transaction.Add("n", 1);
  EXPECT_EQ(Commit(transaction)->outcome, Outcome::kApplied);
  EXPECT_EQ(Commit(transaction)->outcome, Outcome::kReplayed);
  EXPECT_EQ(store_->GetCounter(scope_, "n", Soon())->value().value, 1);
  EXPECT_THAT(Claim(kNow + absl::Hours(1)), IsEmpty());
}

TEST_P(StoreContract, ALostLeaseRefusesTheCommit) {
  ASSERT_TRUE(Later("task", kNow).ok());
  const Task first = Claim(kNow).at(0);
  const Task second = Claim(kNow + absl::Hours(1)).at(0);
  const absl::Status status = Commit(Transaction(TaskIdentity{"task", first.lease})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(HasReason(status, kTaskLost));
  EXPECT_TRUE(HasReason(store_->PostponeTask(scope_, first, kNow, Soon()), kTaskLost));
  EXPECT_TRUE(Commit(Transaction(TaskIdentity{"task", second.lease})).ok());
  EXPECT_TRUE(HasReason(Commit(Transaction(TaskIdentity{"task", "never"})).status(), kTaskLost));
}

TEST_P(StoreContract, ATaskIsReplacedCancelledPostponedAndScheduledAgain) {
  ASSERT_TRUE(Later("task", kNow, "old").ok());
  const Task running = Claim(kNow).at(0);
  ASSERT_TRUE(Later("task", kNow + absl::Seconds(5), "new").ok());
  EXPECT_TRUE(
      HasReason(Commit(Transaction(TaskIdentity{"task", running.lease})).status(), kTaskLost));
  EXPECT_THAT(Claim(kNow + absl::Seconds(4)), IsEmpty());
  const Task next = Claim(kNow + absl::Seconds(5)).at(0);
  EXPECT_EQ(next.payload, "new");
  ASSERT_TRUE(store_->PostponeTask(scope_, next, kNow + absl::Seconds(9), Soon()).ok());
  EXPECT_THAT(Claim(kNow + absl::Seconds(8)), IsEmpty());
  const Task third = Claim(kNow + absl::Seconds(9)).at(0);
  EXPECT_EQ(third.attempt, 2);
  Transaction again(TaskIdentity{"task", third.lease});
  again.Later("task", kNow + absl::Seconds(20), "kind", "again");
  ASSERT_TRUE(Commit(again).ok());
  EXPECT_EQ(Claim(kNow + absl::Seconds(20)).at(0).payload, "again");
  Transaction cancel(FreshReply());
  cancel.CancelLater("task");
  cancel.CancelLater("nobody");
  ASSERT_TRUE(Commit(cancel).ok());
  EXPECT_THAT(Claim(kNow + absl::Hours(9)), IsEmpty());
}

// ---- Emit and the outbox.

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

// ---- Bad input.

TEST_P(StoreContract, RefusesTransactionsOutOfForm) {
  const auto refused = [&](auto&& build) {
    Transaction transaction(FreshReply());
    build(transaction);
    EXPECT_EQ(Commit(transaction).status().code(), absl::StatusCode::kInvalidArgument);
  };
  refused([](Transaction& t) { t.Put("", "", ""); });
  refused([](Transaction& t) { t.Put("k", "", ""), t.Delete("k", ""); });
  refused([](Transaction& t) { t.Put("k", std::string(kMaxBytes, 'x'), ""); });
  refused([](Transaction& t) { t.Put("k", "", "", absl::ZeroDuration()); });
  refused([](Transaction& t) { t.IndexPut("i", "m", std::numeric_limits<double>::quiet_NaN()); });
  refused([](Transaction& t) { t.GeoPut("i", "m", {89, 8}); });
  refused([](Transaction& t) { t.Bound("c", 1, 0); });
  refused([](Transaction& t) { t.Add("c", kMaxCounter + 1); });
  refused([](Transaction& t) { t.Later("t", absl::InfiniteFuture(), "k", ""); });
  refused([](Transaction& t) { t.Emit(EmitOp{}); });
  refused([](Transaction& t) {
    for (size_t i = 0; i <= kMaxOperations; ++i) t.Check(absl::StrCat(i), "");
  });
  EXPECT_EQ(store_->Commit({"no}tag", "s"}, Transaction(FreshReply()), Soon()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Commit(Transaction(OnceIdentity{"c", "a", 1, 0})).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreContract, AcceptsTheLargestTransaction) {
  Transaction transaction(FreshReply());
  for (size_t i = 0; i < kMaxOperations; ++i)
    transaction.Put(absl::StrCat(i), std::string(4000, 'x'), "");
  EXPECT_THAT(Commit(transaction)->versions, SizeIs(kMaxOperations));
}

}  // namespace
}  // namespace stadtmesh::store

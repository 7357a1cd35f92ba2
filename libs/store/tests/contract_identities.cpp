// Replies and watermarks: a transaction is applied once.
#include "contract.h"

namespace stadtmesh::store {

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

}  // namespace stadtmesh::store

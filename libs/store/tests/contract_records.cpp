// Records, versions and bad input.
#include "absl/strings/str_cat.h"
#include "contract.h"

namespace stadtmesh::store {

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

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract, ::testing::Values("fake", "redis", "cluster"),
                         [](const auto& info) { return info.param; });

}  // namespace stadtmesh::store

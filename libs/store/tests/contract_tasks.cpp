// Tasks that run later.
#include "contract.h"

namespace stadtmesh::store {

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

}  // namespace stadtmesh::store

// Counters stay in their bounds.
#include "contract.h"

namespace stadtmesh::store {

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

}  // namespace stadtmesh::store

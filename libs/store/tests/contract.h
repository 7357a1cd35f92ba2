// What a store promises (store.h), for the fake, for one Redis and for a Redis Cluster alike. The
// tests stand in contract_*.cpp.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends.h"
#include "base/error.h"
#include "store/errors.h"
#include "store/plan.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {

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

}  // namespace stadtmesh::store

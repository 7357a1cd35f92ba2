// The store in memory, for unit tests of services. It passes the contract suite that Redis passes
// (libs/store/tests).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/time.h"
#include "store/plan.h"
#include "store/store.h"

namespace stadtmesh::testing {

struct FakeStoreOptions {
  int64_t outbox_limit = 100'000;
};

// Thread-safe. Expiry, leases and claims follow `clock`; deadlines are ignored (nothing waits),
// except in WaitForOutbox, which waits in real time.
class FakeStore final : public store::Store {
 public:
  explicit FakeStore(const Clock& clock, FakeStoreOptions options = {});
  ~FakeStore() override;

  // Called before each operation with its name ("Get", "Commit", ...); an error is returned instead
  // of doing anything.
  void SetFault(std::function<absl::Status(absl::string_view operation)> fault);

  absl::StatusOr<store::Record> Get(const store::Scope& scope, absl::string_view key,
                                    absl::Time deadline) override;
  absl::StatusOr<std::vector<store::Record>> MultiGet(const store::Scope& scope,
                                                      const std::vector<std::string>& keys,
                                                      absl::Time deadline) override;
  absl::StatusOr<std::optional<store::Counter>> GetCounter(const store::Scope& scope,
                                                           absl::string_view counter,
                                                           absl::Time deadline) override;
  absl::StatusOr<std::vector<store::Scored>> IndexRange(const store::Scope& scope,
                                                        absl::string_view index,
                                                        const store::Range& range,
                                                        absl::Time deadline) override;
  absl::StatusOr<int64_t> IndexCount(const store::Scope& scope, absl::string_view index,
                                     absl::Time deadline) override;
  absl::StatusOr<std::vector<store::Scored>> GeoSearch(const store::Scope& scope,
                                                       absl::string_view index, LatLon center,
                                                       double radius_metres, size_t limit,
                                                       absl::Time deadline) override;
  absl::StatusOr<std::optional<std::string>> FindReply(const store::Scope& scope,
                                                       const store::ReplyIdentity& identity,
                                                       absl::Time deadline) override;
  absl::StatusOr<store::Committed> Commit(const store::Scope& scope,
                                          const store::Transaction& transaction,
                                          absl::Time deadline) override;
  absl::StatusOr<std::vector<store::Task>> ClaimDue(const store::Scope& scope, absl::Time now,
                                                    absl::Duration lease, size_t limit,
                                                    absl::Time deadline) override;
  absl::Status PostponeTask(const store::Scope& scope, const store::Task& task, absl::Time due,
                            absl::Time deadline) override;
  absl::StatusOr<std::vector<store::OutboxEntry>> ReadOutbox(const store::Scope& scope,
                                                             absl::string_view after, size_t limit,
                                                             absl::Time deadline) override;
  absl::Status TrimOutbox(const store::Scope& scope, absl::string_view position,
                          absl::string_view lease_name, absl::string_view owner,
                          absl::Time deadline) override;
  absl::StatusOr<int64_t> OutboxLength(const store::Scope& scope, absl::Time deadline) override;
  absl::StatusOr<bool> AcquireLease(const store::Scope& scope, absl::string_view name,
                                    absl::string_view owner, absl::Duration ttl,
                                    absl::Time deadline) override;
  absl::Status ReleaseLease(const store::Scope& scope, absl::string_view name,
                            absl::string_view owner, absl::Time deadline) override;
  absl::StatusOr<uint64_t> RaiseEpoch(const store::Scope& scope, absl::Time deadline) override;
  absl::StatusOr<int64_t> EraseReplies(const store::Scope& scope, absl::string_view subject,
                                       absl::Time deadline) override;
  absl::Status RewriteLog(const store::Scope& scope, absl::Time deadline) override;
  bool WaitForOutbox(absl::string_view service, absl::Time deadline) override;

 private:
  struct ScopeData;

  absl::Status Enter(absl::string_view operation, const store::Scope& scope)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  ScopeData& Data(const store::Scope& scope) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string NewToken() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  const FakeStoreOptions options_;
  absl::Mutex mutex_;
  std::function<absl::Status(absl::string_view)> fault_ ABSL_GUARDED_BY(mutex_);
  std::map<store::Scope, std::unique_ptr<ScopeData>> scopes_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> woken_ ABSL_GUARDED_BY(mutex_);  // services
  uint64_t tokens_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace stadtmesh::testing

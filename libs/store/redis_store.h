// The store on Redis: one Lua script per transaction over a pipelined client. See README.md.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "redis/router.h"
#include "redis/subscriber.h"
#include "store/store.h"

namespace stadtmesh::store {

struct RedisStoreOptions {
  // Addresses, user and replicas. `required_config` is set here: appendonly yes, appendfsync
  // always, noeviction.
  redis::ClientOptions client;
  bool cluster = false;                        // the addresses are nodes of a Redis Cluster
  int64_t outbox_limit = 100'000;              // events per scope that may wait for the bus
  absl::Duration max_wait = absl::Seconds(1);  // no call waits longer, whatever its deadline
  // Shorter only in tests; see kKeepNumbers. Whole seconds.
  absl::Duration keep_numbers = kKeepNumbers, keep_watermarks = kKeepWatermarks;
  // Only for tests and benchmarks that show what it costs or loses: accepts a server that is not
  // durable.
  bool accept_any_durability = false;
};

// The hash of commit.lua, for benchmarks that send it by other means.
const std::string& CommitScriptSha();

class RedisStore final : public Store {
 public:
  // Refuses a server whose settings lose data: FAILED_PRECONDITION, reason STORE_MISCONFIGURED,
  // naming the setting (also checked on every reconnect). UNAVAILABLE: not reachable until
  // `deadline`.
  static absl::StatusOr<std::unique_ptr<RedisStore>> Connect(RedisStoreOptions options,
                                                             absl::Time deadline);
  ~RedisStore() override;

  absl::StatusOr<Record> Get(const Scope& scope, absl::string_view key,
                             absl::Time deadline) override;
  absl::StatusOr<std::vector<Record>> MultiGet(const Scope& scope,
                                               const std::vector<std::string>& keys,
                                               absl::Time deadline) override;
  absl::StatusOr<std::optional<Counter>> GetCounter(const Scope& scope, absl::string_view counter,
                                                    absl::Time deadline) override;
  absl::StatusOr<std::vector<Scored>> IndexRange(const Scope& scope, absl::string_view index,
                                                 const Range& range, absl::Time deadline) override;
  absl::StatusOr<int64_t> IndexCount(const Scope& scope, absl::string_view index,
                                     absl::Time deadline) override;
  absl::StatusOr<std::vector<Scored>> GeoSearch(const Scope& scope, absl::string_view index,
                                                LatLon center, double radius_metres, size_t limit,
                                                absl::Time deadline) override;
  absl::StatusOr<std::optional<std::string>> FindReply(const Scope& scope,
                                                       const ReplyIdentity& identity,
                                                       absl::Time deadline) override;
  absl::StatusOr<Committed> Commit(const Scope& scope, const Transaction& transaction,
                                   absl::Time deadline) override;
  absl::StatusOr<std::vector<Task>> ClaimDue(const Scope& scope, absl::Time now,
                                             absl::Duration lease, size_t limit,
                                             absl::Time deadline) override;
  absl::Status PostponeTask(const Scope& scope, const Task& task, absl::Time due,
                            absl::Time deadline) override;
  absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(const Scope& scope, absl::string_view after,
                                                      size_t limit, absl::Time deadline) override;
  absl::Status TrimOutbox(const Scope& scope, absl::string_view position,
                          absl::string_view lease_name, absl::string_view owner,
                          absl::Time deadline) override;
  absl::StatusOr<int64_t> OutboxLength(const Scope& scope, absl::Time deadline) override;
  absl::StatusOr<bool> AcquireLease(const Scope& scope, absl::string_view name,
                                    absl::string_view owner, absl::Duration ttl,
                                    absl::Time deadline) override;
  absl::Status ReleaseLease(const Scope& scope, absl::string_view name, absl::string_view owner,
                            absl::Time deadline) override;
  absl::StatusOr<uint64_t> RaiseEpoch(const Scope& scope, absl::Time deadline) override;
  absl::StatusOr<int64_t> EraseReplies(const Scope& scope, absl::string_view subject,
                                       absl::Time deadline) override;
  absl::Status RewriteLog(const Scope& scope, absl::Time deadline) override;
  bool WaitForOutbox(absl::string_view service, absl::Time deadline) override;

 private:
  struct Wakeup {
    bool woken = true;  // something may have been emitted before
    std::unique_ptr<redis::Subscriber> subscriber;
  };

  RedisStore(RedisStoreOptions options, std::unique_ptr<redis::Router> router);
  absl::StatusOr<redis::Reply> Ask(const Scope& scope, const redis::Command& command,
                                   absl::Time deadline);
  absl::StatusOr<redis::Reply> Run(const Scope& scope, const redis::Script& script,
                                   const redis::ScriptArguments& arguments, absl::Time deadline,
                                   redis::CallOptions options);
  absl::Time Capped(absl::Time deadline) const;

  const RedisStoreOptions options_;
  const std::unique_ptr<redis::Router> router_;
  absl::Mutex mutex_;
  std::map<std::string, Wakeup> wakeups_ ABSL_GUARDED_BY(mutex_);  // by service
};

}  // namespace stadtmesh::store

// The port to durable state. Two implementations pass one contract suite: Redis (redis_store.h) and
// the fake of libs/testing.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "store/transaction.h"

namespace stadtmesh::store {

struct Committed {
  enum class Outcome {
    kApplied,   // written now
    kReplayed,  // was committed before (same Reply identity, event at or below the watermark, or
                // resent after a lost answer)
  };
  Outcome outcome = Outcome::kApplied;
  std::string response;  // the recorded reply (Reply identity)
  // new version of every key written (empty when replayed)
  std::map<std::string, Version> versions;
  // resulting value of every counter touched (empty when replayed)
  std::map<std::string, int64_t> counters;
};

struct Scored {
  std::string member;
  double score = 0;
};

struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::optional<Scored> after;  // keyset: strictly after this entry in the chosen direction
  bool descending = false;
  size_t limit = 100;  // 1..1000
};

struct Counter {
  int64_t value = 0, min = 0, max = 0;
};

struct Task {
  std::string task_id, kind, payload, lease;
  absl::Time due;
  int attempt = 1;  // how often it was claimed
};

struct OutboxEntry {
  std::string position;  // opaque, increasing within the scope
  std::string aggregate, type, payload, event_id, traceparent;
  uint64_t epoch = 0, n = 0;
  absl::Time time;
  std::map<std::string, int64_t> counters;
};

// Thread-safe. Calls block at most until `deadline`; never call from a gRPC or I/O thread.
//
// Errors of every call: UNAVAILABLE (not reachable; for Commit with metadata outcome=unknown when
// it may have been applied), DEADLINE_EXCEEDED, INVALID_ARGUMENT (a transaction past kMaxOperations
// or kMaxBytes, an empty name, a key written twice: plan.h). When several refusals apply, the first
// of: identity, versions (in the order of operations), counters, outbox limit.
class Store {
 public:
  virtual ~Store() = default;

  virtual absl::StatusOr<Record> Get(const Scope& scope, absl::string_view key,
                                     absl::Time deadline) = 0;
  // One round trip; the result has one record per key, in order. At most 1,000 keys.
  virtual absl::StatusOr<std::vector<Record>> MultiGet(const Scope& scope,
                                                       const std::vector<std::string>& keys,
                                                       absl::Time deadline) = 0;
  virtual absl::StatusOr<std::optional<Counter>> GetCounter(const Scope& scope,
                                                            absl::string_view counter,
                                                            absl::Time deadline) = 0;
  virtual absl::StatusOr<std::vector<Scored>> IndexRange(const Scope& scope,
                                                         absl::string_view index,
                                                         const Range& range,
                                                         absl::Time deadline) = 0;
  virtual absl::StatusOr<int64_t> IndexCount(const Scope& scope, absl::string_view index,
                                             absl::Time deadline) = 0;
  // Members within `radius_metres`, nearest first; Scored.score is the distance in metres.
  virtual absl::StatusOr<std::vector<Scored>> GeoSearch(const Scope& scope, absl::string_view index,
                                                        LatLon center, double radius_metres,
                                                        size_t limit, absl::Time deadline) = 0;
  // The recorded reply, for a cheap answer before any work; nothing when there is none.
  // FAILED_PRECONDITION as in Commit.
  virtual absl::StatusOr<std::optional<std::string>> FindReply(const Scope& scope,
                                                               const ReplyIdentity& identity,
                                                               absl::Time deadline) = 0;

  // Validates everything, then writes everything, or nothing. Besides the common errors:
  //   ABORTED              reason VERSION_CONFLICT: a version is not the expected one (metadata
  //   key=...) OUT_OF_RANGE         reason COUNTER_BOUND: a counter would leave its bounds
  //   (metadata counter=, value=, min=, max=) NOT_FOUND            reason COUNTER_UNKNOWN (metadata
  //   counter=) FAILED_PRECONDITION  reason IDEMPOTENCY_KEY_REUSED; EVENT_GAP (an event beyond last
  //   + 1, metadata last=); TASK_LOST RESOURCE_EXHAUSTED   reason OUTBOX_FULL: too many events wait
  //   for the bus
  virtual absl::StatusOr<Committed> Commit(const Scope& scope, const Transaction& transaction,
                                           absl::Time deadline) = 0;

  // ---- For TaskWorker (task_worker.h).
  // Leases up to `limit` tasks due at `now` until `now + lease`; a task whose lease ran out is
  // claimed again.
  virtual absl::StatusOr<std::vector<Task>> ClaimDue(const Scope& scope, absl::Time now,
                                                     absl::Duration lease, size_t limit,
                                                     absl::Time deadline) = 0;
  // Puts a claimed task back for later (a transient error).
  virtual absl::Status PostponeTask(const Scope& scope, const Task& task, absl::Time due,
                                    absl::Time deadline) = 0;

  // ---- For the outbox relay (libs/events).
  // Entries strictly after `after` (empty: from the oldest).
  virtual absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(const Scope& scope,
                                                              absl::string_view after, size_t limit,
                                                              absl::Time deadline) = 0;
  // Removes everything up to and including `position`, provided that `owner` still holds lease
  // `lease_name`; else ABORTED LEASE_LOST.
  virtual absl::Status TrimOutbox(const Scope& scope, absl::string_view position,
                                  absl::string_view lease_name, absl::string_view owner,
                                  absl::Time deadline) = 0;
  virtual absl::StatusOr<int64_t> OutboxLength(const Scope& scope, absl::Time deadline) = 0;
  // Takes or renews a named lease; false when somebody else holds it.
  virtual absl::StatusOr<bool> AcquireLease(const Scope& scope, absl::string_view name,
                                            absl::string_view owner, absl::Duration ttl,
                                            absl::Time deadline) = 0;
  virtual absl::Status ReleaseLease(const Scope& scope, absl::string_view name,
                                    absl::string_view owner, absl::Time deadline) = 0;
  // ---- For operators: restore and erasure.
  // After a backup was restored: the numbering of every aggregate starts again at 1 in an epoch
  // above all that the lost history may have had, consumers rebuild. (An epoch is the second, since
  // 1970, at which a numbering began.) Returns the new epoch. Call it before the first commit; a
  // second call does no harm.
  virtual absl::StatusOr<uint64_t> RaiseEpoch(const Scope& scope, absl::Time deadline) = 0;
  // Forgets every recorded reply of a person (erasure). Returns how many there were.
  virtual absl::StatusOr<int64_t> EraseReplies(const Scope& scope, absl::string_view subject,
                                               absl::Time deadline) = 0;
  // Has the server that holds the scope write its log anew, without what was deleted or overwritten
  // before: until then that can still be read on its disk. Returns when the server has taken it on,
  // also where it is at it already; it goes on behind. A replica's log is its own affair.
  virtual absl::Status RewriteLog(const Scope& scope, absl::Time deadline) = 0;

  // Blocks until a commit emitted an event for one of this service's scopes since the last call, or
  // until `deadline`. True when woken, which may be for nothing. One waiter per service. (Redis:
  // PUBLISH from the script; a lost message only costs a poll.)
  virtual bool WaitForOutbox(absl::string_view service, absl::Time deadline) = 0;
};

}  // namespace stadtmesh::store

// Where a consumer group keeps the events it could not apply, and those of the same aggregate that
// must wait behind them.
//
// They live in the consumer's own store, not in the log: whether an aggregate is parked is a
// look-up by key, and a replay removes entries one by one; a log can do neither. So they are
// durable as the effects are, in its backups, and within reach of erasure. A parked aggregate is
// released only when nothing is left behind it; parking and releasing meet on one version.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "events/bus.h"

namespace stadtmesh::events {

struct DeadLetter {
  Event event;
  std::string cause;  // why it was given up; empty for an event that only waits behind one
  int tries = 0;
  absl::Time since;
};

// Thread-safe. All calls: UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED (a race that outlasted the
// deadline).
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;

  // The parked aggregates of a tenant.
  virtual absl::StatusOr<std::vector<AggregateKey>> ParkedAggregates(absl::string_view group,
                                                                     absl::string_view tenant,
                                                                     absl::Time deadline) = 0;
  // Gives an event up and parks its aggregate. The same (epoch, n) again replaces the entry.
  virtual absl::Status Bury(absl::string_view group, const DeadLetter& letter,
                            absl::Time deadline) = 0;
  // Puts an event behind its parked aggregate; false, and nothing done, when the aggregate is not
  // parked (any more). An event that already waits stays as it is.
  virtual absl::StatusOr<bool> ParkBehind(absl::string_view group, const Event& event,
                                          absl::Time since, absl::Time deadline) = 0;
  // The oldest entries of an aggregate by (epoch, n), at most `limit` (1..100).
  virtual absl::StatusOr<std::vector<DeadLetter>> List(absl::string_view group,
                                                       const AggregateKey& aggregate, size_t limit,
                                                       absl::Time deadline) = 0;
  // Removes one entry; gone already is fine.
  virtual absl::Status Remove(absl::string_view group, const Event& event, absl::Time deadline) = 0;
  // Lets the aggregate's events pass again; false when entries are left.
  virtual absl::StatusOr<bool> Release(absl::string_view group, const AggregateKey& aggregate,
                                       absl::Time deadline) = 0;

  // One replay of an aggregate at a time; `owner` renews by calling again. False when somebody else
  // is at it.
  virtual absl::StatusOr<bool> LockReplay(absl::string_view group, const AggregateKey& aggregate,
                                          absl::string_view owner, absl::Duration ttl,
                                          absl::Time deadline) = 0;
  virtual absl::Status UnlockReplay(absl::string_view group, const AggregateKey& aggregate,
                                    absl::string_view owner, absl::Time deadline) = 0;
};

}  // namespace stadtmesh::events

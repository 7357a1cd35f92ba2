// A transaction: everything one command changes, as a value. It is validated as a whole and then
// written as a whole by one Lua script (libs/store/redis_store.h) or by the fake
// (libs/testing/fake_store.h). See libs/store/README.md.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/geo.h"

namespace stadtmesh::store {

// Whose data: the hash tag of all keys is {tenant/service}, so a transaction is atomic on a Redis
// Cluster too.
struct Scope {
  std::string tenant;
  std::string service;
  auto operator<=>(const Scope&) const = default;
};

// A random token that changes with every write; empty means absent. A re-created key never gets an
// old version again.
using Version = std::string;

// A value as read. Without a value, `version` is empty.
struct Record {
  std::string bytes;
  Version version;
  bool exists() const { return !version.empty(); }
};

// ---- Who commits: exactly one identity per transaction, judged before the versions, so that a
// transaction whose outcome is
// ---- unknown (broken connection) may be sent again and is applied at most once.

// A caller's command. The same key with the same fingerprint (of the request body) gives the
// recorded answer again; with another fingerprint the commit fails with FAILED_PRECONDITION, reason
// IDEMPOTENCY_KEY_REUSED.
struct ReplyIdentity {
  std::string subject;      // subject alias of the caller
  std::string method;       // full RPC method name
  std::string key;          // Idempotency-Key, invented by the gateway where the client sent none
  std::string fingerprint;  // hash of the request
  absl::Duration keep = absl::Hours(24);
};

// A foreign event, in order per aggregate. At or below the last: dropped; last + 1: applied;
// beyond: held (gap). An aggregate never seen begins at 1; over an older epoch's watermark any n of
// a higher epoch is applied (the consumer has rebuilt).
struct OnceIdentity {
  std::string consumer;
  std::string aggregate;
  uint64_t epoch = 0;
  uint64_t n = 0;  // counts from 1 without gaps within an epoch
};

// A due task (`Later`): the commit removes the task (before the operations, so it may schedule
// itself again) and is refused when the lease was lost or the task is gone. Sent again within ten
// minutes it is kReplayed.
struct TaskIdentity {
  std::string task_id;
  std::string lease;
};

// What is remembered how long, so that nothing grows for ever. An aggregate that rested for longer
// than kKeepNumbers may begin a new epoch at 1 with its next event (after three times as long it
// does), and a consumer accepts any number of a higher epoch. So a watermark may go once the
// aggregate's next event must begin a new epoch: kKeepWatermarks is three times kKeepNumbers and
// the time that an event may spend on its way (18 days; the bus must hold events for less than
// that).
inline constexpr absl::Duration kKeepNumbers = absl::Hours(14 * 24);
inline constexpr absl::Duration kKeepWatermarks = absl::Hours(60 * 24);

using Identity = std::variant<ReplyIdentity, OnceIdentity, TaskIdentity>;

// ---- Operations. All keys, indexes and counters are names inside the scope.

struct CheckOp {
  std::string key;
  Version version;
};
struct PutOp {
  std::string key;
  std::string bytes;
  Version expected;
  absl::Duration ttl = absl::InfiniteDuration();
};
struct DeleteOp {
  std::string key;
  Version expected;
};
// Creates the counter or changes its bounds; keeps the value when it exists. Refused (OUT_OF_RANGE)
// when the value after all operations of the transaction lies outside the new bounds.
struct BoundOp {
  std::string counter;
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
  int64_t initial = 0;
};
// Operations on one counter are summed before validation. A counter that was never bounded is
// NOT_FOUND.
struct AddOp {
  std::string counter;
  int64_t delta = 0;
};
// Forgets a counter and its bounds; gone already is fine. Not together with another operation on
// it.
struct RemoveCounterOp {
  std::string counter;
};
struct IndexPutOp {
  std::string index;
  std::string member;
  double score = 0;
};
struct IndexRemoveOp {
  std::string index;
  std::string member;
};
struct GeoPutOp {
  std::string index;
  std::string member;
  LatLon point;
};  // removed by IndexRemoveOp
// A command that runs at `due` (at least once, leased; see TaskWorker). The same id replaces.
struct LaterOp {
  std::string task_id;
  absl::Time due;
  std::string kind;
  std::string payload;
};
struct CancelLaterOp {
  std::string task_id;
};

// A consumer that lost events has rebuilt from the owner's state, which includes the events up to
// (epoch, n): moves the watermark there, never back.
struct AdvanceOp {
  std::string consumer;
  std::string aggregate;
  uint64_t epoch = 0;
  uint64_t n = 0;
};

// An event of the outbox. The store numbers the events of an aggregate without gaps.
struct EmitOp {
  std::string aggregate;              // id of the aggregate; the Kafka key
  std::string type;                   // CloudEvents type
  std::string payload;                // protobuf bytes; ids and facts, never personal data
  std::string event_id;               // unique
  absl::Time time;                    // when it happened
  std::string traceparent;            // W3C trace context, or empty
  std::vector<std::string> counters;  // counters whose resulting values are attached to the event
};

using Operation =
    std::variant<CheckOp, PutOp, DeleteOp, BoundOp, AddOp, RemoveCounterOp, IndexPutOp,
                 IndexRemoveOp, GeoPutOp, LaterOp, CancelLaterOp, AdvanceOp, EmitOp>;

inline constexpr size_t kMaxOperations = 256;
inline constexpr size_t kMaxBytes = 1 << 20;

// Collects operations. Not thread-safe; cheap to move.
class Transaction {
 public:
  explicit Transaction(Identity identity) : identity_(std::move(identity)) {}

  // A key that was read and relied on, but is not written: refuses write skew.
  void Check(std::string key, Version version) {
    Append(CheckOp{std::move(key), std::move(version)});
  }
  void Put(std::string key, std::string bytes, Version expected,
           absl::Duration ttl = absl::InfiniteDuration()) {
    Append(PutOp{std::move(key), std::move(bytes), std::move(expected), ttl});
  }
  void Delete(std::string key, Version expected) {
    Append(DeleteOp{std::move(key), std::move(expected)});
  }
  void Bound(std::string counter, int64_t min, int64_t max, int64_t initial = 0) {
    Append(BoundOp{std::move(counter), min, max, initial});
  }
  void Add(std::string counter, int64_t delta) { Append(AddOp{std::move(counter), delta}); }
  void RemoveCounter(std::string counter) { Append(RemoveCounterOp{std::move(counter)}); }
  void IndexPut(std::string index, std::string member, double score) {
    Append(IndexPutOp{std::move(index), std::move(member), score});
  }
  void IndexRemove(std::string index, std::string member) {
    Append(IndexRemoveOp{std::move(index), std::move(member)});
  }
  void GeoPut(std::string index, std::string member, LatLon point) {
    Append(GeoPutOp{std::move(index), std::move(member), point});
  }
  void Later(std::string task_id, absl::Time due, std::string kind, std::string payload) {
    Append(LaterOp{std::move(task_id), due, std::move(kind), std::move(payload)});
  }
  void CancelLater(std::string task_id) { Append(CancelLaterOp{std::move(task_id)}); }
  void Advance(std::string consumer, std::string aggregate, uint64_t epoch, uint64_t n) {
    Append(AdvanceOp{std::move(consumer), std::move(aggregate), epoch, n});
  }
  void Emit(EmitOp event) { Append(std::move(event)); }
  // What the caller is told; recorded with a ReplyIdentity (ignored with the others). May be a
  // final refusal.
  void Reply(std::string response) { response_ = std::move(response); }

  const Identity& identity() const { return identity_; }
  const std::vector<Operation>& operations() const { return operations_; }
  const std::string& response() const { return response_; }

 private:
  void Append(Operation operation) { operations_.push_back(std::move(operation)); }

  Identity identity_;
  std::vector<Operation> operations_;
  std::string response_;
};

}  // namespace stadtmesh::store

// What the fake store keeps of one scope, and how a transaction is judged and written. Only for
// fake_store*.cpp; not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/plan.h"
#include "store/store.h"
#include "testing/fake_store.h"

namespace stadtmesh::testing {

struct StoredValue {
  std::string bytes;
  store::Version version;
  absl::Time expires = absl::InfiniteFuture();
};

struct StoredReply {
  std::string fingerprint, response;
  absl::Time expires;
};

struct StoredTask {
  std::string kind, payload, lease;
  absl::Time due;
  absl::Time visible;  // due, or the end of the lease
  int attempt = 0;
};

struct StoredLease {
  std::string owner;
  absl::Time expires;
};

struct StoredIndex {
  std::map<std::string, double> scores;
  std::set<std::pair<double, std::string>> order;
  std::map<std::string, LatLon> points;

  void Put(const std::string& member, double score);
  void Remove(const std::string& member);
};

// The last event of an aggregate, emitted or applied.
struct Numbered {
  uint64_t epoch = 0, n = 0;
  absl::Time written;
};

struct FakeStore::ScopeData {
  using ReplyKey = std::tuple<std::string, std::string, std::string>;  // subject, method, key
  // Nothing: the transaction is to be applied.
  using Verdict = absl::StatusOr<std::optional<store::Committed>>;
  struct Writing {
    std::string version;
    absl::Time now;
    store::Committed* committed;
  };

  static ReplyKey KeyOf(const store::ReplyIdentity& identity) {
    return {identity.subject, identity.method, identity.key};
  }

  store::Record Read(const std::string& key, absl::Time now);
  const StoredReply* FindReply(const ReplyKey& key, absl::Time now);
  // What is not forgotten yet, or null.
  const Numbered* Watermark(const std::string& consumer, const std::string& aggregate,
                            absl::Time now) const;

  // ---- Validation.
  Verdict Judge(const store::ReplyIdentity& identity, absl::Time now);
  Verdict Judge(const store::OnceIdentity& identity, absl::Time now);
  Verdict Judge(const store::TaskIdentity& identity, absl::Time now);
  absl::Status CheckVersions(const store::Transaction& transaction, absl::Time now);
  // The counters as they will be.
  absl::StatusOr<std::map<std::string, store::Counter>> CheckCounters(const store::Plan& plan);

  // ---- Writing.
  void Note(const store::ReplyIdentity& identity, const std::string& response, absl::Time now);
  void Note(const store::OnceIdentity& identity, const std::string& response, absl::Time now);
  void Note(const store::TaskIdentity& identity, const std::string& response, absl::Time now);
  void Write(const store::CheckOp&, const Writing&) {}
  void Write(const store::BoundOp&, const Writing&) {}  // counters are written from the plan
  void Write(const store::AddOp&, const Writing&) {}
  void Write(const store::PutOp& op, const Writing& writing);
  void Write(const store::DeleteOp& op, const Writing& writing);
  void Write(const store::RemoveCounterOp& op, const Writing& writing);
  void Write(const store::IndexPutOp& op, const Writing& writing);
  void Write(const store::IndexRemoveOp& op, const Writing& writing);
  void Write(const store::GeoPutOp& op, const Writing& writing);
  void Write(const store::LaterOp& op, const Writing& writing);
  void Write(const store::CancelLaterOp& op, const Writing& writing);
  void Write(const store::AdvanceOp& op, const Writing& writing);
  void Write(const store::EmitOp& op, const Writing& writing);

  std::map<std::string, StoredValue> values;
  std::map<std::string, store::Counter> counters;
  std::map<std::string, StoredIndex> indexes;
  std::map<std::string, StoredTask> tasks;
  std::map<std::pair<std::string, std::string>, absl::Time> finished;  // (task, lease) -> forget
  std::map<ReplyKey, StoredReply> replies;
  std::map<std::pair<std::string, std::string>, Numbered> watermarks;  // (consumer, aggregate)
  std::map<std::string, Numbered> sequences;
  std::map<std::string, StoredLease> leases;
  std::map<std::string, store::OutboxEntry> outbox;
  uint64_t positions = 0;
  uint64_t lowest_epoch = 0;
};

// Whole microseconds, as they are stored.
inline absl::Time Micros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

}  // namespace stadtmesh::testing

#include "testing/fake_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "store/errors.h"

namespace stadtmesh::testing {

using store::Committed;
using store::Counter;
using store::OutboxEntry;
using store::Plan;
using store::Range;
using store::Record;
using store::ReplyIdentity;
using store::Scope;
using store::Scored;
using store::Task;
using store::Transaction;

namespace {

struct Value {
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

struct Lease {
  std::string owner;
  absl::Time expires;
};

struct Index {
  std::map<std::string, double> scores;
  std::set<std::pair<double, std::string>> order;
  std::map<std::string, LatLon> points;

  void Put(const std::string& member, double score) {
    Remove(member);
    scores[member] = score;
    order.emplace(score, member);
  }
  void Remove(const std::string& member) {
    points.erase(member);
    const auto found = scores.find(member);
    if (found == scores.end()) return;
    order.erase({found->second, member});
    scores.erase(found);
  }
};

struct Numbered {
  uint64_t epoch = 0, n = 0;
};

using ReplyKey = std::tuple<std::string, std::string, std::string>;

ReplyKey KeyOf(const ReplyIdentity& identity) {
  return {identity.subject, identity.method, identity.key};
}

absl::Time Micros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

constexpr absl::Duration kKeepFinishedTask = absl::Minutes(10);

}  // namespace

struct FakeStore::ScopeData {
  std::map<std::string, Value> values;
  std::map<std::string, Counter> counters;
  std::map<std::string, Index> indexes;
  std::map<std::string, StoredTask> tasks;
  std::map<std::pair<std::string, std::string>, absl::Time> finished;  // (task, lease) -> forget
  std::map<ReplyKey, StoredReply> replies;
  std::map<std::pair<std::string, std::string>, Numbered> watermarks;  // (consumer, aggregate)
  std::map<std::string, Numbered> sequences;
  std::map<std::string, Lease> leases;
  std::map<std::string, OutboxEntry> outbox;
  uint64_t positions = 0;
  uint64_t epoch = 1;

  Record Read(const std::string& key, absl::Time now) {
    const auto found = values.find(key);
    if (found == values.end()) return {};
    if (found->second.expires <= now) {
      values.erase(found);
      return {};
    }
    return {found->second.bytes, found->second.version};
  }

  const StoredReply* FindReply(const ReplyKey& key, absl::Time now) {
    const auto found = replies.find(key);
    if (found == replies.end()) return nullptr;
    if (found->second.expires <= now) {
      replies.erase(found);
      return nullptr;
    }
    return &found->second;
  }

  // ---- Judging an identity: nothing when the transaction is to be applied.
  using Verdict = absl::StatusOr<std::optional<Committed>>;

  Verdict Judge(const ReplyIdentity& identity, absl::Time now) {
    const StoredReply* reply = FindReply(KeyOf(identity), now);
    if (reply == nullptr) return std::nullopt;
    if (reply->fingerprint != identity.fingerprint) return store::IdempotencyKeyReused();
    return Committed{Committed::Outcome::kReplayed, reply->response, {}, {}};
  }

  Verdict Judge(const store::OnceIdentity& identity, absl::Time) {
    const auto found = watermarks.find({identity.consumer, identity.aggregate});
    if (found != watermarks.end() && identity.epoch > found->second.epoch) return std::nullopt;
    const Numbered last = found == watermarks.end() ? Numbered{identity.epoch, 0} : found->second;
    if (identity.epoch < last.epoch || identity.n <= last.n) {
      return Committed{Committed::Outcome::kReplayed, "", {}, {}};
    }
    if (identity.n > last.n + 1) return store::EventGap(identity.aggregate, last.n);
    return std::nullopt;
  }

  Verdict Judge(const store::TaskIdentity& identity, absl::Time now) {
    const auto done = finished.find({identity.task_id, identity.lease});
    if (done != finished.end() && done->second > now) {
      return Committed{Committed::Outcome::kReplayed, "", {}, {}};
    }
    const auto found = tasks.find(identity.task_id);
    if (found == tasks.end() || found->second.lease != identity.lease) {
      return store::TaskLost(identity.task_id);
    }
    return std::nullopt;
  }

  // ---- Recording it.
  void Record_(const ReplyIdentity& identity, const std::string& response, absl::Time now) {
    replies[KeyOf(identity)] = {identity.fingerprint, response, now + identity.keep};
  }
  void Record_(const store::OnceIdentity& identity, const std::string&, absl::Time) {
    watermarks[{identity.consumer, identity.aggregate}] = {identity.epoch, identity.n};
  }
  void Record_(const store::TaskIdentity& identity, const std::string&, absl::Time now) {
    tasks.erase(identity.task_id);
    finished[{identity.task_id, identity.lease}] = now + kKeepFinishedTask;
  }

  // ---- Validation.
  absl::Status CheckVersion(const std::string& key, const store::Version& expected,
                            absl::Time now) {
    return Read(key, now).version == expected ? absl::OkStatus() : store::VersionConflict(key);
  }

  absl::Status CheckVersions(const Transaction& transaction, absl::Time now) {
    for (const store::Operation& operation : transaction.operations()) {
      if (const auto* check = std::get_if<store::CheckOp>(&operation)) {
        RETURN_IF_ERROR(CheckVersion(check->key, check->version, now));
      } else if (const auto* put = std::get_if<store::PutOp>(&operation)) {
        RETURN_IF_ERROR(CheckVersion(put->key, put->expected, now));
      } else if (const auto* erase = std::get_if<store::DeleteOp>(&operation)) {
        RETURN_IF_ERROR(CheckVersion(erase->key, erase->expected, now));
      }
    }
    return absl::OkStatus();
  }

  // The counters as they will be.
  absl::StatusOr<std::map<std::string, Counter>> CheckCounters(const Plan& plan) {
    std::map<std::string, Counter> result;
    for (const store::CounterChange& change : plan.counters) {
      const auto found = counters.find(change.counter);
      if (found == counters.end() && !change.bound) return store::CounterUnknown(change.counter);
      Counter counter =
          found != counters.end() ? found->second : Counter{change.bound->initial, 0, 0};
      if (change.bound) {
        counter.min = change.bound->min;
        counter.max = change.bound->max;
      }
      counter.value += change.delta;
      if (counter.value < counter.min || counter.value > counter.max) {
        return store::CounterBound(change.counter, counter.value, counter.min, counter.max);
      }
      result[change.counter] = counter;
    }
    return result;
  }

  // ---- Writing.
  struct Writing {
    std::string version;
    absl::Time now;
    Committed* committed;
  };

  void Write(const store::CheckOp&, const Writing&) {}
  void Write(const store::PutOp& op, const Writing& writing) {
    values[op.key] = {op.bytes, writing.version, writing.now + op.ttl};
    writing.committed->versions[op.key] = writing.version;
  }
  void Write(const store::DeleteOp& op, const Writing& writing) {
    values.erase(op.key);
    writing.committed->versions[op.key] = "";
  }
  void Write(const store::BoundOp&, const Writing&) {}  // counters are written from the plan
  void Write(const store::AddOp&, const Writing&) {}
  void Write(const store::IndexPutOp& op, const Writing&) {
    indexes[op.index].Put(op.member, op.score);
  }
  void Write(const store::IndexRemoveOp& op, const Writing&) {
    indexes[op.index].Remove(op.member);
  }
  void Write(const store::GeoPutOp& op, const Writing&) {
    indexes[op.index].Put(op.member, 0);
    indexes[op.index].points[op.member] = op.point;
  }
  void Write(const store::LaterOp& op, const Writing&) {
    const absl::Time due = Micros(op.due);
    tasks[op.task_id] = {op.kind, op.payload, "", due, due, 0};
  }
  void Write(const store::CancelLaterOp& op, const Writing&) { tasks.erase(op.task_id); }
  void Write(const store::EmitOp& op, const Writing& writing) {
    Numbered& last = sequences[op.aggregate];
    last = last.epoch == epoch ? Numbered{epoch, last.n + 1} : Numbered{epoch, 1};
    OutboxEntry entry{absl::StrFormat("%020d", ++positions),
                      op.aggregate,
                      op.type,
                      op.payload,
                      op.event_id,
                      op.traceparent,
                      last.epoch,
                      last.n,
                      Micros(op.time),
                      {}};
    for (const std::string& counter : op.counters)
      entry.counters[counter] = counters[counter].value;
    outbox[entry.position] = std::move(entry);
  }
};

FakeStore::FakeStore(const Clock& clock, FakeStoreOptions options)
    : clock_(clock), options_(options) {}
FakeStore::~FakeStore() = default;

void FakeStore::SetFault(std::function<absl::Status(absl::string_view)> fault) {
  absl::MutexLock lock(&mutex_);
  fault_ = std::move(fault);
}

absl::Status FakeStore::Enter(absl::string_view operation, const Scope& scope) {
  if (fault_) RETURN_IF_ERROR(fault_(operation));
  return store::ValidateScope(scope);
}

FakeStore::ScopeData& FakeStore::Data(const Scope& scope) {
  std::unique_ptr<ScopeData>& data = scopes_[scope];
  if (!data) data = std::make_unique<ScopeData>();
  return *data;
}

std::string FakeStore::NewToken() { return absl::StrFormat("fake-%017d", ++tokens_); }

absl::StatusOr<Record> FakeStore::Get(const Scope& scope, absl::string_view key, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("Get", scope));
  RETURN_IF_ERROR(store::ValidateName("key", key));
  return Data(scope).Read(std::string(key), clock_.Now());
}

absl::StatusOr<std::vector<Record>> FakeStore::MultiGet(const Scope& scope,
                                                        const std::vector<std::string>& keys,
                                                        absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("MultiGet", scope));
  if (keys.size() > store::kMaxKeysPerRead) return absl::InvalidArgumentError("too many keys");
  std::vector<Record> records;
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(store::ValidateName("key", key));
    records.push_back(Data(scope).Read(key, clock_.Now()));
  }
  return records;
}

absl::StatusOr<std::optional<Counter>> FakeStore::GetCounter(const Scope& scope,
                                                             absl::string_view counter,
                                                             absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("GetCounter", scope));
  RETURN_IF_ERROR(store::ValidateName("counter", counter));
  const auto& counters = Data(scope).counters;
  const auto found = counters.find(std::string(counter));
  if (found == counters.end()) return std::optional<Counter>();
  return std::optional<Counter>(found->second);
}

absl::StatusOr<std::vector<Scored>> FakeStore::IndexRange(const Scope& scope,
                                                          absl::string_view index,
                                                          const Range& range, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("IndexRange", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  RETURN_IF_ERROR(store::ValidateRange(range));
  std::vector<Scored> result;
  const auto& order = Data(scope).indexes[std::string(index)].order;
  const auto take = [&](const std::pair<double, std::string>& entry) {
    if (entry.first < range.min || entry.first > range.max) return;
    if (range.after) {
      const std::pair<double, std::string> after{range.after->score, range.after->member};
      if (range.descending ? entry >= after : entry <= after) return;
    }
    if (result.size() < range.limit) result.push_back({entry.second, entry.first});
  };
  if (range.descending) {
    std::for_each(order.rbegin(), order.rend(), take);
  } else {
    std::for_each(order.begin(), order.end(), take);
  }
  return result;
}

absl::StatusOr<int64_t> FakeStore::IndexCount(const Scope& scope, absl::string_view index,
                                              absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("IndexCount", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  return static_cast<int64_t>(Data(scope).indexes[std::string(index)].order.size());
}

absl::StatusOr<std::vector<Scored>> FakeStore::GeoSearch(const Scope& scope,
                                                         absl::string_view index, LatLon center,
                                                         double radius_metres, size_t limit,
                                                         absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("GeoSearch", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  RETURN_IF_ERROR(store::ValidateGeoPoint(center));
  if (limit < 1 || limit > store::kMaxRangeLimit || !(radius_metres >= 0)) {
    return absl::InvalidArgumentError("a search's limit or radius");
  }
  std::vector<Scored> result;
  for (const auto& [member, point] : Data(scope).indexes[std::string(index)].points) {
    const double distance = DistanceMetres(center, point);
    if (distance <= radius_metres) result.push_back({member, distance});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Scored& a, const Scored& b) { return a.score < b.score; });
  if (result.size() > limit) result.resize(limit);
  return result;
}

absl::StatusOr<std::optional<std::string>> FakeStore::FindReply(const Scope& scope,
                                                                const ReplyIdentity& identity,
                                                                absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("FindReply", scope));
  const StoredReply* reply = Data(scope).FindReply(KeyOf(identity), clock_.Now());
  if (reply == nullptr) return std::optional<std::string>();
  if (reply->fingerprint != identity.fingerprint) return store::IdempotencyKeyReused();
  return std::optional<std::string>(reply->response);
}

absl::StatusOr<Committed> FakeStore::Commit(const Scope& scope, const Transaction& transaction,
                                            absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("Commit", scope));
  ASSIGN_OR_RETURN(const Plan plan, store::MakePlan(scope, transaction));
  ScopeData& data = Data(scope);
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(std::optional<Committed> judged,
                   std::visit([&](const auto& identity) { return data.Judge(identity, now); },
                              transaction.identity()));
  if (judged) return *std::move(judged);
  RETURN_IF_ERROR(data.CheckVersions(transaction, now));
  ASSIGN_OR_RETURN(const auto counters, data.CheckCounters(plan));
  if (plan.events > 0 &&
      static_cast<int64_t>(data.outbox.size() + plan.events) > options_.outbox_limit) {
    return store::OutboxFull();
  }
  Committed committed{Committed::Outcome::kApplied, transaction.response(), {}, {}};
  std::visit([&](const auto& identity) { data.Record_(identity, transaction.response(), now); },
             transaction.identity());
  for (const auto& [name, counter] : counters) {
    data.counters[name] = counter;
    committed.counters[name] = counter.value;
  }
  const ScopeData::Writing writing{NewToken(), now, &committed};
  for (const store::Operation& operation : transaction.operations()) {
    std::visit([&](const auto& op) { data.Write(op, writing); }, operation);
  }
  if (plan.events > 0) woken_.insert(scope.service);
  return committed;
}

absl::StatusOr<std::vector<Task>> FakeStore::ClaimDue(const Scope& scope, absl::Time now,
                                                      absl::Duration lease, size_t limit,
                                                      absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("ClaimDue", scope));
  std::vector<std::pair<absl::Time, std::string>> due;
  auto& tasks = Data(scope).tasks;
  for (const auto& [id, task] : tasks) {
    if (task.visible <= Micros(now)) due.emplace_back(task.visible, id);
  }
  std::sort(due.begin(), due.end());
  if (due.size() > limit) due.resize(limit);
  std::vector<Task> claimed;
  const std::string token = NewToken();
  for (const auto& [_, id] : due) {
    StoredTask& task = tasks[id];
    task.lease = token;
    task.visible = Micros(now + lease);
    ++task.attempt;
    claimed.push_back({id, task.kind, task.payload, task.lease, task.due, task.attempt});
  }
  return claimed;
}

absl::Status FakeStore::PostponeTask(const Scope& scope, const Task& task, absl::Time due,
                                     absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("PostponeTask", scope));
  auto& tasks = Data(scope).tasks;
  const auto found = tasks.find(task.task_id);
  if (found == tasks.end() || found->second.lease != task.lease)
    return store::TaskLost(task.task_id);
  found->second.lease.clear();
  found->second.visible = Micros(due);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OutboxEntry>> FakeStore::ReadOutbox(const Scope& scope,
                                                               absl::string_view after,
                                                               size_t limit, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("ReadOutbox", scope));
  const auto& outbox = Data(scope).outbox;
  std::vector<OutboxEntry> entries;
  for (auto it = outbox.upper_bound(std::string(after));
       it != outbox.end() && entries.size() < limit; ++it) {
    entries.push_back(it->second);
  }
  return entries;
}

absl::Status FakeStore::TrimOutbox(const Scope& scope, absl::string_view position,
                                   absl::string_view lease_name, absl::string_view owner,
                                   absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("TrimOutbox", scope));
  ScopeData& data = Data(scope);
  const auto lease = data.leases.find(std::string(lease_name));
  if (lease == data.leases.end() || lease->second.owner != owner ||
      lease->second.expires <= clock_.Now()) {
    return store::LeaseLost(lease_name);
  }
  data.outbox.erase(data.outbox.begin(), data.outbox.upper_bound(std::string(position)));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> FakeStore::OutboxLength(const Scope& scope, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("OutboxLength", scope));
  return static_cast<int64_t>(Data(scope).outbox.size());
}

absl::StatusOr<bool> FakeStore::AcquireLease(const Scope& scope, absl::string_view name,
                                             absl::string_view owner, absl::Duration ttl,
                                             absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("AcquireLease", scope));
  Lease& lease = Data(scope).leases[std::string(name)];
  const absl::Time now = clock_.Now();
  if (!lease.owner.empty() && lease.owner != owner && lease.expires > now) return false;
  lease = {std::string(owner), now + ttl};
  return true;
}

absl::Status FakeStore::ReleaseLease(const Scope& scope, absl::string_view name,
                                     absl::string_view owner, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("ReleaseLease", scope));
  auto& leases = Data(scope).leases;
  const auto found = leases.find(std::string(name));
  if (found != leases.end() && found->second.owner == owner) leases.erase(found);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> FakeStore::RaiseEpoch(const Scope& scope, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("RaiseEpoch", scope));
  return ++Data(scope).epoch;
}

absl::StatusOr<int64_t> FakeStore::EraseReplies(const Scope& scope, absl::string_view subject,
                                                absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("EraseReplies", scope));
  const absl::Time now = clock_.Now();
  int64_t erased = 0;
  std::erase_if(Data(scope).replies, [&](const auto& entry) {
    if (std::get<0>(entry.first) != subject) return false;
    if (entry.second.expires > now) ++erased;
    return true;
  });
  return erased;
}

bool FakeStore::WaitForOutbox(absl::string_view service, absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  const std::string name(service);
  const auto woken = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return woken_.contains(name); };
  if (!mutex_.AwaitWithDeadline(absl::Condition(&woken), deadline)) return false;
  woken_.erase(name);
  return true;
}

}  // namespace stadtmesh::testing

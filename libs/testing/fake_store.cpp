#include "testing/fake_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "store/errors.h"
#include "testing/fake_scope.h"

namespace stadtmesh::testing {

using store::Committed;
using store::OutboxEntry;
using store::Plan;
using store::Scope;
using store::Task;
using store::Transaction;

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
  std::visit([&](const auto& identity) { data.Note(identity, transaction.response(), now); },
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
  StoredLease& lease = Data(scope).leases[std::string(name)];
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
  uint64_t& lowest = Data(scope).lowest_epoch;
  lowest = std::max(lowest, static_cast<uint64_t>(absl::ToUnixSeconds(clock_.Now()))) + 1;
  return lowest;
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

// Memory has no log.
absl::Status FakeStore::RewriteLog(const Scope& scope, absl::Time) {
  absl::MutexLock lock(&mutex_);
  return Enter("RewriteLog", scope);
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

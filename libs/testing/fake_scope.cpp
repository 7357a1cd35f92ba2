#include "testing/fake_scope.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "store/errors.h"

namespace stadtmesh::testing {

using store::Committed;
using store::Counter;

namespace {

constexpr absl::Duration kKeepFinishedTask = absl::Minutes(10);

}  // namespace

void StoredIndex::Put(const std::string& member, double score) {
  Remove(member);
  scores[member] = score;
  order.emplace(score, member);
}

void StoredIndex::Remove(const std::string& member) {
  points.erase(member);
  const auto found = scores.find(member);
  if (found == scores.end()) return;
  order.erase({found->second, member});
  scores.erase(found);
}

store::Record FakeStore::ScopeData::Read(const std::string& key, absl::Time now) {
  const auto found = values.find(key);
  if (found == values.end()) return {};
  if (found->second.expires <= now) {
    values.erase(found);
    return {};
  }
  return {found->second.bytes, found->second.version};
}

const StoredReply* FakeStore::ScopeData::FindReply(const ReplyKey& key, absl::Time now) {
  const auto found = replies.find(key);
  if (found == replies.end()) return nullptr;
  if (found->second.expires <= now) {
    replies.erase(found);
    return nullptr;
  }
  return &found->second;
}

const Numbered* FakeStore::ScopeData::Watermark(const std::string& consumer,
                                                const std::string& aggregate,
                                                absl::Time now) const {
  const auto found = watermarks.find({consumer, aggregate});
  if (found == watermarks.end() || now - found->second.written >= store::kKeepWatermarks) {
    return nullptr;
  }
  return &found->second;
}

FakeStore::ScopeData::Verdict FakeStore::ScopeData::Judge(const store::ReplyIdentity& identity,
                                                          absl::Time now) {
  const StoredReply* reply = FindReply(KeyOf(identity), now);
  if (reply == nullptr) return std::nullopt;
  if (reply->fingerprint != identity.fingerprint) return store::IdempotencyKeyReused();
  return Committed{Committed::Outcome::kReplayed, reply->response, {}, {}};
}

FakeStore::ScopeData::Verdict FakeStore::ScopeData::Judge(const store::OnceIdentity& identity,
                                                          absl::Time now) {
  const Numbered* mark = Watermark(identity.consumer, identity.aggregate, now);
  if (mark != nullptr && identity.epoch > mark->epoch) return std::nullopt;
  const uint64_t last = mark == nullptr ? 0 : mark->n;
  if (mark != nullptr && (identity.epoch < mark->epoch || identity.n <= last)) {
    return Committed{Committed::Outcome::kReplayed, "", {}, {}};
  }
  if (identity.n > last + 1) return store::EventGap(identity.aggregate, last);
  return std::nullopt;
}

FakeStore::ScopeData::Verdict FakeStore::ScopeData::Judge(const store::TaskIdentity& identity,
                                                          absl::Time now) {
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

absl::Status FakeStore::ScopeData::CheckVersions(const store::Transaction& transaction,
                                                 absl::Time now) {
  const auto check = [&](const std::string& key, const store::Version& expected) {
    return Read(key, now).version == expected ? absl::OkStatus() : store::VersionConflict(key);
  };
  for (const store::Operation& operation : transaction.operations()) {
    if (const auto* relied = std::get_if<store::CheckOp>(&operation)) {
      RETURN_IF_ERROR(check(relied->key, relied->version));
    } else if (const auto* put = std::get_if<store::PutOp>(&operation)) {
      RETURN_IF_ERROR(check(put->key, put->expected));
    } else if (const auto* erase = std::get_if<store::DeleteOp>(&operation)) {
      RETURN_IF_ERROR(check(erase->key, erase->expected));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, Counter>> FakeStore::ScopeData::CheckCounters(
    const store::Plan& plan) {
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

void FakeStore::ScopeData::Note(const store::ReplyIdentity& identity, const std::string& response,
                                absl::Time now) {
  replies[KeyOf(identity)] = {identity.fingerprint, response, now + identity.keep};
}

void FakeStore::ScopeData::Note(const store::OnceIdentity& identity, const std::string&,
                                absl::Time now) {
  watermarks[{identity.consumer, identity.aggregate}] = {identity.epoch, identity.n, now};
}

void FakeStore::ScopeData::Note(const store::TaskIdentity& identity, const std::string&,
                                absl::Time now) {
  tasks.erase(identity.task_id);
  finished[{identity.task_id, identity.lease}] = now + kKeepFinishedTask;
}

void FakeStore::ScopeData::Write(const store::PutOp& op, const Writing& writing) {
  values[op.key] = {op.bytes, writing.version, writing.now + op.ttl};
  writing.committed->versions[op.key] = writing.version;
}

void FakeStore::ScopeData::Write(const store::DeleteOp& op, const Writing& writing) {
  values.erase(op.key);
  writing.committed->versions[op.key] = "";
}

void FakeStore::ScopeData::Write(const store::RemoveCounterOp& op, const Writing&) {
  counters.erase(op.counter);
}

void FakeStore::ScopeData::Write(const store::IndexPutOp& op, const Writing&) {
  indexes[op.index].Put(op.member, op.score);
}

void FakeStore::ScopeData::Write(const store::IndexRemoveOp& op, const Writing&) {
  indexes[op.index].Remove(op.member);
}

void FakeStore::ScopeData::Write(const store::GeoPutOp& op, const Writing&) {
  indexes[op.index].Put(op.member, 0);
  indexes[op.index].points[op.member] = op.point;
}

void FakeStore::ScopeData::Write(const store::LaterOp& op, const Writing&) {
  const absl::Time due = Micros(op.due);
  tasks[op.task_id] = {op.kind, op.payload, "", due, due, 0};
}

void FakeStore::ScopeData::Write(const store::CancelLaterOp& op, const Writing&) {
  tasks.erase(op.task_id);
}

void FakeStore::ScopeData::Write(const store::AdvanceOp& op, const Writing& writing) {
  const Numbered* mark = Watermark(op.consumer, op.aggregate, writing.now);
  if (mark != nullptr && std::make_pair(op.epoch, op.n) <= std::make_pair(mark->epoch, mark->n)) {
    return;
  }
  watermarks[{op.consumer, op.aggregate}] = {op.epoch, op.n, writing.now};
}

void FakeStore::ScopeData::Write(const store::EmitOp& op, const Writing& writing) {
  Numbered& last = sequences[op.aggregate];
  if (last.epoch < lowest_epoch || last.n == 0 ||
      writing.now - last.written >= store::kKeepNumbers) {
    const auto second = static_cast<uint64_t>(absl::ToUnixSeconds(writing.now));
    last = {std::max(second, lowest_epoch), 0, writing.now};
  }
  last = {last.epoch, last.n + 1, writing.now};
  store::OutboxEntry entry;
  entry.position = absl::StrFormat("%020d", ++positions);
  entry.aggregate = op.aggregate;
  entry.type = op.type;
  entry.payload = op.payload;
  entry.event_id = op.event_id;
  entry.traceparent = op.traceparent;
  entry.epoch = last.epoch;
  entry.n = last.n;
  entry.time = Micros(op.time);
  for (const std::string& counter : op.counters) entry.counters[counter] = counters[counter].value;
  outbox[entry.position] = std::move(entry);
}

}  // namespace stadtmesh::testing

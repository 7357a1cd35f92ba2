#include "store/redis_commit.h"

#include <sys/random.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "store/errors.h"

namespace stadtmesh::store {
namespace {

// How long a finished task's run is remembered, so that its commit may be sent again.
constexpr absl::Duration kKeepFinished = absl::Minutes(10);

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

std::string NewToken() {
  // Buffered, because every transaction needs one.
  thread_local char buffer[1024];
  thread_local size_t used = sizeof(buffer);
  constexpr size_t kBytes = 16;
  if (used + kBytes > sizeof(buffer)) {
    if (getrandom(buffer, sizeof(buffer), 0) != sizeof(buffer)) std::abort();
    used = 0;
  }
  std::string token = absl::WebSafeBase64Escape(absl::string_view(buffer + used, kBytes));
  used += kBytes;
  return token;
}

std::string FormatScore(double score) {
  if (std::isinf(score)) return score > 0 ? "+inf" : "-inf";
  return absl::StrFormat("%.17g", score);
}

const std::string& KeyOf(const Operation& versioned) {
  if (const auto* check = std::get_if<CheckOp>(&versioned)) return check->key;
  if (const auto* put = std::get_if<PutOp>(&versioned)) return put->key;
  return std::get<DeleteOp>(versioned).key;
}

RedisCommit::RedisCommit(const Scope& scope, const Transaction& transaction, const Plan& plan,
                         Version version)
    : scope_(scope),
      keys_(scope),
      transaction_(transaction),
      plan_(plan),
      version_(std::move(version)) {
  for (const Operation& operation : transaction.operations()) {
    std::visit(Overloaded{
                   [&](const CheckOp&) { versioned_.push_back(&operation); },
                   [&](const PutOp&) { versioned_.push_back(&operation); },
                   [&](const DeleteOp&) { versioned_.push_back(&operation); },
                   [&](const BoundOp&) {},  // in the plan
                   [&](const AddOp&) {},
                   [&](const EmitOp& event) { events_.push_back(&event); },
                   [&](const auto&) { writes_.push_back(&operation); },
               },
               operation);
  }
}

redis::ScriptArguments RedisCommit::Arguments(const CommitSettings& settings) const {
  redis::ScriptArguments out;
  out.Key(keys_.Epoch());
  out.Key(keys_.Outbox());
  out.Key(keys_.Sequences());
  out.Key(keys_.OldSequences());
  out.Key(keys_.Due());
  out.Key(keys_.Tasks());
  AddIdentity(out);
  out.Arg(settings.outbox_limit);
  out.Arg(WakeChannel(scope_.service));
  out.Arg(settings.replicated ? keys_.Touch() : "");
  out.Arg(version_);
  out.Arg(absl::ToInt64Seconds(settings.keep_numbers));
  out.Arg(absl::ToInt64Seconds(settings.keep_watermarks));
  AddVersioned(out);
  AddCounters(out);
  AddWrites(out);
  AddEvents(out);
  out.Arg(static_cast<int64_t>(events_.size()));
  return out;
}

void RedisCommit::AddIdentity(redis::ScriptArguments& out) const {
  std::visit(Overloaded{
                 [&](const ReplyIdentity& identity) {
                   const std::string prefix = ReplyPrefix(identity);
                   out.Key(keys_.Reply(identity));
                   out.Key(keys_.RepliesOf(identity.subject));
                   out.Arg("R");
                   out.Arg(prefix);
                   out.Arg(prefix + transaction_.response());
                   out.Arg(absl::ToInt64Milliseconds(identity.keep));
                 },
                 [&](const OnceIdentity& identity) {
                   out.Key(keys_.Watermarks(identity.consumer));
                   out.Key(keys_.OldWatermarks(identity.consumer));
                   out.Arg("O");
                   out.Arg(identity.aggregate);
                   out.Arg(static_cast<int64_t>(identity.epoch));
                   out.Arg(static_cast<int64_t>(identity.n));
                 },
                 [&](const TaskIdentity& identity) {
                   out.Key(keys_.Finished(identity));
                   out.Key(keys_.Finished(identity));
                   out.Arg("T");
                   out.Arg(identity.task_id);
                   out.Arg(identity.lease);
                   out.Arg(absl::ToInt64Milliseconds(kKeepFinished));
                 },
             },
             transaction_.identity());
}

void RedisCommit::AddVersioned(redis::ScriptArguments& out) const {
  out.Arg(static_cast<int64_t>(versioned_.size()));
  for (const Operation* operation : versioned_) {
    out.Key(keys_.Record(KeyOf(*operation)));
    if (const auto* check = std::get_if<CheckOp>(operation)) {
      out.Arg(check->version);
      out.Arg("C");
    } else if (const auto* put = std::get_if<PutOp>(operation)) {
      out.Arg(put->expected);
      out.Arg("P");
      out.Arg(absl::StrCat(version_, put->bytes));
      out.Arg(put->ttl == absl::InfiniteDuration()
                  ? ""
                  : absl::StrCat(absl::ToInt64Milliseconds(put->ttl)));
    } else {
      out.Arg(std::get<DeleteOp>(*operation).expected);
      out.Arg("D");
    }
  }
}

void RedisCommit::AddCounters(redis::ScriptArguments& out) const {
  out.Arg(static_cast<int64_t>(plan_.counters.size()));
  for (const CounterChange& change : plan_.counters) {
    out.Key(keys_.Counter(change.counter));
    out.Arg(change.bound ? "1" : "0");
    if (change.bound) {
      out.Arg(change.bound->min);
      out.Arg(change.bound->max);
      out.Arg(change.bound->initial);
    }
    out.Arg(change.delta);
  }
}

void RedisCommit::AddWrites(redis::ScriptArguments& out) const {
  out.Arg(static_cast<int64_t>(writes_.size()));
  for (const Operation* operation : writes_) {
    std::visit([&](const auto& write) { AddWrite(write, out); }, *operation);
  }
}

void RedisCommit::AddWrite(const IndexPutOp& put, redis::ScriptArguments& out) const {
  out.Key(keys_.Index(put.index));
  out.Arg("Z");
  out.Arg(FormatScore(put.score));
  out.Arg(put.member);
}

void RedisCommit::AddWrite(const IndexRemoveOp& remove, redis::ScriptArguments& out) const {
  out.Key(keys_.Index(remove.index));
  out.Arg("R");
  out.Arg(remove.member);
}

void RedisCommit::AddWrite(const GeoPutOp& geo, redis::ScriptArguments& out) const {
  out.Key(keys_.Index(geo.index));
  out.Arg("G");
  out.Arg(FormatScore(geo.point.longitude));
  out.Arg(FormatScore(geo.point.latitude));
  out.Arg(geo.member);
}

void RedisCommit::AddWrite(const LaterOp& later, redis::ScriptArguments& out) const {
  out.Arg("L");
  out.Arg(later.task_id);
  out.Arg(absl::ToUnixMicros(later.due));
  out.Arg(later.kind);
  out.Arg(later.payload);
}

void RedisCommit::AddWrite(const CancelLaterOp& cancel, redis::ScriptArguments& out) const {
  out.Arg("X");
  out.Arg(cancel.task_id);
}

void RedisCommit::AddWrite(const RemoveCounterOp& remove, redis::ScriptArguments& out) const {
  out.Key(keys_.Counter(remove.counter));
  out.Arg("D");
}

void RedisCommit::AddWrite(const AdvanceOp& advance, redis::ScriptArguments& out) const {
  out.Key(keys_.Watermarks(advance.consumer));
  out.Key(keys_.OldWatermarks(advance.consumer));
  out.Arg("W");
  out.Arg(advance.aggregate);
  out.Arg(static_cast<int64_t>(advance.epoch));
  out.Arg(static_cast<int64_t>(advance.n));
}

void RedisCommit::AddEvents(redis::ScriptArguments& out) const {
  for (const EmitOp* event : events_) {
    out.Arg(event->aggregate);
    out.Arg(event->type);
    out.Arg(event->payload);
    out.Arg(event->event_id);
    out.Arg(absl::ToUnixMicros(event->time));
    out.Arg(event->traceparent);
    out.Arg(static_cast<int64_t>(event->counters.size()));
    for (const std::string& counter : event->counters) {
      const auto found =
          std::find_if(plan_.counters.begin(), plan_.counters.end(),
                       [&](const CounterChange& change) { return change.counter == counter; });
      out.Arg(counter);
      out.Arg(static_cast<int64_t>(found - plan_.counters.begin() + 1));
    }
  }
}

}  // namespace stadtmesh::store

// The parts of RedisStore that serve the outbox relay: leases, the outbox and its wake-ups.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "store/errors.h"
#include "store/plan.h"
#include "store/redis_commit.h"
#include "store/redis_keys.h"
#include "store/redis_store.h"
#include "store/scripts.h"

namespace stadtmesh::store {
namespace {

using redis::Reply;
using redis::Script;
using redis::ScriptArguments;

// Built once, on first use.
struct Scripts {
  Script acquire_lease{acquire_lease_lua};
  Script release_lease{release_lease_lua};
  Script trim_outbox{trim_outbox_lua};
  Script raise_epoch{raise_epoch_lua};
};

const Scripts& AllScripts() {
  static const auto& scripts = *new Scripts;
  return scripts;
}

struct StreamId {
  uint64_t milliseconds = 0, sequence = 0;
};

// Positions are stream ids padded so that they also sort as text.
std::string ToPosition(const std::string& id) {
  const size_t dash = id.find('-');
  StreamId parsed;
  if (dash == std::string::npos || !absl::SimpleAtoi(id.substr(0, dash), &parsed.milliseconds) ||
      !absl::SimpleAtoi(id.substr(dash + 1), &parsed.sequence)) {
    return "";
  }
  return absl::StrFormat("%014d-%010d", parsed.milliseconds, parsed.sequence);
}

absl::StatusOr<StreamId> ParsePosition(absl::string_view position) {
  const size_t dash = position.find('-');
  StreamId id;
  if (dash == absl::string_view::npos ||
      !absl::SimpleAtoi(position.substr(0, dash), &id.milliseconds) ||
      !absl::SimpleAtoi(position.substr(dash + 1), &id.sequence)) {
    return absl::InvalidArgumentError("not a position of an outbox");
  }
  return id;
}

OutboxEntry ToEntry(const Reply& reply) {
  OutboxEntry entry;
  entry.position = ToPosition(reply.elements.at(0).text);
  const auto& fields = reply.elements.at(1).elements;
  for (size_t i = 0; i + 1 < fields.size(); i += 2) {
    absl::string_view name = fields[i].text;
    const std::string& value = fields[i + 1].text;
    int64_t micros = 0;
    if (name == "a") entry.aggregate = value;
    if (name == "t") entry.type = value;
    if (name == "p") entry.payload = value;
    if (name == "i") entry.event_id = value;
    if (name == "x") entry.traceparent = value;
    if (name == "m" && absl::SimpleAtoi(value, &micros)) entry.time = absl::FromUnixMicros(micros);
    if (name == "e") (void)absl::SimpleAtoi(value, &entry.epoch);
    if (name == "n") (void)absl::SimpleAtoi(value, &entry.n);
    if (absl::ConsumePrefix(&name, "c:")) {
      (void)absl::SimpleAtoi(value, &entry.counters[std::string(name)]);
    }
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<OutboxEntry>> RedisStore::ReadOutbox(const Scope& scope,
                                                                absl::string_view after,
                                                                size_t limit, absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  const RedisKeys keys(scope);
  std::string from = "-";
  if (!after.empty()) {
    ASSIGN_OR_RETURN(const StreamId id, ParsePosition(after));
    from = absl::StrCat("(", id.milliseconds, "-", id.sequence);
  }
  ASSIGN_OR_RETURN(
      const Reply reply,
      Ask(scope, {"XRANGE", keys.Outbox(), from, "+", "COUNT", absl::StrCat(limit)}, deadline));
  if (options_.client.connection.wait_replicas > 0 && !reply.elements.empty()) {
    // Relayed only when the replicas have it: a write behind the entries, and WAIT behind the
    // write.
    auto written =
        router_->Call(keys.Tag(), {"SET", keys.Touch(), ""}, Capped(deadline), {true, true});
    if (!written.ok()) return StoreUnavailable(written.status().message(), false);
  }
  std::vector<OutboxEntry> entries;
  for (const Reply& element : reply.elements) entries.push_back(ToEntry(element));
  return entries;
}

absl::Status RedisStore::TrimOutbox(const Scope& scope, absl::string_view position,
                                    absl::string_view lease_name, absl::string_view owner,
                                    absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  ASSIGN_OR_RETURN(const StreamId last, ParsePosition(position));
  const RedisKeys keys(scope);
  ScriptArguments arguments;
  arguments.Key(keys.Outbox());
  arguments.Key(keys.Lease(lease_name));
  arguments.Arg(owner);
  arguments.Arg(absl::StrCat(last.milliseconds, "-", last.sequence + 1));
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, AllScripts().trim_outbox, arguments, deadline, {.repeatable = true}));
  return reply.integer == 1 ? absl::OkStatus() : LeaseLost(lease_name);
}

absl::StatusOr<int64_t> RedisStore::OutboxLength(const Scope& scope, absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  ASSIGN_OR_RETURN(const Reply reply, Ask(scope, {"XLEN", RedisKeys(scope).Outbox()}, deadline));
  return reply.integer;
}

absl::StatusOr<bool> RedisStore::AcquireLease(const Scope& scope, absl::string_view name,
                                              absl::string_view owner, absl::Duration ttl,
                                              absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  if (ttl < absl::Milliseconds(1)) return absl::InvalidArgumentError("a lease lasts at least 1 ms");
  ScriptArguments arguments;
  arguments.Key(RedisKeys(scope).Lease(name));
  arguments.Arg(owner);
  arguments.Arg(absl::ToInt64Milliseconds(ttl));
  ASSIGN_OR_RETURN(const Reply reply, Run(scope, AllScripts().acquire_lease, arguments, deadline,
                                          {.repeatable = true}));
  return reply.integer == 1;
}

absl::Status RedisStore::ReleaseLease(const Scope& scope, absl::string_view name,
                                      absl::string_view owner, absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  ScriptArguments arguments;
  arguments.Key(RedisKeys(scope).Lease(name));
  arguments.Arg(owner);
  return Run(scope, AllScripts().release_lease, arguments, deadline, {.repeatable = true}).status();
}

absl::StatusOr<uint64_t> RedisStore::RaiseEpoch(const Scope& scope, absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  ScriptArguments arguments;
  arguments.Key(RedisKeys(scope).Epoch());
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, AllScripts().raise_epoch, arguments, deadline, {.durable = true}));
  return static_cast<uint64_t>(reply.integer);
}

bool RedisStore::WaitForOutbox(absl::string_view service, absl::Time deadline) {
  const std::string name(service);
  absl::MutexLock lock(&mutex_);
  Wakeup& wakeup = wakeups_[name];
  if (wakeup.subscriber == nullptr) {
    const auto wake = [this, name] {
      absl::MutexLock guard(&mutex_);
      if (const auto found = wakeups_.find(name); found != wakeups_.end())
        found->second.woken = true;
    };
    wakeup.subscriber = std::make_unique<redis::Subscriber>(
        options_.client.connection, std::vector<std::string>{WakeChannel(service)},
        redis::SubscriberCallbacks{[wake](absl::string_view, absl::string_view) { wake(); }, wake});
  }
  mutex_.AwaitWithDeadline(absl::Condition(&wakeup.woken), deadline);
  return std::exchange(wakeup.woken, false);
}

}  // namespace stadtmesh::store

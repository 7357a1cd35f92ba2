#include "store/redis_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "base/status.h"
#include "store/errors.h"
#include "store/plan.h"
#include "store/redis_commit.h"
#include "store/redis_keys.h"
#include "store/scripts.h"

namespace stadtmesh::store {
namespace {

using redis::Command;
using redis::Reply;
using redis::Script;
using redis::ScriptArguments;

const Script& CommitScript() {
  static const auto& script = *new Script(commit_lua);
  return script;
}

const Script& EraseScript() {
  static const auto& script = *new Script(erase_replies_lua);
  return script;
}

// Redis's view of an error in the store's words.
absl::Status Translate(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
      return status;
    default:
      return StoreUnavailable(status.message(), redis::IsOutcomeUnknown(status));
  }
}

}  // namespace

const std::string& CommitScriptSha() { return CommitScript().sha1(); }

absl::StatusOr<std::unique_ptr<RedisStore>> RedisStore::Connect(RedisStoreOptions options,
                                                                absl::Time deadline) {
  if (!options.accept_any_durability) {
    options.client.connection.required_config = {
        {"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"}};
  }
  auto router = redis::Router::Connect(options.client, options.cluster, deadline);
  if (router.status().code() == absl::StatusCode::kFailedPrecondition) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     {"stadtmesh", std::string(kStoreMisconfigured), {}, {}},
                     router.status().message());
  }
  if (!router.ok()) return router.status();
  return std::unique_ptr<RedisStore>(new RedisStore(std::move(options), *std::move(router)));
}

RedisStore::RedisStore(RedisStoreOptions options, std::unique_ptr<redis::Router> router)
    : options_(std::move(options)), router_(std::move(router)) {}

RedisStore::~RedisStore() {
  std::map<std::string, Wakeup> wakeups;  // joined without the lock, which their callbacks take
  absl::MutexLock lock(&mutex_);
  wakeups.swap(wakeups_);
  mutex_.Unlock();
  wakeups.clear();
  mutex_.Lock();
}

absl::Time RedisStore::Capped(absl::Time deadline) const {
  return std::min(deadline, absl::Now() + options_.max_wait);
}

absl::StatusOr<Reply> RedisStore::Ask(const Scope& scope, const Command& command,
                                      absl::Time deadline) {
  auto reply =
      router_->Call(RedisKeys(scope).Tag(), command, Capped(deadline), {.repeatable = true});
  if (reply.ok()) return reply;
  // A read changes nothing: whether it was executed is of no interest.
  if (redis::IsOutcomeUnknown(reply.status())) {
    return absl::DeadlineExceededError(reply.status().message());
  }
  return Translate(reply.status());
}

absl::StatusOr<Reply> RedisStore::Run(const Scope& scope, const Script& script,
                                      const ScriptArguments& arguments, absl::Time deadline,
                                      redis::CallOptions options) {
  auto reply =
      router_->CallScript(RedisKeys(scope).Tag(), script, arguments, Capped(deadline), options);
  if (!reply.ok()) return Translate(reply.status());
  return reply;
}

absl::StatusOr<Committed> RedisStore::Commit(const Scope& scope, const Transaction& transaction,
                                             absl::Time deadline) {
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(scope, transaction));
  const RedisCommit commit(scope, transaction, plan, NewToken());
  const bool replicated = options_.client.connection.wait_replicas > 0;
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, CommitScript(),
                       commit.Arguments({options_.outbox_limit, replicated, options_.keep_numbers,
                                         options_.keep_watermarks}),
                       deadline, {.repeatable = true, .durable = true}));
  return commit.Result(reply);
}

// In pieces, each with all its keys named, until nothing is left.
absl::StatusOr<int64_t> RedisStore::EraseReplies(const Scope& scope, absl::string_view subject,
                                                 absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  const std::string records = RedisKeys(scope).RepliesOf(subject);
  int64_t erased = 0;
  while (true) {
    ASSIGN_OR_RETURN(const Reply page, Ask(scope, {"ZRANGE", records, "0", "499"}, deadline));
    if (page.elements.empty()) return erased;
    ScriptArguments arguments;
    arguments.Key(records);
    for (const Reply& record : page.elements) arguments.Key(record.text);
    ASSIGN_OR_RETURN(const Reply reply, Run(scope, EraseScript(), arguments, deadline,
                                            {.repeatable = true, .durable = true}));
    erased += reply.integer;
  }
}

// A scope's keys are in one slot, so one server has them all.
absl::Status RedisStore::RewriteLog(const Scope& scope, absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  const absl::Status asked = Ask(scope, {"BGREWRITEAOF"}, deadline).status();
  // Redis has one error word for all: of another scope's request of the same night only the text
  // tells.
  if (absl::StrContains(asked.message(), "already in progress")) return absl::OkStatus();
  return asked;
}

}  // namespace stadtmesh::store

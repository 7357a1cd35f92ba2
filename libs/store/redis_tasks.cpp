// The parts of RedisStore that serve the task worker.
#include <utility>

#include "absl/strings/numbers.h"
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

const Script& ClaimScript() {
  static const auto& script = *new Script(claim_due_lua);
  return script;
}

const Script& PostponeScript() {
  static const auto& script = *new Script(postpone_task_lua);
  return script;
}

}  // namespace

absl::StatusOr<std::vector<Task>> RedisStore::ClaimDue(const Scope& scope, absl::Time now,
                                                       absl::Duration lease, size_t limit,
                                                       absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  if (!IsStorableTime(now) || !IsStorableTime(now + lease)) {
    return absl::InvalidArgumentError("a claim's time");
  }
  const RedisKeys keys(scope);
  const std::string token = NewToken();
  ScriptArguments arguments;
  arguments.Key(keys.Due());
  arguments.Key(keys.Tasks());
  arguments.Arg(absl::ToUnixMicros(now));
  arguments.Arg(absl::ToUnixMicros(now + lease));
  arguments.Arg(static_cast<int64_t>(limit));
  arguments.Arg(token);
  // Not repeatable: a lost answer costs one lease, a repeated claim another task's turn.
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, ClaimScript(), arguments, deadline, {.durable = true}));
  std::vector<Task> tasks;
  for (size_t i = 0; i + 4 < reply.elements.size(); i += 5) {
    Task task{reply.elements[i].text,
              reply.elements[i + 1].text,
              reply.elements[i + 2].text,
              token,
              {},
              1};
    int64_t due = 0;
    if (absl::SimpleAtoi(reply.elements[i + 3].text, &due)) task.due = absl::FromUnixMicros(due);
    (void)absl::SimpleAtoi(reply.elements[i + 4].text, &task.attempt);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

absl::Status RedisStore::PostponeTask(const Scope& scope, const Task& task, absl::Time due,
                                      absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  if (!IsStorableTime(due)) return absl::InvalidArgumentError("a task's due time");
  const RedisKeys keys(scope);
  ScriptArguments arguments;
  arguments.Key(keys.Due());
  arguments.Key(keys.Tasks());
  arguments.Arg(task.task_id);
  arguments.Arg(task.lease);
  arguments.Arg(absl::ToUnixMicros(due));
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, PostponeScript(), arguments, deadline, {.durable = true}));
  return reply.integer == 1 ? absl::OkStatus() : TaskLost(task.task_id);
}

}  // namespace stadtmesh::store

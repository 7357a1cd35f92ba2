// Who asks, and under which identity what they ask is committed.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "auth/principal.h"
#include "store/store.h"

namespace stadtmesh::buergerbus {

// A question: nothing changes.
struct Query {
  auth::Principal principal;
  absl::Time deadline;

  const std::string& tenant() const { return principal.tenant; }
};

// A command: applied at most once per identity.
struct Command {
  auth::Principal principal;
  absl::Time deadline;
  store::Identity identity;
  std::string traceparent;

  static Command From(absl::string_view tenant, const store::Task& task, absl::Time deadline) {
    return {auth::SystemPrincipal(tenant, "buergerbus"), deadline,
            store::TaskIdentity{task.task_id, task.lease}, ""};
  }
  // The service's own, without a caller: once per `key`.
  static Command OfService(absl::string_view tenant, std::string what, std::string key,
                           absl::Time deadline) {
    auth::Principal self = auth::SystemPrincipal(tenant, "buergerbus");
    store::ReplyIdentity identity{.subject = self.service,
                                  .method = std::move(what),
                                  .key = std::move(key),
                                  .fingerprint = "1"};
    return {std::move(self), deadline, std::move(identity), ""};
  }
  // One of the transactions of a command that needs several, in the service's name: repeatable on
  // its own, told apart by `what`.
  Command Step(absl::string_view what) const;

  const std::string& tenant() const { return principal.tenant; }
  Query AsQuery() const { return {principal, deadline}; }
};

inline Command Command::Step(absl::string_view what) const {
  Command step = *this;
  step.principal = auth::SystemPrincipal(tenant(), "buergerbus");
  if (const auto* task = std::get_if<store::TaskIdentity>(&identity)) {
    step.identity = store::ReplyIdentity{.subject = step.principal.service,
                                         .method = absl::StrCat("task:", task->task_id),
                                         .key = absl::StrCat(task->lease, "/", what),
                                         .fingerprint = "1"};
  } else if (auto* reply = std::get_if<store::ReplyIdentity>(&step.identity)) {
    reply->key = absl::StrCat(reply->key, "/", what);
  }
  return step;
}

}  // namespace stadtmesh::buergerbus

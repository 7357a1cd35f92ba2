// Who asks, and under which identity what they ask is committed.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "auth/principal.h"
#include "rpc/call.h"
#include "store/store.h"

namespace stadtmesh::buergerbus {

// A question: nothing changes.
struct Query {
  auth::Principal principal;
  absl::Time deadline;

  static Query From(const rpc::Call& call) { return {call.principal, call.deadline}; }
  const std::string& tenant() const { return principal.tenant; }
};

// A command: applied at most once per identity.
struct Command {
  auth::Principal principal;
  absl::Time deadline;
  store::Identity identity;
  std::string traceparent;

  static Command From(const rpc::Call& call) {
    return {call.principal, call.deadline,
            store::ReplyIdentity{.subject = call.principal.alias,
                                 .method = call.method,
                                 .key = call.idempotency_key,
                                 .fingerprint = call.fingerprint},
            call.traceparent};
  }
  static Command From(absl::string_view tenant, const store::Task& task, absl::Time deadline) {
    return {auth::SystemPrincipal(tenant, "buergerbus"), deadline, store::TaskIdentity{task.task_id, task.lease}, ""};
  }
  const std::string& tenant() const { return principal.tenant; }
  Query AsQuery() const { return {principal, deadline}; }
};

}  // namespace stadtmesh::buergerbus

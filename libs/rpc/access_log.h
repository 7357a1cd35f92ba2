// Inside libs/rpc only: one log line and the metrics of a finished call. No personal data: neither
// subject nor alias.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "rpc/incoming.h"

namespace stadtmesh::rpc {

struct CallTimes {
  absl::Time arrived;
  absl::Time started;  // on a worker
};

void RecordCall(MethodState& method, const Call& call, const CallTimes& times,
                const absl::Status& status);

// A call refused because the pool is full.
absl::Status RecordOverload(MethodState& method);

}  // namespace stadtmesh::rpc

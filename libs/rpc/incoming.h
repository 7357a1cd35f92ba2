// Inside libs/rpc only: from a call's metadata and bytes to a checked Call and request. The middle
// of the chassis; it does not know whether the call came through gRPC or from this process.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "auth/authenticator.h"
#include "auth/authorisation.h"
#include "base/time.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "rpc/call.h"
#include "rpc/method_metrics.h"
#include "rpc/pool.h"
#include "rpc/server.h"
#include "rpc/service.h"

namespace stadtmesh::rpc {

// What all calls of a server share.
struct ServerState {
  ServerOptions options;
  SystemClock system_clock;
  absl::flat_hash_set<std::string> tenants;
  const Clock& clock() const { return options.clock != nullptr ? *options.clock : system_clock; }
};

// What all calls of a method share. Immutable after the start but for the metrics.
struct MethodState {
  ServerState* server = nullptr;
  Method method;
  auth::MethodPolicy policy;
  std::string path;     // "/package.Service/Method"
  bool changes = true;  // needs an idempotency key
  WorkerPool* pool = nullptr;
  MethodMetrics metrics;
};

// What came with a call; views into the transport's buffers.
struct Arrival {
  absl::string_view authorization, caller, tenant, on_behalf_of, idempotency_key, traceparent,
      accept_language;
  absl::Time deadline;
  absl::string_view bytes;  // the serialised request

  // One pair of metadata; those that the chassis does not know are ignored.
  void Take(absl::string_view name, absl::string_view value);
};

// authentication -> tenant -> parsing -> authorisation -> idempotency key -> deadline. `request` is
// a fresh message of the method's type. What is known of the call stays in `call` also when it is
// refused, for the access log.
absl::Status Admit(const MethodState& method, const Arrival& arrival, Call& call,
                   google::protobuf::Message& request);

// The whole life of a unary call on its thread: admission, handler, log line and metrics. `arrived`
// is when it came.
absl::Status ServeUnary(MethodState& method, const Arrival& arrival, absl::Time arrived,
                        bool cancelled, Method::Reply reply);

}  // namespace stadtmesh::rpc

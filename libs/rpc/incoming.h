// Inside libs/rpc only: from a call's metadata and bytes to a checked Call and request. The middle of the chassis.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

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
  std::string path;  // "/package.Service/Method"
  bool changes = true;  // needs an idempotency key
  WorkerPool* pool = nullptr;
  MethodMetrics metrics;
};

// authentication -> tenant -> parsing -> authorisation -> idempotency key -> deadline. `request` is a fresh message of the method's
// type. What is known of the call stays in `call` also when it is refused, for the access log.
absl::Status Admit(const MethodState& method, grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes, Call& call,
                   google::protobuf::Message& request);

}  // namespace stadtmesh::rpc

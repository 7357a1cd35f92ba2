// Inside libs/rpc only: what came with a call through gRPC.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/slice.h>

#include "rpc/incoming.h"

namespace stadtmesh::rpc {

// `context` and `bytes` outlive the result.
inline Arrival ArrivalOf(const grpc::ServerContextBase& context, const grpc::Slice& bytes) {
  Arrival arrival;
  for (const auto& [name, value] : context.client_metadata()) {
    arrival.Take({name.data(), name.size()}, {value.data(), value.size()});
  }
  arrival.deadline = absl::FromChrono(context.deadline());
  arrival.bytes = {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  return arrival;
}

}  // namespace stadtmesh::rpc

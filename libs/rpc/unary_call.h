// Inside libs/rpc only: the life of one unary call, from gRPC's thread over the pool to the answer.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "rpc/incoming.h"

namespace stadtmesh::rpc {

// Called by gRPC on its thread; never blocks.
grpc::ServerUnaryReactor* StartUnary(MethodState& method, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

}  // namespace stadtmesh::rpc

// Inside libs/rpc only: the life of one server stream. Its handler has a thread of the service's
// stream pool for as long as it runs.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "rpc/incoming.h"

namespace stadtmesh::rpc {

// Called by gRPC on its thread; never blocks.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(MethodState& method,
                                                        grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request);

}  // namespace stadtmesh::rpc

// Inside libs/rpc only: the life of one unary call through gRPC, from its arrival to the answer.
#pragma once

#include <grpcpp/completion_queue.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "rpc/incoming.h"
#include "rpc/receiver.h"

namespace stadtmesh::rpc {

// Where the calls of one method come from. Outlives them.
class UnaryMethod {
 public:
  using Answer = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;

  virtual ~UnaryMethod() = default;
  virtual MethodState& state() = 0;
  virtual Receiver& receiver() = 0;
  // Asks gRPC for the method's next call: `step` happens on `queue` when it is there.
  virtual void Request(grpc::ServerContext* context, grpc::ByteBuffer* request, Answer* answer,
                       grpc::ServerCompletionQueue* queue, Receiver::Step* step) = 0;
};

// Waits for one call of `method`, and from its arrival on for the next one.
void ReceiveCalls(UnaryMethod& method);

}  // namespace stadtmesh::rpc

#include "rpc/unary_call.h"

#include <google/protobuf/arena.h>

#include "base/error.h"
#include "rpc/access_log.h"
#include "rpc/bytes.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

class UnaryCall final : public grpc::ServerUnaryReactor, public WorkerPool::Task {
 public:
  UnaryCall(MethodState& method, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request, grpc::ByteBuffer& response)
      : method_(method), context_(context), request_(request), response_(response), arrived_(absl::Now()) {}

  void Run() override {
    const CallTimes times{arrived_, absl::Now()};
    Call call;
    const absl::Status status = context_.IsCancelled() ? absl::CancelledError("the caller has gone") : Handle(call);
    RecordCall(method_, call, times, status);
    Finish(ToWire(status));  // last: the call may be deleted from here on
  }

  void OnDone() override { delete this; }

 private:
  absl::Status Handle(Call& call) {
    // Most requests fit the block, and then parsing allocates nothing.
    alignas(8) char block[2048];
    google::protobuf::ArenaOptions options;
    options.initial_block = block;
    options.initial_block_size = sizeof(block);
    google::protobuf::Arena arena(options);
    google::protobuf::Message* request = method_.method.request->New(&arena);
    if (absl::Status status = Admit(method_, context_, request_, call, *request); !status.ok()) return status;
    return method_.method.unary(call, *request, [this](const google::protobuf::Message& reply) { response_ = ToBuffer(reply); });
  }

  MethodState& method_;
  grpc::CallbackServerContext& context_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
  const absl::Time arrived_;
};

}  // namespace

grpc::ServerUnaryReactor* StartUnary(MethodState& method, grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(method, *context, *request, *response);
  if (!method.pool->Submit(call)) call->Finish(ToWire(RecordOverload(method)));
  return call;
}

}  // namespace stadtmesh::rpc

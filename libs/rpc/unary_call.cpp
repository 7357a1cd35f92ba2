#include "rpc/unary_call.h"

#include "rpc/access_log.h"
#include "rpc/bytes.h"
#include "rpc/grpc_arrival.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

class UnaryCall final : public grpc::ServerUnaryReactor, public WorkerPool::Task {
 public:
  UnaryCall(MethodState& method, grpc::CallbackServerContext& context,
            const grpc::ByteBuffer& request, grpc::ByteBuffer& response)
      : method_(method),
        context_(context),
        request_(request),
        response_(response),
        arrived_(absl::Now()) {}

  void Run() override {
    const grpc::Slice slice = ToSlice(request_);  // keeps the bytes that `arrival` looks at
    const Arrival arrival = ArrivalOf(context_, slice);
    const absl::Status status =
        ServeUnary(method_, arrival, arrived_, context_.IsCancelled(),
                   [this](const google::protobuf::Message& reply) { response_ = ToBuffer(reply); });
    Finish(ToWire(status));  // last: the call may be deleted from here on
  }

  void OnDone() override { delete this; }

 private:
  MethodState& method_;
  grpc::CallbackServerContext& context_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
  const absl::Time arrived_;
};

}  // namespace

grpc::ServerUnaryReactor* StartUnary(MethodState& method, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(method, *context, *request, *response);
  if (method.method.in_place) {
    call->Run();
  } else if (!method.pool->Submit(call)) {
    call->Finish(ToWire(RecordOverload(method)));
  }
  return call;
}

}  // namespace stadtmesh::rpc

#include "rpc/registration.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/server_callback.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "rpc/stream_call.h"
#include "rpc/unary_call.h"

namespace stadtmesh::rpc {
namespace {

using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

grpc::internal::MethodHandler* MakeHandler(MethodState& method) {
  if (method.method.stream) {
    return new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
        [&method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
          return StartStream(method, context, request);
        });
  }
  return new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                grpc::ByteBuffer* response) {
        return StartUnary(method, context, request, response);
      });
}

// Does by descriptor what protoc's generated services do by name.
class Registered final : public RegisteredService, private grpc::Service {
 public:
  Registered(const std::string& name, const PoolOptions& pool)
      : name_(name), pool_(pool.threads, pool.queue), streams_(pool.stream_threads, 0) {}

  void Add(std::unique_ptr<MethodState> method) {
    method->pool = method->method.stream ? &streams_ : &pool_;
    const auto type = method->method.stream ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
    AddMethod(new RpcServiceMethod(method->path.c_str(), type, nullptr));
    MarkMethodRawCallback(static_cast<int>(methods_.size()), MakeHandler(*method));
    methods_.push_back(std::move(method));
  }

  grpc::Service* grpc_service() override { return this; }
  const std::string& name() const override { return name_; }
  std::vector<MethodState*> methods() override {
    std::vector<MethodState*> methods;
    for (const std::unique_ptr<MethodState>& method : methods_) methods.push_back(method.get());
    return methods;
  }

 private:
  const std::string name_;
  std::vector<std::unique_ptr<MethodState>> methods_;
  WorkerPool pool_;  // destroyed before the methods, which its last tasks use
  WorkerPool streams_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RegisteredService>> Register(ServerState& server, Service service) {
  const std::string& name = service.descriptor->full_name();
  auto registered = std::make_unique<Registered>(name, service.pool);
  for (Method& method : service.methods) {
    ASSIGN_OR_RETURN(auth::MethodPolicy policy, auth::MethodPolicy::Compile(method.descriptor));
    const auto level = method.descriptor->options().idempotency_level();
    const std::string path = absl::StrCat("/", name, "/", method.descriptor->name());
    registered->Add(std::unique_ptr<MethodState>(
        new MethodState{.server = &server,
                        .method = std::move(method),
                        .policy = std::move(policy),
                        .path = path,
                        .changes = level != google::protobuf::MethodOptions::NO_SIDE_EFFECTS,
                        .pool = nullptr,
                        .metrics = MethodMetrics(server.options.metrics, name, path)}));
  }
  return registered;
}

}  // namespace stadtmesh::rpc

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

grpc::internal::MethodHandler* StreamHandler(MethodState& method) {
  return new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
        return StartStream(method, context, request);
      });
}

// Does by descriptor what protoc's generated services do by name.
class Registered final : public RegisteredService, private grpc::Service {
 public:
  Registered(const std::string& name, const PoolOptions& options)
      : name_(name), options_(options), streams_(options.stream_threads, 0) {}

  void Add(std::unique_ptr<MethodState> method) {
    if (method->method.stream) {
      method->pool = &streams_;
      MarkMethodRawCallback(AddToGrpc(*method, RpcMethod::SERVER_STREAMING),
                            StreamHandler(*method));
    } else {
      const int index = AddToGrpc(*method, RpcMethod::NORMAL_RPC);
      MarkMethodRaw(index);
      unary_.push_back(std::make_unique<Unary>(*this, index, *method));
    }
    methods_.push_back(std::move(method));
  }

  grpc::Service* grpc_service() override { return this; }
  const std::string& name() const override { return name_; }
  std::vector<MethodState*> methods() override {
    std::vector<MethodState*> methods;
    for (const std::unique_ptr<MethodState>& method : methods_) methods.push_back(method.get());
    return methods;
  }

  void ServeLocally() override {
    local_ = std::make_unique<WorkerPool>(options_.threads, options_.queue);
    for (const std::unique_ptr<Unary>& method : unary_) method->state().pool = local_.get();
  }

  void Receive(std::unique_ptr<grpc::ServerCompletionQueue> queue) override {
    receiver_ = std::make_unique<Receiver>(options_.threads, options_.queue, std::move(queue));
    for (const std::unique_ptr<Unary>& method : unary_) ReceiveCalls(*method);
  }

  void StopReceiving() override {
    if (receiver_) receiver_->Stop();
  }

 private:
  class Unary final : public UnaryMethod {
   public:
    Unary(Registered& service, int index, MethodState& state)
        : service_(service), index_(index), state_(state) {}
    MethodState& state() override { return state_; }
    Receiver& receiver() override { return *service_.receiver_; }
    void Request(grpc::ServerContext* context, grpc::ByteBuffer* request, Answer* answer,
                 grpc::ServerCompletionQueue* queue, Receiver::Step* step) override {
      service_.RequestAsyncUnary(index_, context, request, answer, queue, queue, step);
    }

   private:
    Registered& service_;
    const int index_;
    MethodState& state_;
  };

  // The method's index.
  int AddToGrpc(const MethodState& method, RpcMethod::RpcType type) {
    AddMethod(new RpcServiceMethod(method.path.c_str(), type, nullptr));
    return static_cast<int>(methods_.size());
  }

  const std::string name_;
  const PoolOptions options_;
  std::vector<std::unique_ptr<MethodState>> methods_;
  std::vector<std::unique_ptr<Unary>> unary_;
  // Destroyed before the methods, which their last tasks use.
  std::unique_ptr<WorkerPool> local_;  // of unary calls from within the process
  WorkerPool streams_;
  std::unique_ptr<Receiver> receiver_;
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

#include "rpc/unary_call.h"

#include <atomic>

#include "rpc/access_log.h"
#include "rpc/bytes.h"
#include "rpc/grpc_arrival.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

class UnaryCall final : public WorkerPool::Task {
 public:
  UnaryCall(UnaryMethod& method, grpc::ServerCompletionQueue* queue) : method_(method) {
    context_.AsyncNotifyWhenDone(&over_);
    method_.Request(&context_, &request_, &answer_, queue, &arrived_);
  }

  void Run() override {
    MethodState& state = method_.state();
    const grpc::Slice slice = ToSlice(request_);  // keeps the bytes that `arrival` looks at
    const Arrival arrival = ArrivalOf(context_, slice);
    grpc::ByteBuffer response;
    const absl::Status status =
        ServeUnary(state, arrival, arrived_at_, cancelled_,
                   [&](const google::protobuf::Message& reply) { response = ToBuffer(reply); });
    Answer(status, response);
  }

 private:
  // A member of the call that gRPC hands back.
  class Step final : public Receiver::Step {
   public:
    Step(UnaryCall& call, void (UnaryCall::*then)(bool)) : call_(call), then_(then) {}
    void Happened(bool ok) override { (call_.*then_)(ok); }

   private:
    UnaryCall& call_;
    void (UnaryCall::*const then_)(bool);
  };

  // Private: the steps end it.
  ~UnaryCall() override { method_.receiver().Ended(); }

  void Arrived(bool ok) {
    if (!ok) {  // the server ends, and no other step of this call will happen
      delete this;
      return;
    }
    ReceiveCalls(method_);
    arrived_at_ = absl::Now();
    if (!method_.receiver().Run(this)) Answer(RecordOverload(method_.state()), grpc::ByteBuffer());
  }

  // Last: the call may be deleted from here on.
  void Answer(const absl::Status& status, const grpc::ByteBuffer& response) {
    if (status.ok()) {
      answer_.Finish(response, grpc::Status::OK, &answered_);
    } else {
      answer_.FinishWithError(ToWire(status), &answered_);
    }
  }

  void Answered(bool) { Release(); }
  // The caller has its answer, or has gone.
  void Over(bool) {
    cancelled_ = context_.IsCancelled();
    Release();
  }
  void Release() {
    if (--steps_ == 0) delete this;
  }

  UnaryMethod& method_;
  grpc::ServerContext context_;
  grpc::ByteBuffer request_;
  UnaryMethod::Answer answer_{&context_};
  Step arrived_{*this, &UnaryCall::Arrived};
  Step answered_{*this, &UnaryCall::Answered};
  Step over_{*this, &UnaryCall::Over};
  absl::Time arrived_at_;
  std::atomic<bool> cancelled_{false};
  std::atomic<int> steps_{2};  // that happen once it has arrived: answered, over
};

}  // namespace

void ReceiveCalls(UnaryMethod& method) {
  // Deletes itself.
  method.receiver().Begin(
      [&method](grpc::ServerCompletionQueue* queue) { new UnaryCall(method, queue); });
}

}  // namespace stadtmesh::rpc

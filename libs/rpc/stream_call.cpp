#include "rpc/stream_call.h"

#include <atomic>

#include "absl/synchronization/mutex.h"
#include "base/error.h"
#include "rpc/access_log.h"
#include "rpc/bytes.h"
#include "rpc/grpc_arrival.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public WorkerPool::Task,
                         public StreamWriter {
 public:
  StreamCall(MethodState& method, grpc::CallbackServerContext& context,
             const grpc::ByteBuffer& request)
      : method_(method), context_(context), request_(request), arrived_(absl::Now()) {}

  void Run() override {
    const CallTimes times{arrived_, absl::Now()};
    Call call;
    const std::unique_ptr<google::protobuf::Message> request(method_.method.request->New());
    const grpc::Slice slice = ToSlice(request_);
    absl::Status status = cancelled() ? absl::CancelledError("the caller has gone")
                                      : Admit(method_, ArrivalOf(context_, slice), call, *request);
    if (status.ok()) {
      deadline_ = call.deadline;
      token_expires_ =
          call.principal.anonymous ? absl::InfiniteFuture() : call.principal.expires_at;
      status = method_.method.stream(call, *request, *this);
    }
    RecordCall(method_, call, times, status);
    Finish(ToWire(status));  // last: the call may be deleted from here on
  }

  absl::Status WriteMessage(const google::protobuf::Message& message) override {
    if (absl::Now() >= deadline_)
      return CommonError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                         "the stream's deadline has passed");
    if (method_.server->clock().Now() >= token_expires_) {
      return CommonError(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "token has expired");
    }
    if (cancelled()) return absl::CancelledError("the caller has gone");
    buffer_ = ToBuffer(message);
    StartWrite(&buffer_);
    const absl::MutexLock lock(&mutex_);
    // gRPC calls back also when the caller goes or the deadline passes.
    mutex_.Await(absl::Condition(&written_));
    written_ = false;
    return written_well_ ? absl::OkStatus() : absl::CancelledError("the caller has gone");
  }

  bool cancelled() const override { return cancelled_.load(std::memory_order_relaxed); }

  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    written_ = true;
    written_well_ = ok;
  }
  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }
  void OnDone() override { delete this; }

 private:
  MethodState& method_;
  grpc::CallbackServerContext& context_;
  const grpc::ByteBuffer& request_;
  const absl::Time arrived_;
  absl::Time deadline_;
  absl::Time token_expires_;
  grpc::ByteBuffer buffer_;
  std::atomic<bool> cancelled_{false};
  absl::Mutex mutex_;
  bool written_ ABSL_GUARDED_BY(mutex_) = false;
  bool written_well_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(MethodState& method,
                                                        grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) {
  auto* call = new StreamCall(method, *context, *request);
  if (!method.pool->Submit(call)) call->Finish(ToWire(RecordOverload(method)));
  return call;
}

}  // namespace stadtmesh::rpc

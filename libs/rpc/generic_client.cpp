#include "rpc/generic_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>

#include "absl/synchronization/mutex.h"
#include "rpc/bytes.h"
#include "rpc/channel_impl.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

void Prepare(grpc::ClientContext& context, const Metadata& metadata, absl::Time deadline) {
  if (deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline));
  for (const auto& [name, value] : metadata.pairs()) context.AddMetadata(name, value);
}

// gRPC 1.51 stops its callback threads when the last channel or server that used them goes. A call
// that ends may be the last holder of its channel, on such a thread, which would then join itself
// and abort. A channel that never goes keeps the threads.
void KeepCallbackThreads() {
  struct Kept {
    grpc::GenericStub stub{
        grpc::CreateChannel("unix:/nonexistent", grpc::InsecureChannelCredentials())};
    grpc::ClientContext context;
    grpc::ByteBuffer request =
        ToBuffer(std::string());  // gRPC aborts on a buffer that was never filled
    grpc::ByteBuffer response;
  };
  static Kept* const kept = [] {  // never destroyed: the process ends with it
    auto* fresh = new Kept;
    fresh->context.set_deadline(std::chrono::system_clock::now());
    fresh->stub.UnaryCall(&fresh->context, "/none/none", {}, &fresh->request, &fresh->response,
                          [](const grpc::Status&) {});
    return fresh;
  }();
  (void)kept;
}

// Keeps itself alive until gRPC has called back.
class UnaryOperation final : public CallHandle,
                             public std::enable_shared_from_this<UnaryOperation> {
 public:
  UnaryOperation(std::shared_ptr<grpc::Channel> channel, absl::string_view method,
                 std::string request, std::function<void(absl::StatusOr<std::string>)> done)
      : channel_(channel),
        stub_(std::move(channel)),
        method_(method),
        request_(ToBuffer(std::move(request))),
        done_(std::move(done)) {}

  void Start(const Metadata& metadata, absl::Time deadline) {
    Prepare(context_, metadata, deadline);
    stub_.UnaryCall(
        &context_, method_, {}, &request_, &response_,
        [self = shared_from_this()](const grpc::Status& status) { self->Finish(status); });
  }
  void Cancel() override { context_.TryCancel(); }

 private:
  void Finish(const grpc::Status& status) {
    const auto done = std::move(done_);
    if (status.ok()) {
      done(ToString(response_));
    } else {
      done(FromWire(status));
    }
  }

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::function<void(absl::StatusOr<std::string>)> done_;
};

class StreamOperation final : public StreamHandle,
                              public grpc::ClientReadReactor<grpc::ByteBuffer> {
 public:
  StreamOperation(std::shared_ptr<grpc::Channel> channel, absl::string_view method,
                  std::string request, std::function<void(std::string)> on_message,
                  std::function<void(absl::Status)> done)
      : channel_(std::move(channel)),
        method_(method),
        request_(ToBuffer(std::move(request))),
        on_message_(std::move(on_message)),
        done_(std::move(done)) {}

  void Start(const Metadata& metadata, absl::Time deadline, std::shared_ptr<StreamOperation> self) {
    self_ = std::move(self);
    Prepare(context_, metadata, deadline);
    grpc::internal::ClientCallbackReaderFactory<grpc::ByteBuffer>::Create(
        channel_.get(),
        grpc::internal::RpcMethod(method_.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING),
        &context_, &request_, this);
    // Reads come from outside of reactions; the hold keeps OnDone away until the stream's end has
    // been seen.
    AddHold();
    StartRead(&message_);
    StartCall();
  }
  void Read() override {
    const absl::MutexLock lock(&mutex_);
    if (ended_ || reading_) return;
    reading_ = true;
    StartRead(&message_);
  }
  void Cancel() override {
    context_.TryCancel();
    End(/*unless_reading=*/true);  // a read in flight ends by itself
  }

  void OnReadDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      reading_ = false;
    }
    if (ok) {
      on_message_(ToString(message_));
    } else {
      End(/*unless_reading=*/false);
    }
  }
  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<StreamOperation> self = std::move(self_);
    const auto done = std::move(done_);
    done(FromWire(status));
  }

 private:
  void End(bool unless_reading) {
    {
      const absl::MutexLock lock(&mutex_);
      if (ended_ || (unless_reading && reading_)) return;
      ended_ = true;
    }
    RemoveHold();
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  std::function<void(std::string)> on_message_;
  std::function<void(absl::Status)> done_;
  std::shared_ptr<StreamOperation> self_;
  absl::Mutex mutex_;
  bool reading_ ABSL_GUARDED_BY(mutex_) = true;  // Start begins the first
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

GenericClient::GenericClient(Channel channel) : channel_(std::move(channel)) {
  KeepCallbackThreads();
}
GenericClient::~GenericClient() = default;

std::shared_ptr<CallHandle> GenericClient::Call(
    absl::string_view method, std::string request, Metadata metadata, absl::Time deadline,
    std::function<void(absl::StatusOr<std::string>)> done) const {
  LocalCalls* const local = channel_.impl()->local.get();
  if (local != nullptr && local->Has(method)) {
    return local->Call(method, std::move(request), std::move(metadata), deadline, std::move(done));
  }
  auto operation = std::make_shared<UnaryOperation>(channel_.impl()->grpc, method,
                                                    std::move(request), std::move(done));
  operation->Start(metadata, deadline);
  return operation;
}

std::shared_ptr<StreamHandle> GenericClient::Stream(absl::string_view method, std::string request,
                                                    const Metadata& metadata, absl::Time deadline,
                                                    std::function<void(std::string)> on_message,
                                                    std::function<void(absl::Status)> done) const {
  auto operation = std::make_shared<StreamOperation>(
      channel_.impl()->grpc, method, std::move(request), std::move(on_message), std::move(done));
  operation->Start(metadata, deadline, operation);
  return operation;
}

}  // namespace stadtmesh::rpc

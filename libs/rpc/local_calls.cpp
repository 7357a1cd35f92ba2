#include "rpc/local_calls.h"

#include <atomic>
#include <utility>

#include "absl/time/clock.h"
#include "base/error.h"
#include "rpc/access_log.h"
#include "rpc/pool.h"
#include "rpc/status.h"

namespace stadtmesh::rpc {
namespace {

absl::Status TooLarge() {
  return CommonError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                     "the message is larger than the server's limit");
}

bool IsTooLarge(const std::string& message, const MethodState& method) {
  return message.size() > static_cast<size_t>(method.server->options.largest_message);
}

// A call that was over before it began.
class NoCall final : public CallHandle {
 public:
  void Cancel() override {}
};

}  // namespace

// Keeps itself alive until it has run.
class LocalCall final : public CallHandle,
                        public WorkerPool::Task,
                        public std::enable_shared_from_this<LocalCall> {
 public:
  LocalCall(std::shared_ptr<LocalCalls> calls, MethodState& method, std::string request,
            Metadata metadata, absl::Time deadline, LocalCalls::Done done)
      : calls_(std::move(calls)),
        method_(method),
        request_(std::move(request)),
        metadata_(std::move(metadata)),
        deadline_(deadline),
        done_(std::move(done)),
        arrived_(absl::Now()) {}

  void Start() {
    self_ = shared_from_this();
    if (!method_.pool->Submit(this)) {
      const std::shared_ptr<LocalCall> self = std::move(self_);
      End(RecordOverload(method_));
    }
  }

  void Run() override {
    const std::shared_ptr<LocalCall> self = std::move(self_);
    Arrival arrival;
    for (const auto& [name, value] : metadata_.pairs()) arrival.Take(name, value);
    arrival.deadline = deadline_;
    arrival.bytes = request_;
    const auto take = [this](const google::protobuf::Message& reply) {
      reply.SerializeToString(&reply_);
    };
    End(ServeUnary(method_, arrival, arrived_, cancelled_ || calls_->cancelled_, take));
  }

  void Cancel() override { cancelled_ = true; }

 private:
  void End(const absl::Status& status) {
    const bool too_large = IsTooLarge(reply_, method_);
    const LocalCalls::Done done = std::move(done_);
    calls_->Leave();
    if (!status.ok()) return done(FromWire(ToWire(status)));
    if (too_large) return done(TooLarge());
    done(std::move(reply_));
  }

  const std::shared_ptr<LocalCalls> calls_;
  MethodState& method_;
  const std::string request_;
  const Metadata metadata_;
  const absl::Time deadline_;
  LocalCalls::Done done_;
  const absl::Time arrived_;
  std::string reply_;
  std::atomic<bool> cancelled_{false};
  std::shared_ptr<LocalCall> self_;
};

void LocalCalls::Add(MethodState* method) {
  if (method->method.unary) methods_[method->path] = method;
}

std::shared_ptr<CallHandle> LocalCalls::Call(absl::string_view path, std::string request,
                                             Metadata metadata, absl::Time deadline, Done done) {
  if (!Enter()) {
    done(CommonError(absl::StatusCode::kUnavailable, "UNAVAILABLE", "the server has stopped"));
    return std::make_shared<NoCall>();
  }
  MethodState& method = *methods_.at(path);
  if (IsTooLarge(request, method)) {
    Leave();
    done(TooLarge());
    return std::make_shared<NoCall>();
  }
  auto call = std::make_shared<LocalCall>(shared_from_this(), method, std::move(request),
                                          std::move(metadata), deadline, std::move(done));
  call->Start();
  return call;
}

bool LocalCalls::Enter() {
  absl::MutexLock lock(&mutex_);
  if (stopped_) return false;
  ++running_;
  return true;
}

void LocalCalls::Leave() {
  absl::MutexLock lock(&mutex_);
  --running_;
}

void LocalCalls::Stop(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
  if (mutex_.AwaitWithDeadline(absl::Condition(&idle), deadline)) return;
  cancelled_ = true;
  mutex_.Await(absl::Condition(&idle));
}

}  // namespace stadtmesh::rpc

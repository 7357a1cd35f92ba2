#include "rpc/client.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <optional>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "base/status.h"
#include "rpc/generic_client.h"

namespace stadtmesh::rpc {
namespace {

constexpr absl::Duration kLongestCall = absl::Seconds(60);

std::string PathOf(const google::protobuf::MethodDescriptor* method) {
  return absl::StrCat("/", method->service()->full_name(), "/", method->name());
}

bool MayRepeat(const google::protobuf::MethodDescriptor* method, const CallOptions& options) {
  // With a key the callee answers a repetition from its record.
  return method->options().idempotency_level() !=
             google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN ||
         !options.idempotency_key.empty();
}

absl::Status Parse(const std::string& bytes, google::protobuf::Message& message) {
  if (message.ParseFromString(bytes)) return absl::OkStatus();
  return absl::InternalError("the answer is no valid message");
}

// What a stream's callbacks hand to the blocked caller.
struct Inbox {
  absl::Mutex mutex;
  std::optional<std::string> message ABSL_GUARDED_BY(mutex);
  std::optional<absl::Status> end ABSL_GUARDED_BY(mutex);
  bool HasNews() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return message.has_value() || end.has_value();
  }
};

}  // namespace

CallOptions CallOptions::From(const rpc::Call& call) {
  CallOptions options;
  options.deadline = call.deadline;
  options.tenant = call.principal.tenant;
  options.user_token = call.user_token;
  if (call.user_token.empty() && call.principal.on_behalf)
    options.on_behalf_of = call.principal.alias;
  options.traceparent = call.traceparent;
  options.language = call.language;
  return options;
}

Client::Client(Channel channel, const auth::ServiceIdentity* identity, RetryPolicy retry)
    : channel_(std::move(channel)), identity_(identity), retry_(retry) {}

absl::StatusOr<Metadata> Client::MakeMetadata(const CallOptions& options) const {
  Metadata metadata;
  RETURN_IF_ERROR(metadata.Add(kTenant, options.tenant));
  RETURN_IF_ERROR(metadata.Add(kAcceptLanguage, options.language));
  if (!options.traceparent.empty())
    RETURN_IF_ERROR(metadata.Add(kTraceparent, options.traceparent));
  if (!options.idempotency_key.empty())
    RETURN_IF_ERROR(metadata.Add(kIdempotencyKey, options.idempotency_key));
  const std::string own_token = identity_ == nullptr ? "" : identity_->Token();
  if (!options.user_token.empty()) {
    RETURN_IF_ERROR(metadata.Add(kAuthorization, absl::StrCat("Bearer ", options.user_token)));
    if (!own_token.empty()) RETURN_IF_ERROR(metadata.Add(kCaller, own_token));
    return metadata;
  }
  if (!own_token.empty())
    RETURN_IF_ERROR(metadata.Add(kAuthorization, absl::StrCat("Bearer ", own_token)));
  if (!options.on_behalf_of.empty())
    RETURN_IF_ERROR(metadata.Add(kOnBehalfOf, options.on_behalf_of));
  return metadata;
}

absl::Status Client::CallMessage(const google::protobuf::MethodDescriptor* method,
                                 const google::protobuf::Message& request,
                                 google::protobuf::Message& response,
                                 const CallOptions& options) const {
  ASSIGN_OR_RETURN(const Metadata metadata, MakeMetadata(options));
  const absl::Time deadline = std::min(options.deadline, absl::Now() + kLongestCall);
  const GenericClient client(channel_);
  const std::string bytes = request.SerializeAsString();
  absl::BitGen random;
  absl::Duration backoff = retry_.first_backoff;
  for (int attempt = 1;; ++attempt) {
    absl::Notification finished;
    absl::StatusOr<std::string> result = absl::UnknownError("");
    client.Call(PathOf(method), bytes, metadata, deadline, [&](absl::StatusOr<std::string> r) {
      result = std::move(r);
      finished.Notify();
    });
    finished.WaitForNotification();
    if (result.ok()) return Parse(*result, response);
    const absl::Duration wait = backoff * absl::Uniform(random, 0.5, 1.0);
    const bool again = absl::IsUnavailable(result.status()) && attempt < retry_.tries &&
                       MayRepeat(method, options) && absl::Now() + wait < deadline;
    if (!again) return result.status();
    absl::SleepFor(wait);
    backoff = std::min(backoff * 2, retry_.longest_backoff);
  }
}

absl::Status Client::StreamMessages(const google::protobuf::MethodDescriptor* method,
                                    const google::protobuf::Message& request,
                                    google::protobuf::Message& message, const CallOptions& options,
                                    const std::function<absl::Status()>& on_message) const {
  ASSIGN_OR_RETURN(const Metadata metadata, MakeMetadata(options));
  const auto inbox = std::make_shared<Inbox>();
  const std::shared_ptr<StreamHandle> stream = GenericClient(channel_).Stream(
      PathOf(method), request.SerializeAsString(), metadata, options.deadline,
      [inbox](std::string bytes) {
        absl::MutexLock lock(&inbox->mutex);
        inbox->message = std::move(bytes);
      },
      [inbox](absl::Status status) {
        absl::MutexLock lock(&inbox->mutex);
        inbox->end = std::move(status);
      });
  absl::Status own_error;
  while (true) {
    std::optional<std::string> bytes;
    {
      absl::MutexLock lock(&inbox->mutex);
      inbox->mutex.Await(absl::Condition(inbox.get(), &Inbox::HasNews));
      if (!inbox->message) return own_error.ok() ? *inbox->end : own_error;
      bytes.swap(inbox->message);
    }
    if (own_error.ok()) {
      own_error = Parse(*bytes, message);
      if (own_error.ok()) own_error = on_message();
      if (!own_error.ok()) stream->Cancel();
    }
    stream->Read();
  }
}

}  // namespace stadtmesh::rpc

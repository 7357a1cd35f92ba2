// Calls another service: deadline, credentials, trace, retries. Blocks the calling thread, so only
// handlers on a pool, consumers and jobs use it; what must not block uses GenericClient.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "auth/service_identity.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {

struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();  // at most 60 s are waited in any case
  std::string tenant;                            // required
  std::string user_token;       // the person's, passed on; empty: the service calls for itself
  std::string on_behalf_of;     // subject alias; only without `user_token`
  std::string idempotency_key;  // required by methods that change something; the same for every try
                                // of one intention
  std::string traceparent;
  std::string language = "de";

  // An onward call within a handler: same tenant, person, deadline, trace and language. Set the
  // idempotency key where one is needed, derived from the cause, so that a repeated cause makes the
  // same call.
  static CallOptions From(const Call& call);
};

struct RetryPolicy {
  int tries = 3;  // in all
  absl::Duration first_backoff =
      absl::Milliseconds(50);  // doubled per try, each wait drawn evenly from [half, whole]
  absl::Duration longest_backoff = absl::Seconds(1);
};

// Thread-safe.
class Client {
 public:
  // `identity` (not owned, may be null in tests) proves which service calls; see
  // auth/service_identity.h.
  Client(Channel channel, const auth::ServiceIdentity* identity, RetryPolicy retry = {});

  // Typed call: `method` is e.g.
  // Contract("stadtmesh.buergerbus.v1.BuergerbusService")->FindMethodByName("BookRide").
  // UNAVAILABLE is tried again (with jitter, within the deadline) for methods that are
  // NO_SIDE_EFFECTS or IDEMPOTENT, or that carry an idempotency key. The status carries
  // base::ErrorInfo as the callee attached it.
  template <typename Response>
  absl::StatusOr<Response> Call(const google::protobuf::MethodDescriptor* method,
                                const google::protobuf::Message& request,
                                const CallOptions& options) const {
    Response response;
    absl::Status status = CallMessage(method, request, response, options);
    if (!status.ok()) return status;
    return response;
  }
  absl::Status CallMessage(const google::protobuf::MethodDescriptor* method,
                           const google::protobuf::Message& request,
                           google::protobuf::Message& response, const CallOptions& options) const;

  // Server stream: `on_message` is called on this thread for each message; an error it returns
  // cancels the stream and is returned.
  template <typename Response>
  absl::Status Stream(const google::protobuf::MethodDescriptor* method,
                      const google::protobuf::Message& request, const CallOptions& options,
                      const std::function<absl::Status(const Response&)>& on_message) const {
    Response message;
    return StreamMessages(method, request, message, options, [&] { return on_message(message); });
  }
  absl::Status StreamMessages(const google::protobuf::MethodDescriptor* method,
                              const google::protobuf::Message& request,
                              google::protobuf::Message& message, const CallOptions& options,
                              const std::function<absl::Status()>& on_message) const;

 private:
  absl::StatusOr<Metadata> MakeMetadata(const CallOptions& options) const;

  Channel channel_;
  const auth::ServiceIdentity* identity_;
  RetryPolicy retry_;
};

}  // namespace stadtmesh::rpc

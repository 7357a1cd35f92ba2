// A service as the chassis sees it: one handler per method of its descriptor.
//
//   rpc::ServiceBuilder builder(rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService"));
//   builder.Unary<v1::BookRideRequest, v1::Ride>(
//       "BookRide", [&](const rpc::Call& call, const v1::BookRideRequest& request) {
//         return handlers.BookRide(call, request);  // absl::StatusOr<v1::Ride>
//       });
//   ASSIGN_OR_RETURN(rpc::Service service, std::move(builder).Build());
//
// Handlers run on the service's own bounded threads and may block there (for Redis, for other
// services), never on a thread of gRPC's.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rpc/call.h"

namespace stadtmesh::rpc {

// Writes the messages of a server stream. Not thread-safe.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // Blocks until the message may be sent (back-pressure of the client). CANCELLED when the client
  // has gone, DEADLINE_EXCEEDED at the call's deadline; a handler then returns that status.
  virtual absl::Status WriteMessage(const google::protobuf::Message& message) = 0;
  // True once nobody listens any more; for handlers that wait for something else between two
  // messages.
  virtual bool cancelled() const = 0;
};

template <typename Response>
class Writer {
 public:
  explicit Writer(StreamWriter& stream) : stream_(stream) {}
  absl::Status Write(const Response& response) { return stream_.WriteMessage(response); }
  bool cancelled() const { return stream_.cancelled(); }

 private:
  StreamWriter& stream_;
};

struct PoolOptions {
  int threads = 32;  // unary handlers that run (or wait for Redis) at once
  int queue = 1024;  // calls that wait for a thread; beyond: UNAVAILABLE, reason OVERLOADED
  int stream_threads =
      8;  // server streams at once, on threads of their own; beyond: UNAVAILABLE, reason OVERLOADED
};

// One method, with types erased. Built by ServiceBuilder only.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  const google::protobuf::Message* request = nullptr;  // default instances
  const google::protobuf::Message* response = nullptr;
  using Reply =
      absl::FunctionRef<void(const google::protobuf::Message&)>;  // called once, when all went well
  std::function<absl::Status(const Call&, const google::protobuf::Message&, Reply)> unary;
  std::function<absl::Status(const Call&, const google::protobuf::Message&, StreamWriter&)> stream;
};

struct Service {
  const google::protobuf::ServiceDescriptor* descriptor = nullptr;
  std::vector<Method> methods;  // in the order of the descriptor, complete
  PoolOptions pool;
};

// The descriptor of a compiled contract by its full name. Aborts when no such contract is linked: a
// programming error.
const google::protobuf::ServiceDescriptor* Contract(absl::string_view full_name);

class ServiceBuilder {
 public:
  explicit ServiceBuilder(const google::protobuf::ServiceDescriptor* descriptor)
      : descriptor_(descriptor) {}

  // `handler`: absl::StatusOr<Response>(const Call&, const Request&)
  template <typename Request, typename Response, typename Handler>
  ServiceBuilder& Unary(absl::string_view name, Handler handler) {
    Method method{.request = &Request::default_instance(),
                  .response = &Response::default_instance()};
    method.unary = [handler = std::move(handler)](const Call& call,
                                                  const google::protobuf::Message& request,
                                                  Method::Reply reply) -> absl::Status {
      const absl::StatusOr<Response> result = handler(call, static_cast<const Request&>(request));
      if (!result.ok()) return result.status();
      reply(*result);
      return absl::OkStatus();
    };
    return Add(name, std::move(method));
  }

  // `handler`: absl::Status(const Call&, const Request&, Writer<Response>&)
  template <typename Request, typename Response, typename Handler>
  ServiceBuilder& ServerStream(absl::string_view name, Handler handler) {
    Method method{.request = &Request::default_instance(),
                  .response = &Response::default_instance()};
    method.stream = [handler = std::move(handler)](const Call& call,
                                                   const google::protobuf::Message& request,
                                                   StreamWriter& stream) -> absl::Status {
      Writer<Response> writer(stream);
      return handler(call, static_cast<const Request&>(request), writer);
    };
    return Add(name, std::move(method));
  }

  ServiceBuilder& Pool(const PoolOptions& options) {
    pool_ = options;
    return *this;
  }

  // FAILED_PRECONDITION naming the method: without handler, given twice, unknown, with other types
  // than the contract's, a streaming method without a streaming handler, or without a usable
  // authorisation option.
  absl::StatusOr<Service> Build() &&;

 private:
  ServiceBuilder& Add(absl::string_view name, Method method) {
    methods_.emplace_back(std::string(name), std::move(method));
    return *this;
  }

  const google::protobuf::ServiceDescriptor* descriptor_;
  std::vector<std::pair<std::string, Method>> methods_;
  PoolOptions pool_;
};

}  // namespace stadtmesh::rpc

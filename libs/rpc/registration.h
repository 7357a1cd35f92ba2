// Inside libs/rpc only: the one loop that registers every method of a service with gRPC, from its
// descriptor.
#pragma once

#include <grpcpp/completion_queue.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "rpc/incoming.h"

namespace stadtmesh::rpc {

// A service as gRPC sees it, with its threads. Outlives the gRPC server.
class RegisteredService {
 public:
  virtual ~RegisteredService() = default;
  virtual grpc::Service* grpc_service() = 0;
  virtual const std::string& name() const = 0;
  virtual std::vector<MethodState*> methods() = 0;

  // From here on unary calls may come from within the process. Once.
  virtual void ServeLocally() = 0;
  // From here on they come through gRPC, on `queue`, which belongs to the server that was started
  // with grpc_service(). Once.
  virtual void Receive(std::unique_ptr<grpc::ServerCompletionQueue> queue) = 0;
  // After the server's shutdown: returns when no call that came through gRPC runs any more.
  virtual void StopReceiving() = 0;
};

absl::StatusOr<std::unique_ptr<RegisteredService>> Register(ServerState& server, Service service);

}  // namespace stadtmesh::rpc

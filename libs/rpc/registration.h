// Inside libs/rpc only: the one loop that registers every method of a service with gRPC, from its
// descriptor.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "rpc/incoming.h"

namespace stadtmesh::rpc {

// A service as gRPC sees it, with its pools. Outlives the gRPC server.
class RegisteredService {
 public:
  virtual ~RegisteredService() = default;
  virtual grpc::Service* grpc_service() = 0;
  virtual const std::string& name() const = 0;
  virtual std::vector<MethodState*> methods() = 0;
};

absl::StatusOr<std::unique_ptr<RegisteredService>> Register(ServerState& server, Service service);

}  // namespace stadtmesh::rpc

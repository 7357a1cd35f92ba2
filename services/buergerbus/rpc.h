// The service on the wire: every method of the contract, handled in a few lines each (see rpc/).
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/service/services.h"
#include "rpc/service.h"

namespace stadtmesh::buergerbus {

// `services` outlives the result.
absl::StatusOr<rpc::Service> MakeRpcService(Services* services);

}  // namespace stadtmesh::buergerbus

// The service on the wire: every method of the contract, handled in a few lines each (see rpc/).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/service/services.h"
#include "buergerbus/views/board.h"
#include "rpc/service.h"

namespace stadtmesh::buergerbus {

// What calls are answered with.
struct Api {
  Services& services;
  Board& board;
  std::string offer_key;  // signs offer ids (rpc/tokens.h)
};

// `api` outlives the result.
absl::StatusOr<rpc::Service> MakeRpcService(Api* api);

}  // namespace stadtmesh::buergerbus

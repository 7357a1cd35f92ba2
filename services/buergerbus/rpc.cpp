#include "buergerbus/rpc.h"

#include <utility>

#include "buergerbus/rpc/methods.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<rpc::Service> MakeRpcService(Services* services) {
  rpc::ServiceBuilder builder(rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService"));
  AddPublicMethods(builder, *services);
  AddRideMethods(builder, *services);
  AddDispatchMethods(builder, *services);
  AddRiderMethods(builder, *services);
  AddDriverMethods(builder, *services);
  AddCityMethods(builder, *services);
  AddPrivacyMethods(builder, *services);
  return std::move(builder).Build();
}

}  // namespace stadtmesh::buergerbus

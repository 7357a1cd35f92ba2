#include "buergerbus/rpc.h"

#include <utility>

#include "buergerbus/rpc/methods.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<rpc::Service> MakeRpcService(Api* api) {
  rpc::ServiceBuilder builder(rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService"));
  AddPublicMethods(builder, *api);
  AddRideMethods(builder, *api);
  AddDispatchMethods(builder, *api);
  AddRiderMethods(builder, *api);
  AddDriverMethods(builder, *api);
  AddCityMethods(builder, *api);
  AddPrivacyMethods(builder, *api);
  return std::move(builder).Build();
}

}  // namespace stadtmesh::buergerbus

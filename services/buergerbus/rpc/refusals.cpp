#include "buergerbus/rpc/refusals.h"

#include <optional>

#include "base/error.h"
#include "buergerbus/domain/error.h"
#include "rpc/service.h"
#include "stadtmesh/errors/v1/refusals.pb.h"

namespace stadtmesh::buergerbus {

DeclaredRefusals::DeclaredRefusals(absl::string_view method) : method_(method) {
  const auto& options = rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService")
                            ->FindMethodByName(method_)
                            ->options();
  for (int i = 0; i < options.ExtensionSize(errors::v1::refusals); ++i)
    reasons_.insert(options.GetExtension(errors::v1::refusals, i));
}

bool DeclaredRefusals::Allow(const absl::Status& status) const {
  if (status.ok() || absl::IsInternal(status)) return true;  // what went wrong inside is not told
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  return !info || info->domain != kErrorDomain || reasons_.count(info->reason) > 0;
}

void DeclaredRefusals::Check(const absl::Status& status, Core& core) const {
  if (Allow(status)) return;
  core.metrics.undeclared_refusals.Add();
  core.logger->Error("undeclared_refusal",
                     {{"method", method_}, {"reason", GetErrorInfo(status)->reason}});
}

}  // namespace stadtmesh::buergerbus

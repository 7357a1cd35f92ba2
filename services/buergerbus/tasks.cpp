#include "buergerbus/tasks.h"

namespace stadtmesh::buergerbus {

std::unique_ptr<store::TaskWorker> MakeTaskWorker(Services* services, const std::vector<std::string>& tenants, int threads) {
  store::TaskWorkerOptions options;
  options.threads = threads;
  options.scopes = [tenants] {
    std::vector<store::Scope> scopes;
    for (const std::string& tenant : tenants) scopes.push_back(Repository::ScopeOf(tenant));
    return scopes;
  };
  options.handlers[std::string(kExpireHoldTask)] = [services](const store::Scope& scope, const store::Task& task,
                                                              absl::Time deadline) {
    return services->rides.ExpireHold(Command::From(scope.tenant, task, deadline), BookingId(task.payload));
  };
  options.observe = [services](const store::Scope& scope, const store::Task& task, const absl::Status& status) {
    if (status.ok()) return;
    services->core.logger->Warning("task_failed",
                                   {{"tenant", scope.tenant}, {"kind", task.kind}, {"error", status.ToString()}});
  };
  return std::make_unique<store::TaskWorker>(services->core.repository.store(), *services->core.clock, std::move(options));
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/tasks.h"

namespace stadtmesh::buergerbus {
namespace {

struct TaskKind {
  absl::string_view name;
  absl::Status (*run)(Services& services, const Command& command, const std::string& payload);
};

constexpr TaskKind kTaskKinds[] = {
    {kExpireHoldTask,
     [](Services& services, const Command& command, const std::string& booking) {
       return services.rides.ExpireHold(command, BookingId(booking));
     }},
    {kReviewTask,
     [](Services& services, const Command& command, const std::string&) {
       return services.review.RunTask(command, Whom::kDisplaced);
     }},
    {kReviewAffectedTask,
     [](Services& services, const Command& command, const std::string&) {
       return services.review.RunTask(command, Whom::kAffectedToo);
     }},
    {kRemindTask,
     [](Services& services, const Command& command, const std::string& ride) {
       return services.reminders.Remind(command, RideId(ride));
     }},
    {kExpireCallTask,
     [](Services& services, const Command& command, const std::string& call) {
       return services.calls.Expire(command, CallId(call));
     }},
    {kLatenessTask, [](Services& services, const Command& command,
                       const std::string&) { return services.lateness.Run(command); }},
    {kForgetRideTask,
     [](Services& services, const Command& command, const std::string& ride) {
       return services.privacy.ForgetRideTask(command, RideId(ride));
     }},
    {kForgetDriverTask,
     [](Services& services, const Command& command, const std::string& subject) {
       return services.privacy.ForgetDriverTask(command, subject);
     }},
    {kRetentionTask, [](Services& services, const Command& command,
                        const std::string&) { return services.retention.Run(command); }},
};

}  // namespace

std::unique_ptr<store::TaskWorker> MakeTaskWorker(Services* services,
                                                  const std::vector<std::string>& tenants,
                                                  int threads) {
  store::TaskWorkerOptions options;
  options.threads = threads;
  options.scopes = [tenants] {
    std::vector<store::Scope> scopes;
    for (const std::string& tenant : tenants) scopes.push_back(Repository::ScopeOf(tenant));
    return scopes;
  };
  for (const TaskKind& kind : kTaskKinds) {
    options.handlers[std::string(kind.name)] = [services, run = kind.run](const store::Scope& scope,
                                                                          const store::Task& task,
                                                                          absl::Time deadline) {
      return run(*services, Command::From(scope.tenant, task, deadline), task.payload);
    };
  }
  options.observe = [services](const store::Scope& scope, const store::Task& task,
                               const absl::Status& status) {
    if (status.ok()) return;
    services->core.logger->Warning(
        "task_failed",
        {{"tenant", scope.tenant}, {"kind", task.kind}, {"error", status.ToString()}});
  };
  return std::make_unique<store::TaskWorker>(services->core.repository.store(),
                                             *services->core.clock, std::move(options));
}

}  // namespace stadtmesh::buergerbus

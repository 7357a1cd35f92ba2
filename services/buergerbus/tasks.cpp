#include "buergerbus/tasks.h"

namespace stadtmesh::buergerbus {

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
  const auto handle = [&](absl::string_view kind, auto run) {
    options.handlers[std::string(kind)] = [run](const store::Scope& scope, const store::Task& task,
                                                absl::Time deadline) {
      return run(Command::From(scope.tenant, task, deadline), task.payload);
    };
  };
  handle(kExpireHoldTask, [services](const Command& command, const std::string& booking) {
    return services->rides.ExpireHold(command, BookingId(booking));
  });
  handle(kReviewTask, [services](const Command& command, const std::string&) {
    return services->review.RunTask(command, Whom::kDisplaced);
  });
  handle(kReviewAffectedTask, [services](const Command& command, const std::string&) {
    return services->review.RunTask(command, Whom::kAffectedToo);
  });
  handle(kRemindTask, [services](const Command& command, const std::string& ride) {
    return services->reminders.Remind(command, RideId(ride));
  });
  handle(kExpireCallTask, [services](const Command& command, const std::string& call) {
    return services->calls.Expire(command, CallId(call));
  });
  handle(kLatenessTask, [services](const Command& command, const std::string&) {
    return services->lateness.Run(command);
  });
  handle(kForgetRideTask, [services](const Command& command, const std::string& ride) {
    return services->privacy.ForgetRideTask(command, RideId(ride));
  });
  handle(kForgetDriverTask, [services](const Command& command, const std::string& subject) {
    return services->privacy.ForgetDriverTask(command, subject);
  });
  handle(kRetentionTask, [services](const Command& command, const std::string&) {
    return services->retention.Run(command);
  });
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

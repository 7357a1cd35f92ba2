#include "wiring/foundation.h"

#include <utility>

#include "base/status.h"
#include "wiring/backends.h"

namespace stadtmesh::wiring {

Foundation::Foundation(absl::string_view service, obs::Level level)
    : logger({.service = std::string(service), .level = level, .metrics = &metrics}) {}

absl::StatusOr<std::unique_ptr<Foundation>> Foundation::Lay(const Settings& settings,
                                                            absl::string_view service,
                                                            std::vector<auth::Role> mesh_roles) {
  auto foundation = std::make_unique<Foundation>(service, settings.log_level);
  if (!settings.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(foundation->metrics_server,
                     obs::MetricsServer::Start(foundation->metrics, settings.metrics_listen));
  }
  ASSIGN_OR_RETURN(foundation->identity, MakeIdentity(settings, service, std::move(mesh_roles),
                                                      &foundation->logger, &foundation->clock));
  ASSIGN_OR_RETURN(foundation->bus, OpenBus(settings, &foundation->clock));
  return foundation;
}

}  // namespace stadtmesh::wiring

// What every process has, whatever its service: made from the settings in one order, ended in the
// opposite one.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/bus.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "wiring/identity.h"
#include "wiring/settings.h"

namespace stadtmesh::wiring {

struct Foundation {
  // `mesh_roles`: see MakeIdentity. UNAVAILABLE: nothing can listen where the metrics should.
  static absl::StatusOr<std::unique_ptr<Foundation>> Lay(const Settings& settings,
                                                         absl::string_view service,
                                                         std::vector<auth::Role> mesh_roles);
  Foundation(absl::string_view service, obs::Level level);

  SystemClock clock;
  RandomIdSource ids;
  obs::Metrics metrics;
  obs::Logger logger;
  std::unique_ptr<obs::MetricsServer> metrics_server;  // null: none was wanted
  Identity identity;
  std::unique_ptr<events::Bus> bus;
};

}  // namespace stadtmesh::wiring

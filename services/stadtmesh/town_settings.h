// The settings of a demo town in one process: what the command line and the data folder decide, and
// what the environment may change.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/service/improver.h"
#include "config/reader.h"
#include "gateway/config.h"
#include "stadtmesh/arguments.h"
#include "wiring/settings.h"

namespace stadtmesh::town {

struct TownSettings {
  wiring::Settings shared;
  gateway::Config gateway;
  buergerbus::ImproverOptions improver;
  bool traffic = false;  // plan with rush hours
};

// `environment`: of the process. `redis_socket`: of the private Redis. The data folder holds the
// secrets and the issuer's keys already. INVALID_ARGUMENT with one line per wrong setting, also for
// each that is not the environment's to change.
absl::StatusOr<TownSettings> ReadTownSettings(const Arguments& arguments,
                                              const std::string& redis_socket,
                                              const config::Sources& environment);

}  // namespace stadtmesh::town

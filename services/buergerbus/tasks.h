// Commands that run later: what the service promised itself to do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "buergerbus/service/services.h"
#include "store/task_worker.h"

namespace stadtmesh::buergerbus {

// Runs the due tasks of these tenants: holds that expire, days to review, reminders, what is to be
// forgotten. `services` outlives it.
std::unique_ptr<store::TaskWorker> MakeTaskWorker(Services* services,
                                                  const std::vector<std::string>& tenants,
                                                  int threads);

}  // namespace stadtmesh::buergerbus

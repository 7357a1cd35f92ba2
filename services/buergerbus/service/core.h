// What every use case works with.
#pragma once

#include "base/ids.h"
#include "base/time.h"
#include "buergerbus/metrics.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/repository.h"
#include "buergerbus/service/executor.h"
#include "buergerbus/service/settings_cache.h"
#include "obs/log.h"

namespace stadtmesh::buergerbus {

// Thread-safe. What it points to outlives it.
struct Core {
  Core(store::Store* store, const Planner* travel_planner, const Clock* system_clock,
       IdSource* id_source, obs::Logger* log, obs::Metrics* registry)
      : repository(store),
        settings(&repository, system_clock),
        metrics(*registry),
        executor(&repository, &settings, system_clock, id_source, &metrics),
        planner(travel_planner),
        clock(system_clock),
        logger(log) {}
  Core(const Core&) = delete;

  Repository repository;
  SettingsCache settings;
  BuergerbusMetrics metrics;
  Executor executor;
  const Planner* planner;
  const Clock* clock;
  obs::Logger* logger;
};

}  // namespace stadtmesh::buergerbus

// The whole service as one object, composed from adapters: by its own main.cpp, and by the town
// that runs in one process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/time.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/planner/travel_oracle.h"
#include "buergerbus/rpc.h"
#include "buergerbus/service/improver.h"
#include "buergerbus/service/services.h"
#include "buergerbus/views/board.h"
#include "config/reader.h"
#include "events/bus.h"
#include "events/bus_metrics.h"
#include "events/counters.h"
#include "events/relay.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "routing/travel_times.h"
#include "rpc/service.h"
#include "search/geocoder.h"
#include "store/store.h"
#include "store/task_worker.h"

namespace stadtmesh::buergerbus {

class Buergerbus {
 public:
  struct Options {
    std::vector<std::string> tenants;
    rpc::PoolOptions pool;
    int task_threads = 2;
    ImproverOptions improver;  // its tenants are those above
    bool traffic = false;      // roads are slower in rush hours: SpeedProfile::WorkingDay
    // What offers are signed with, one for all replicas; empty: one of this process, until it ends.
    config::Secret offer_secret;
  };
  // Not owned; they outlive the service.
  struct Adapters {
    store::Store* store = nullptr;
    events::Bus* bus = nullptr;
    const Clock* clock = nullptr;
    IdSource* ids = nullptr;
    obs::Logger* logger = nullptr;
    obs::Metrics* metrics = nullptr;
    std::shared_ptr<const routing::TravelTimes> travel_times;  // null: as the crow flies
    const search::Geocoder* addresses = nullptr;               // null: only stops are found
  };

  // FAILED_PRECONDITION when the contracts are unsound.
  static absl::StatusOr<std::unique_ptr<Buergerbus>> Create(Options options, Adapters adapters);
  ~Buergerbus();

  // For rpc::Server; valid as long as this.
  absl::StatusOr<rpc::Service> MakeService();
  // Begins to carry events to the bus, to follow them on the board, and to run tasks.
  absl::Status Start();
  // Ends what Start began. Idempotent. The rpc::Server is stopped before.
  void Stop();

  Services& services() { return services_; }

  // What Start sets in motion, for tests that turn it by hand.
  store::TaskWorker& tasks() { return *tasks_; }
  Improver& improver() { return *improver_; }
  // What offers are signed with, for tests that sign some.
  const std::string& offer_key() const { return api_.offer_key; }

 private:
  Buergerbus(Options options, Adapters adapters);

  const Options options_;
  const Adapters adapters_;
  std::unique_ptr<TravelOracle> oracle_;
  std::unique_ptr<Planner> planner_;
  Services services_;
  Board board_;
  Api api_;
  std::unique_ptr<store::TaskWorker> tasks_;
  std::unique_ptr<Improver> improver_;
  events::RelayCounters relay_counters_;
  events::BusMetrics bus_metrics_;  // follows the counters above: ends before them
  std::unique_ptr<events::Relay> relay_;
};

}  // namespace stadtmesh::buergerbus

// From the settings to the adapters: Redis, the store on it, the event bus.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/time.h"
#include "events/bus.h"
#include "store/store.h"
#include "wiring/settings.h"

namespace stadtmesh::wiring {

// FAILED_PRECONDITION when the server is not durable (says which setting), UNAVAILABLE when it is
// not there within `patience`.
absl::StatusOr<std::unique_ptr<store::Store>> OpenStore(const Settings& settings,
                                                        absl::Duration patience);

// For rpc::ServerOptions::healthy: whether `store` answers within a second for `service`, asked
// with the first tenant's outbox. `store` is not owned.
std::function<bool()> AnswersWithinASecond(store::Store* store, const Settings& settings,
                                           std::string service);

// Kafka or Redis Streams. `clock` is not owned. Neither need be reachable yet.
absl::StatusOr<std::unique_ptr<events::Bus>> OpenBus(const Settings& settings, const Clock* clock);

}  // namespace stadtmesh::wiring

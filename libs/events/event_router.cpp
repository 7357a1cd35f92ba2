#include "events/event_router.h"

#include "absl/time/clock.h"
#include "events/once.h"

namespace stadtmesh::events {

absl::Status EventRouter::Handle(const Event& event) const {
  if (auto route = routes_.find(event.type); route != routes_.end()) return route->second(event);
  absl::Status status = skip_ ? skip_(event) : absl::OkStatus();
  if (status.ok() && counters_ != nullptr) ++counters_->skipped;
  return status;
}

Handler SkipOnce(store::Store* store, std::string service, std::string consumer,
                 absl::Duration timeout) {
  return [=](const Event& event) {
    const store::Transaction transaction(OnceOf(consumer, event));
    return store->Commit({event.tenant, service}, transaction, absl::Now() + timeout).status();
  };
}

}  // namespace stadtmesh::events

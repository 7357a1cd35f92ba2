// Dead letters in the consumer's own store: durable as its effects are, in its backups, and the
// same on every bus.
#pragma once

#include <functional>
#include <string>

#include "base/ids.h"
#include "events/dead_letters.h"
#include "store/store.h"

namespace stadtmesh::events {

// Names in the scope {the event's tenant, service}, where <place> is <group>/<publishing
// service>/<aggregate>:
//   index  dead-letters/<group>           the parked aggregates, by the time they were parked
//   value  dead-letters/<place>           exists while the aggregate is parked; its version changes
//   with all that is put behind it index  dead-letters/<place>           its events, ordered by
//   (epoch, n) value  dead-letters/<place>/<epoch>-<n>   stadtmesh.events.v1.ParkedEvent lease
//   replay/<place>
class StoreDeadLetters final : public DeadLetters {
 public:
  // `store` is that of `service`, the consumer; it outlives this.
  StoreDeadLetters(store::Store* store, std::string service)
      : store_(store), service_(std::move(service)) {}

  absl::StatusOr<std::vector<AggregateKey>> ParkedAggregates(absl::string_view group,
                                                             absl::string_view tenant,
                                                             absl::Time deadline) override;
  absl::Status Bury(absl::string_view group, const DeadLetter& letter,
                    absl::Time deadline) override;
  absl::StatusOr<bool> ParkBehind(absl::string_view group, const Event& event, absl::Time since,
                                  absl::Time deadline) override;
  absl::StatusOr<std::vector<DeadLetter>> List(absl::string_view group,
                                               const AggregateKey& aggregate, size_t limit,
                                               absl::Time deadline) override;
  absl::Status Remove(absl::string_view group, const Event& event, absl::Time deadline) override;
  absl::StatusOr<bool> Release(absl::string_view group, const AggregateKey& aggregate,
                               absl::Time deadline) override;
  absl::StatusOr<bool> LockReplay(absl::string_view group, const AggregateKey& aggregate,
                                  absl::string_view owner, absl::Duration ttl,
                                  absl::Time deadline) override;
  absl::Status UnlockReplay(absl::string_view group, const AggregateKey& aggregate,
                            absl::string_view owner, absl::Time deadline) override;

 private:
  store::Scope ScopeOf(absl::string_view tenant) const { return {std::string(tenant), service_}; }
  store::Transaction NewTransaction();
  absl::StatusOr<bool> TryPark(absl::string_view group, const DeadLetter& letter, bool only_behind,
                               absl::Time deadline);
  absl::StatusOr<bool> TryRelease(absl::string_view group, const AggregateKey& aggregate,
                                  absl::Time deadline);

  store::Store* const store_;
  const std::string service_;
  RandomIdSource ids_;
};

}  // namespace stadtmesh::events

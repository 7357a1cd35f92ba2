// Dead letters in memory: for tests, and the default of the memory bus.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "events/dead_letters.h"

namespace stadtmesh::events {

class MemoryDeadLetters final : public DeadLetters {
 public:
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
  using Place = std::pair<std::string, AggregateKey>;                   // group, aggregate
  using Letters = std::map<std::pair<uint64_t, uint64_t>, DeadLetter>;  // by (epoch, n)
  std::mutex mutex_;
  std::map<Place, Letters> parked_;
  std::map<Place, std::pair<std::string, absl::Time>> locks_;  // owner, until
};

}  // namespace stadtmesh::events

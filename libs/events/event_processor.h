// What a consumer group does with one event, whichever log it came from: hand it to the handler
// until it is done, give it up after three permanent errors, park what comes behind it. Shared by
// the partitions of a subscription. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "base/time.h"
#include "events/attempts.h"
#include "events/bus.h"
#include "events/counters.h"
#include "events/dead_letters.h"

namespace stadtmesh::events {

class EventProcessor {
 public:
  // Waits so long; false when it was told to stop meanwhile.
  using Wait = std::function<bool(absl::Duration)>;

  // options.dead_letters must be set. `clock` tells since when a letter is dead.
  EventProcessor(const SubscribeOptions& options, Handler handler, const Clock* clock);

  // Returns true when the event's effect, or its parking, is durable: the cursor may move past it.
  // False when told to stop before. Waits between tries, so that its partition waits, and only its
  // partition.
  bool Process(const Event& event, const Wait& wait);

  // Partitions were gained: their former reader may have parked aggregates since we last looked.
  void ForgetParked();

  // See Subscription::ReplayDeadLetters.
  absl::StatusOr<size_t> Replay(const AggregateKey& aggregate, absl::Time deadline);

  void ReportLost(absl::string_view topic, int32_t partition);

  ConsumerCounters& counters() { return *counters_; }

 private:
  absl::Status Step(const Event& event, Attempts& attempts);
  absl::Status Handle(const Event& event, Attempts& attempts);
  absl::StatusOr<bool> IsParked(const AggregateKey& key);
  void SetParked(const AggregateKey& key, bool parked);
  absl::StatusOr<size_t> ReplayLocked(const AggregateKey& aggregate, absl::string_view owner,
                                      absl::Time deadline);
  absl::Status ReplayOne(const DeadLetter& letter, absl::Time deadline);

  const SubscribeOptions options_;
  const Handler handler_;
  const Clock* const clock_;
  ConsumerCounters own_counters_;
  ConsumerCounters* const counters_;

  std::mutex mutex_;
  uint64_t generation_ = 0;  // of what is known about parked aggregates
  // by tenant; a tenant is absent until it is looked up
  std::map<std::string, std::set<AggregateKey>> parked_;
};

}  // namespace stadtmesh::events

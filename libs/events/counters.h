// What the bus counts: plain atomics that a service's metrics endpoint reads (see README.md for
// their metric names).
#pragma once

#include <atomic>
#include <cstdint>

namespace stadtmesh::events {

// Of one subscription. Shared by its partitions; every field only grows, except the gauges.
struct ConsumerCounters {
  std::atomic<uint64_t> handled{0};             // effects done
  std::atomic<uint64_t> transient_failures{0};  // tries that ended in a transient error
  std::atomic<uint64_t> permanent_failures{0};  // tries that ended in a permanent error
  std::atomic<uint64_t> gaps{0};  // of these, EVENT_GAP: an event before it is missing (alarm)
  std::atomic<uint64_t> dead_letters{0};  // events given up
  std::atomic<uint64_t> parked{0};        // events put behind a dead letter
  std::atomic<uint64_t> replayed{0};      // parked events that were handled after all
  std::atomic<uint64_t> skipped{0};       // events of types the router does not know
  std::atomic<uint64_t> undecodable{0};   // entries of the log that are no events (alarm)
  std::atomic<uint64_t> lost{0};  // times the log no longer held what was not read yet (alarm)
  std::atomic<uint64_t> rebalances{0};  // partitions gained
  std::atomic<int64_t> lag{
      0};  // gauge: events published but not handled yet, over the partitions held
};

// Of one relay.
struct RelayCounters {
  std::atomic<uint64_t> published{0};
  std::atomic<uint64_t> publish_failures{0};
  std::atomic<uint64_t> takeovers{0};     // leases gained
  std::atomic<int64_t> leading{0};        // gauge: scopes whose lease this replica holds
  std::atomic<int64_t> outbox_length{0};  // gauge: entries waiting, over the scopes led
  std::atomic<int64_t> oldest_age_millis{
      0};  // gauge: age of the oldest entry waiting, over the scopes led
};

}  // namespace stadtmesh::events

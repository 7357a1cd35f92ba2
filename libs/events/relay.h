// Carries a service's outbox to the bus: at least once, and in order per aggregate as far as one
// leader can promise it. Consumers keep watermarks, because a leader that was frozen may publish
// old entries after its successor.
//
// Per tenant one lease; who holds it publishes. Entries are removed only when they, and all before
// them, are acknowledged. After an error the bus has dropped what it knew of the batch, and the
// relay goes on at the oldest unacknowledged entry.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "events/bus.h"
#include "events/counters.h"
#include "store/store.h"

namespace stadtmesh::events {

struct RelayOptions {
  std::string service;
  std::function<std::vector<std::string>()> tenants;  // may change while the relay runs
  std::string owner;  // unique per process start; empty: a random id
  absl::Duration lease =
      absl::Seconds(3);  // a successor takes over at most this and one poll later
  absl::Duration poll = absl::Milliseconds(500);  // when no wake-up comes
  absl::Duration trim_interval = absl::Milliseconds(200);
  size_t batch = 500;  // entries per tenant and round
};

class Relay {
 public:
  // `store`, `bus`, `clock` and `counters` (may be null) outlive the relay. The clock only tells
  // ages, for the lag.
  Relay(store::Store* store, Bus* bus, RelayOptions options, const Clock* clock,
        RelayCounters* counters = nullptr);
  // As Stop.
  ~Relay();

  void Start();
  // Waits for the running round and gives the leases back. Idempotent.
  void Stop();

  // One pass over the tenants: lead, read, publish, trim. True when something was published and
  // more may wait. For tests; not together with Start.
  bool Round();

 private:
  struct Outbox {
    bool leading = false;
    absl::Time lease_until = absl::InfinitePast();
    absl::Time next_attempt = absl::InfinitePast();  // to get the lease, while somebody else has it
    std::string published;  // position of the last acknowledged entry; empty: begin at the oldest
    std::string trimmed;
    absl::Time next_trim = absl::InfinitePast();
    absl::Time oldest = absl::InfiniteFuture();  // time of the oldest unacknowledged entry known
    int64_t length = 0;
    absl::Time next_length = absl::InfinitePast();
  };
  struct Batch {
    std::vector<Event> events;
    std::vector<std::pair<Outbox*, std::string>> positions;  // of the same entries
    absl::Time deadline = absl::InfiniteFuture();            // the first lease that ends
  };

  void Run();
  void UpdateTenants();
  bool Lead(const std::string& tenant, Outbox& outbox);
  void Lose(Outbox& outbox);
  void Read(const std::string& tenant, Outbox& outbox, Batch& batch);
  bool Publish(Batch& batch);
  void Trim(const std::string& tenant, Outbox& outbox, bool idle);
  void ReportLag();
  void ReleaseLeases();

  store::Store* const store_;
  Bus* const bus_;
  const RelayOptions options_;
  const std::string owner_;
  const Clock* const clock_;
  RelayCounters own_counters_;
  RelayCounters* const counters_;
  std::map<std::string, Outbox> outboxes_;  // by tenant; only the relay's thread
  bool failing_ = false;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// The lease that guards a scope's outbox.
inline constexpr absl::string_view kRelayLease = "relay";

}  // namespace stadtmesh::events

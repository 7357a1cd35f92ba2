// Between bookings, somebody keeps looking for a better day: the same promises, less driving.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/service/core.h"
#include "obs/metrics.h"

namespace stadtmesh::buergerbus {

struct ImproverOptions {
  std::vector<std::string> tenants;
  bool on = true;
  absl::Duration search = absl::Milliseconds(500);  // per day and round
  int64_t iterations = -1;                          // instead, for tests
  absl::Duration pause = absl::Seconds(5);          // real time between rounds
  absl::Duration longest_pause = absl::Minutes(1);  // after conflicts
  absl::Duration lease = absl::Seconds(15);         // a successor takes over at most this later
  int days = 2;                                     // today, and those after it
  std::string owner;                                // unique per process start; empty: a random id
};

// Searches outside of the queue in which bookings wait, and commits only if no tour of the day
// changed meanwhile: a booking is never in its way, it is always in theirs. What is driven or
// frozen stays, promises are kept, and everybody hears of it by the usual events. One replica works
// per tenant, by lease; its thread has a low priority, and waits longer after each conflict.
class Improver {
 public:
  enum class Outcome { kNotLeading, kNothing, kCommitted, kDiscarded };

  // `core` and `metrics` outlive it.
  Improver(Core* core, ImproverOptions options, obs::Metrics* metrics);
  ~Improver();  // as Stop

  // Nothing happens where it is switched off.
  void Start();
  // Ends the running search and gives the leases back. Idempotent.
  void Stop();

  // One pass over the tenant's days; the last day's outcome that was more than nothing. For tests,
  // and for the thread itself.
  Outcome Round(const std::string& tenant);
  // Called in tests between search and commit.
  void SetBeforeCommit(std::function<void()> call) { before_commit_ = std::move(call); }

 private:
  struct Counters {
    explicit Counters(obs::Metrics& metrics);
    obs::Counter runs, committed, discarded, seconds_saved;
  };
  // What a day looked like when nothing better was found, and how often in a row.
  struct Fruitless {
    std::string versions;
    int times = 0;
  };

  void Loop();
  bool Stopping() const;
  bool Lead(const std::string& tenant);
  Outcome ImproveDay(const std::string& tenant, const Settings& settings,
                     absl::CivilDay service_day);
  absl::Status Commit(const std::string& tenant, const Day& seen, const Improvement& found);

  Core* const core_;
  const ImproverOptions options_;
  const std::string owner_;
  Counters counters_;
  uint64_t seed_ = 0;
  std::map<std::string, Fruitless> fruitless_;  // by tenant and day
  std::function<void()> before_commit_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// The lease of the replica that improves a tenant's days.
inline constexpr absl::string_view kImproverLease = "improver";

}  // namespace stadtmesh::buergerbus

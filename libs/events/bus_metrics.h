// The counters of relays and consumers as Prometheus metrics.
//
//   stadtmesh_relay_published_total, _publish_failures_total, _takeovers_total   {service}
//   stadtmesh_relay_leading, _outbox_length, _oldest_age_seconds                 {service}
//   stadtmesh_consumer_<counter>_total, stadtmesh_consumer_lag                   {group}
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "events/counters.h"
#include "obs/metrics.h"

namespace stadtmesh::events {

// Thread-safe. The counters given outlive this; `metrics` too.
class BusMetrics {
 public:
  // Updates every second on a thread of its own.
  explicit BusMetrics(obs::Metrics* metrics);
  ~BusMetrics();

  void AddRelay(absl::string_view service, const RelayCounters* counters);
  void AddConsumer(absl::string_view group, const ConsumerCounters* counters);
  // Carries the present values over now.
  void Update();

 private:
  void Follow(absl::string_view name, absl::string_view help, const obs::Labels& labels,
              const std::atomic<uint64_t>* value);
  void Follow(absl::string_view name, absl::string_view help, const obs::Labels& labels,
              const std::atomic<int64_t>* value, double unit);
  void Run();

  obs::Metrics* const metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void()>> updates_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stadtmesh::events

#include "events/bus_metrics.h"

#include <chrono>

#include "absl/strings/str_cat.h"

namespace stadtmesh::events {

BusMetrics::BusMetrics(obs::Metrics* metrics) : metrics_(metrics), thread_([this] { Run(); }) {}

BusMetrics::~BusMetrics() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BusMetrics::Follow(absl::string_view name, absl::string_view help, const obs::Labels& labels,
                        const std::atomic<uint64_t>* value) {
  obs::Counter counter = metrics_->AddCounter(name, help, labels);
  std::lock_guard lock(mutex_);
  updates_.push_back([counter, value, last = uint64_t{0}]() mutable {
    const uint64_t now = *value;
    counter.Add(static_cast<double>(now - last));
    last = now;
  });
}

void BusMetrics::Follow(absl::string_view name, absl::string_view help, const obs::Labels& labels,
                        const std::atomic<int64_t>* value, double unit) {
  obs::Gauge gauge = metrics_->AddGauge(name, help, labels);
  std::lock_guard lock(mutex_);
  updates_.push_back(
      [gauge, value, unit]() mutable { gauge.Set(static_cast<double>(*value) * unit); });
}

void BusMetrics::AddRelay(absl::string_view service, const RelayCounters* counters) {
  const obs::Labels labels = {{"service", std::string(service)}};
  Follow("stadtmesh_relay_published_total", "Events acknowledged by the bus.", labels,
         &counters->published);
  Follow("stadtmesh_relay_publish_failures_total", "Batches that were not wholly acknowledged.",
         labels, &counters->publish_failures);
  Follow("stadtmesh_relay_takeovers_total", "Leases gained.", labels, &counters->takeovers);
  Follow("stadtmesh_relay_leading", "Tenants whose outbox this replica carries.", labels,
         &counters->leading, 1);
  Follow("stadtmesh_relay_outbox_length", "Events that wait in the outboxes led.", labels,
         &counters->outbox_length, 1);
  Follow("stadtmesh_relay_oldest_age_seconds", "Age of the oldest event that waits.", labels,
         &counters->oldest_age_millis, 1e-3);
}

void BusMetrics::AddConsumer(absl::string_view group, const ConsumerCounters* counters) {
  const obs::Labels labels = {{"group", std::string(group)}};
  const auto follow = [&](absl::string_view name, absl::string_view help,
                          const std::atomic<uint64_t>* value) {
    Follow(absl::StrCat("stadtmesh_consumer_", name, "_total"), help, labels, value);
  };
  follow("handled", "Events whose effect is done.", &counters->handled);
  follow("transient_failures", "Tries that ended in a transient error.",
         &counters->transient_failures);
  follow("permanent_failures", "Tries that ended in a permanent error.",
         &counters->permanent_failures);
  follow("gaps", "Events before which one is missing.", &counters->gaps);
  follow("dead_letters", "Events given up.", &counters->dead_letters);
  follow("parked", "Events put behind a dead letter.", &counters->parked);
  follow("replayed", "Parked events that were handled after all.", &counters->replayed);
  follow("skipped", "Events of unknown types.", &counters->skipped);
  follow("undecodable", "Entries of the log that are no events.", &counters->undecodable);
  follow("lost", "Times the log no longer held what was not read.", &counters->lost);
  follow("rebalances", "Partitions gained.", &counters->rebalances);
  Follow("stadtmesh_consumer_lag", "Events published but not handled, over the partitions held.",
         labels, &counters->lag, 1);
}

void BusMetrics::Update() {
  std::lock_guard lock(mutex_);
  for (auto& update : updates_) update();
}

void BusMetrics::Run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
    for (auto& update : updates_) update();
  }
}

}  // namespace stadtmesh::events

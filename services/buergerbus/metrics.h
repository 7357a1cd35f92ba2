// The service's own metrics: the reviewed schema of their names. (Calls per method, latencies and
// errors are the chassis's.)
#pragma once

#include <vector>

#include "buergerbus/domain/events.h"
#include "obs/metrics.h"

namespace stadtmesh::buergerbus {

struct BuergerbusMetrics {
  explicit BuergerbusMetrics(obs::Metrics& metrics)
      : conflicts(metrics.AddCounter("stadtmesh_buergerbus_conflicts_total",
                                     "Commands planned again because another replica was faster.")),
        booked(metrics.AddCounter("stadtmesh_buergerbus_rides_booked_total", "Rides promised.")),
        held(metrics.AddCounter("stadtmesh_buergerbus_rides_held_total", "Rides held.")),
        refused(metrics.AddCounter("stadtmesh_buergerbus_wishes_refused_total",
                                   "Wishes without an offer at their time.")),
        expired(metrics.AddCounter("stadtmesh_buergerbus_holds_expired_total",
                                   "Holds that were not booked in time.")),
        late_pickups(metrics.AddCounter("stadtmesh_buergerbus_late_pickups_total",
                                        "Rides boarded after the promised window.")),
        undeclared_refusals(
            metrics.AddCounter("stadtmesh_buergerbus_undeclared_refusals_total",
                               "Calls refused for a reason that the contract does not declare.")),
        offer_seconds(metrics.AddHistogram("stadtmesh_buergerbus_offer_seconds",
                                           "Time to find offers.", {}, obs::LatencyBuckets())) {}

  // Counts what has happened: called once for each commit.
  void Count(const std::vector<Event>& facts) {
    for (const Event& fact : facts) {
      std::visit([this](const auto& each) { Count(each); }, fact);
    }
  }

  obs::Counter conflicts, booked, held, refused, expired, late_pickups, undeclared_refusals;
  obs::Histogram offer_seconds;

 private:
  void Count(const RideHeld&) { held.Add(); }
  void Count(const RideBooked&) { booked.Add(); }
  void Count(const HoldExpired&) { expired.Add(); }
  void Count(const RideBoarded& fact) {
    if (fact.lateness > absl::ZeroDuration()) late_pickups.Add();
  }
  template <typename Fact>
  void Count(const Fact&) {}
};

}  // namespace stadtmesh::buergerbus

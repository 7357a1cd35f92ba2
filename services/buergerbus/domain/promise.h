// What the town promises a rider, fixed at booking. Planning never breaks it; late driving is
// counted apart.
#pragma once

#include "absl/time/time.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

struct Promise {
  TimeWindow pickup;            // boarding begins inside, both ends included
  absl::Time latest_arrival;    // at the destination, before alighting
  absl::Duration longest_ride;  // from the end of boarding to the arrival
  bool operator==(const Promise&) const = default;
};

// How long a ride may take: factor x direct + constant, and never less than direct.
struct RideTimeRule {
  double factor = 1.5;  // 1..5
  absl::Duration constant = absl::Minutes(20);
  bool operator==(const RideTimeRule&) const = default;
  absl::Duration Longest(absl::Duration direct) const;
};

// How long the vehicle stands for a party.
struct BoardingTimes {
  absl::Duration per_halt = absl::Seconds(30);
  absl::Duration per_person = absl::Seconds(10);
  absl::Duration per_wheelchair = absl::Minutes(3);
  absl::Duration per_walker_or_pram = absl::Seconds(30);
  bool operator==(const BoardingTimes&) const = default;
};

// Actual minus promised, never negative: how late the vehicle came for the pick-up and the arrival.
absl::Duration PickupLateness(const Promise& promise, absl::Time boarding_began);
absl::Duration ArrivalLateness(const Promise& promise, absl::Time arrived);

}  // namespace stadtmesh::buergerbus

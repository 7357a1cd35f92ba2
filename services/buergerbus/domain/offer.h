// What the town could do for a wish. Offers reserve nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/promise.h"

namespace stadtmesh::buergerbus {

// An offer is a value: to hold it, the client sends the request and the promise's pickup.begin
// again, and everything else is derived anew (Planner::Accept). So offers need no storage and no
// trust.
struct Offer {
  TourId tour;
  Promise promise;
  absl::Time expected_pickup;  // planned now; only the promise binds
  absl::Time expected_arrival;
  absl::Duration direct;  // the drive without detour
  Fare fare;
  bool operator==(const Offer&) const = default;
};

struct OfferSet {
  std::vector<Offer> offers;                 // at most three, nearest to the wish first
  std::optional<Reason> refusal;             // why there is none
  std::map<std::string, std::string> facts;  // of the refusal: the bound that was hit, the place
  std::vector<Offer> alternatives;  // only with a refusal: the nearest bookable times before and
                                    // after, at most three
  // only with a refusal about a place: the nearest stops that can be served
  std::vector<StopId> stops;
};

}  // namespace stadtmesh::buergerbus

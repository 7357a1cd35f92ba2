// What the town could do for a wish. Reserves nothing.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "buergerbus/domain/offer.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Thread-safe.
class OfferService {
 public:
  explicit OfferService(Core* core) : core_(core) {}

  // A refusal stands in the result; errors are INVALID_ARGUMENT with fields (party, fares, origin,
  // destination), NOT_FOUND (NO_SERVICE, or a ride to be replaced that is not the caller's).
  // `request.trip.fares` may be empty: see FillFares.
  absl::StatusOr<OfferSet> Find(const Query& query, TripRequest request,
                                const std::optional<RideId>& replaces);

 private:
  absl::StatusOr<std::vector<PlanningDay>> ReadDays(const Query& query, const Settings& settings,
                                                    absl::Time wish,
                                                    const std::optional<RideId>& replaces);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus

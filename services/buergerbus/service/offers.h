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

  // A refusal stands in the result; errors are INVALID_ARGUMENT with fields (party; origin,
  // destination: of a door outside the area with the metadata `nearby_stops`; fares as PriceOf
  // names them), NOT_FOUND (NO_SERVICE, or a ride to be replaced that the caller may not see:
  // dispatchers see all, everybody else their own, whatever the method's rule). The way there stays
  // before a way back that stands, and the other way round. `request.trip.fares` may be empty: see
  // FillFares.
  absl::StatusOr<OfferSet> Find(const Query& query, TripRequest request,
                                const std::optional<RideId>& replaces);

 private:
  // A ride that is to be replaced, and the other way of its booking where it stands.
  struct Replaced {
    Ride ride;
    std::optional<Ride> other;
  };
  absl::StatusOr<std::optional<Replaced>> ReadReplaced(const Query& query,
                                                       const std::optional<RideId>& replaces);
  // The day of the wish and its neighbours, the last first.
  absl::StatusOr<std::vector<PlanningDay>> ReadDays(const Query& query, const Settings& settings,
                                                    absl::Time wish,
                                                    const std::optional<Replaced>& replaced);
  // Days farther away than these on which the bus runs.
  absl::StatusOr<std::vector<PlanningDay>> ReadOpenDays(const Query& query,
                                                        const Settings& settings,
                                                        const std::optional<Replaced>& replaced,
                                                        const std::vector<PlanningDay>& days);
  absl::StatusOr<PlanningDay> ReadDay(const Query& query, const Settings& settings,
                                      absl::CivilDay day, const std::optional<Replaced>& replaced);
  absl::Status NameField(const Query& query, const Settings& settings, const TripRequest& request,
                         const absl::Status& refused);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus

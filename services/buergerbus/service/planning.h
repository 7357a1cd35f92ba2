// The steps of planning that several use cases share.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "buergerbus/domain/rider_trip.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// An offer that somebody wants to take: the wish it answered, and the window that was offered.
struct Wish {
  TripRequest request;
  absl::Time pickup_begin;
  std::optional<RideId> replaces;  // a change: the offer was made as if this ride were gone
  std::optional<Money> fare;       // as it was offered, if the offer says so
};

// Who pays nothing special pays the first category.
void FillFares(const Settings& settings, Trip& trip);

// kOfferExpired with metadata "cause" and "fare_cents" (as it is now), when the price is no longer
// the offered one.
absl::Status CheckFare(const Wish& wish, const Fare& now);

// A refusal of the domain as an answer, with its facts; nothing for errors that are none.
std::optional<Refusal> RefusalOf(const absl::Status& status);

// Brings `day.plan` in step with a tour of the day that was decided on, so that what is planned
// next sees it.
void Keep(Day& day, const Tour& tour);
// Takes a plan over for a tour of `day`: saves it, and keeps `day.plan` in step, so that what is
// planned next sees it. INTERNAL kPromiseBroken where the tour refuses it: planning is wrong then.
absl::Status Adopt(UnitOfWork& unit, const Settings& settings, Day& day, const TourPlan& plan,
                   const std::vector<RideId>& removed);
// Takes a ride out of its tour.
absl::Status FreePlace(UnitOfWork& unit, const Settings& settings, Stored<Tour>& tour,
                       const RideId& ride);
// The same within a day that is planned on; nothing when its tour is not of this day.
absl::Status FreePlace(UnitOfWork& unit, const Settings& settings, Day& day, const TourId& tour,
                       const RideId& ride);

// Refuses the commit when the vehicle or the stops of the trip are taken out or blocked meanwhile.
void RelyOnPlaces(UnitOfWork& unit, const Day& day, const VehicleId& vehicle, const Trip& trip);

}  // namespace stadtmesh::buergerbus

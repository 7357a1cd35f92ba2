#include "buergerbus/service/planning.h"

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus {

void FillFares(const Settings& settings, Trip& trip) {
  if (trip.fares.empty() && !settings.fares.empty())
    trip.fares[settings.fares.front().id] = trip.party.people;
}

absl::Status CheckFare(const Wish& wish, const Fare& now) {
  if (!wish.fare || *wish.fare == now.total) return absl::OkStatus();
  return Refuse(Reason::kOfferExpired,
                {{"cause", "FARE_CHANGED"}, {"fare_cents", absl::StrCat(now.total.cents)}});
}

std::optional<Refusal> RefusalOf(const absl::Status& status) {
  const std::optional<Reason> reason = ReasonOf(status);
  if (!reason) return std::nullopt;
  return Refusal{.reason = *reason, .facts = GetErrorInfo(status)->metadata};
}

void Keep(Day& day, const Tour& tour) {
  for (Tour& planned : day.plan.tours) {
    if (planned.id == tour.id) planned = tour;
  }
}

absl::Status Adopt(UnitOfWork& unit, const Settings& settings, Day& day, const TourPlan& plan,
                   const std::vector<RideId>& removed) {
  Stored<Tour>* tour = day.FindTour(plan.tour);
  Decided<Tour> decision = Refuse(Reason::kTourNotFound);
  if (tour != nullptr)
    decision = Decide(*tour->value, AdoptPlan{plan, removed}, settings.rules, unit.now());
  if (!decision.ok()) {
    // Of a plan that was made a moment ago: nothing that the caller could mend.
    const std::optional<Reason> why = ReasonOf(decision.status());
    if (!why || *why == Reason::kPromiseBroken) return decision.status();
    return Refuse(Reason::kPromiseBroken, {{"what", std::string(ReasonName(*why))}});
  }
  unit.Save(*tour, *std::move(decision));
  Keep(day, *tour->value);
  return absl::OkStatus();
}

absl::Status FreePlace(UnitOfWork& unit, const Settings& settings, Stored<Tour>& tour,
                       const RideId& ride) {
  ASSIGN_OR_RETURN(Decision<Tour> decision,
                   Decide(*tour.value, RemoveRide{ride}, settings.rules, unit.now()));
  unit.Save(tour, std::move(decision));
  return absl::OkStatus();
}

absl::Status FreePlace(UnitOfWork& unit, const Settings& settings, Day& day, const TourId& tour,
                       const RideId& ride) {
  Stored<Tour>* stored = day.FindTour(tour);
  if (stored == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(FreePlace(unit, settings, *stored, ride));
  Keep(day, *stored->value);
  return absl::OkStatus();
}

void RelyOnPlaces(UnitOfWork& unit, const Day& day, const VehicleId& vehicle, const Trip& trip) {
  if (const Stored<VehicleStatus>* status = day.FindVehicle(vehicle)) unit.RelyOn(*status);
  for (const Place* place : {&trip.origin, &trip.destination}) {
    if (!place->stop) continue;
    const Stored<StopStatus>* status = day.FindStop(*place->stop);
    unit.RelyOn(status != nullptr ? *status : Stored<StopStatus>{.key = keys::Stop(*place->stop)});
  }
}

}  // namespace stadtmesh::buergerbus

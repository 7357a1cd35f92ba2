#include "buergerbus/service/offers.h"

#include <algorithm>

#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus {
namespace {

// A place that cannot be is the client's error and names its field; everything else is an answer.
absl::Status FieldErrorOf(const absl::Status& status) {
  const std::optional<Reason> reason = ReasonOf(status);
  if (reason != Reason::kOutsideArea && reason != Reason::kStopUnknown &&
      reason != Reason::kFareUnknown)
    return absl::OkStatus();
  const std::map<std::string, std::string> facts = GetErrorInfo(status)->metadata;
  if (reason == Reason::kFareUnknown) return InvalidField("fares", FieldReason::kUnknownValue);
  const auto field = facts.find("field");
  if (field == facts.end()) return absl::OkStatus();
  return reason == Reason::kOutsideArea
             ? InvalidField(field->second + ".location", FieldReason::kOutsideArea)
             : InvalidField(field->second + ".stop_id", FieldReason::kUnknownValue);
}

}  // namespace

absl::StatusOr<OfferSet> OfferService::Find(const Query& query, TripRequest request,
                                            const std::optional<RideId>& replaces) {
  const absl::Time begin = absl::Now();  // for the metric only
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, core_->settings.Read(query));
  const Settings& settings = *entry.settings;
  FillFares(settings, request.trip);
  absl::StatusOr<Trip> trip = ResolveTrip(settings, request.trip);
  if (!trip.ok()) {
    RETURN_IF_ERROR(FieldErrorOf(trip.status()));
    if (!ReasonOf(trip.status())) return trip.status();
    core_->metrics.refused.Add();
    return OfferSet{.refusal = ReasonOf(trip.status())};
  }
  request.trip = *std::move(trip);
  ASSIGN_OR_RETURN(const std::vector<PlanningDay> days,
                   ReadDays(query, settings, std::max(request.time, request.not_before), replaces));
  absl::StatusOr<OfferSet> offers =
      core_->planner->FindOffers(settings, days, request, core_->clock->Now());
  if (offers.ok() && offers->refusal) core_->metrics.refused.Add();
  core_->metrics.offer_seconds.Observe(absl::ToDoubleSeconds(absl::Now() - begin));
  return offers;
}

absl::StatusOr<std::vector<PlanningDay>> OfferService::ReadDays(
    const Query& query, const Settings& settings, absl::Time wish,
    const std::optional<RideId>& replaces) {
  std::optional<Ride> replaced;
  if (replaces) {
    ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> found,
                     core_->repository.FindRide(query.tenant(), *replaces, query.deadline));
    ASSIGN_OR_RETURN(RideOnTour opened, std::move(found).For(query.principal));
    replaced = *opened.ride.value;
  }
  const absl::Time now = core_->clock->Now();
  const absl::CivilDay today = BerlinDay(now);
  const absl::CivilDay wanted = ServiceDayOf(settings.hours, settings.calendar, wish);
  std::vector<PlanningDay> days;
  for (absl::CivilDay day = std::max(wanted - 1, today - 1);
       day <= std::min(wanted + 1, today + settings.rules.days_ahead + 1); ++day) {
    ASSIGN_OR_RETURN(Day read,
                     core_->repository.ReadDay(query.tenant(), settings, day, query.deadline));
    if (replaced && replaced->tour && replaced->tour->day == day) {
      for (Tour& tour : read.plan.tours) {
        if (tour.id != *replaced->tour) continue;
        ASSIGN_OR_RETURN(Decision<Tour> decision,
                         Decide(tour, RemoveRide{replaced->id}, settings.rules, now));
        tour = std::move(decision.state);
      }
    }
    days.push_back(std::move(read.plan));
  }
  return days;
}

}  // namespace stadtmesh::buergerbus

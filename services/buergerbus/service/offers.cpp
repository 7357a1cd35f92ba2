#include "buergerbus/service/offers.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "base/error.h"
#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostNearbyStops = 3;
constexpr size_t kMostAlternatives = 3;
constexpr int kWhereOpenDaysMayBe = 14;  // from the wish on; a bus that runs once a fortnight
constexpr size_t kOpenDays = 2;          // after the wish, and one before it

// Offers are for everybody, so the method reaches everything; rides are not.
auth::Principal AsRider(const auth::Principal& asker) {
  auth::Principal rider = asker;
  if (rider.reach == auth::Reach::kAny && !rider.Has(auth::Role::kDispatcher))
    rider.reach = auth::Reach::kOwn;
  return rider;
}

// Stops near one end of a wish that can be served then, and where its party can be boarded; not
// its other end.
std::vector<StopId> NearbyStops(const Settings& settings, const std::vector<PlanningDay>& days,
                                const TripRequest& request, const Place& place) {
  const absl::CivilDay day = ServiceDayOf(settings.hours, settings.calendar, request.time);
  std::vector<StopBlock> blocks;
  for (const PlanningDay& each : days) {
    if (each.day == day) blocks = each.blocks;
  }
  const Stop* known = place.stop ? FindStop(settings, *place.stop) : nullptr;
  std::vector<StopId> near = NearestStops(
      settings, blocks, known != nullptr ? known->location : place.location, day,
      {request.time, request.time + settings.rules.pickup_window}, settings.stops.size());
  std::erase_if(near, [&](const StopId& stop) {
    return stop == request.trip.origin.stop || stop == request.trip.destination.stop ||
           (request.trip.party.wheelchairs > 0 && !FindStop(settings, stop)->step_free);
  });
  if (near.size() > kMostNearbyStops) near.resize(kMostNearbyStops);
  return near;
}

// The end of a trip for which another stop would do, if that is why it is refused.
const Place* PlaceAtFault(const Trip& trip, const absl::Status& refused) {
  const std::optional<Reason> reason = ReasonOf(refused);
  if (reason == Reason::kTripModeNotOffered)
    return trip.origin.is_door() ? &trip.origin : &trip.destination;
  if (reason != Reason::kStopNotStepFree && reason != Reason::kOutsideArea) return nullptr;
  return FactsOf(refused).at("field") == "origin" ? &trip.origin : &trip.destination;
}

// A ride that takes the place of another: the way there stays before a way back that stands, and
// the other way round.
void Limit(const BookingRules& rules, const Ride& replaced, const std::optional<Ride>& other,
           TripRequest& request) {
  request.booked_by = BookerOfChange(replaced, request.booked_by);
  if (!other) return;
  if (other->leg == Leg::kReturn) {
    request.way_back = other->promise;
  } else {
    request.not_before = std::max(request.not_before, EarliestReturn(rules, other->promise));
  }
}

// When the days to look at lie around it.
absl::Time Around(const TripRequest& request) {
  const absl::Time time = std::max(request.time, request.not_before);
  return request.way_back ? std::min(time, request.way_back->pickup.begin) : time;
}

}  // namespace

absl::StatusOr<OfferSet> OfferService::Find(const Query& query, TripRequest request,
                                            const std::optional<RideId>& replaces) {
  const absl::Time begin = absl::Now();  // for the metric only
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, core_->settings.Read(query));
  const Settings& settings = *entry.settings;
  ASSIGN_OR_RETURN(const std::optional<Replaced> replaced, ReadReplaced(query, replaces));
  FillFares(settings, request.trip);
  absl::StatusOr<Trip> trip = ResolveTrip(settings, request.trip);
  if (!trip.ok()) {
    RETURN_IF_ERROR(NameField(query, settings, request, trip.status()));
    if (!ReasonOf(trip.status())) return trip.status();
    core_->metrics.refused.Add();
    OfferSet refused{.refusal = ReasonOf(trip.status()), .facts = FactsOf(trip.status())};
    if (const Place* place = PlaceAtFault(request.trip, trip.status())) {
      ASSIGN_OR_RETURN(const std::vector<PlanningDay> days,
                       ReadDays(query, settings, request.time, std::nullopt));
      refused.stops = NearbyStops(settings, days, request, *place);
    }
    return refused;
  }
  request.trip = *std::move(trip);
  if (replaced) Limit(settings.rules, replaced->ride, replaced->other, request);
  ASSIGN_OR_RETURN(std::vector<PlanningDay> days,
                   ReadDays(query, settings, Around(request), replaced));
  absl::StatusOr<OfferSet> offers =
      core_->planner->FindOffers(settings, days, request, core_->clock->Now());
  if (offers.ok() && offers->refusal && !IsAboutAPlace(*offers->refusal) &&
      offers->alternatives.size() < kMostAlternatives) {
    ASSIGN_OR_RETURN(days, ReadOpenDays(query, settings, replaced, days));
    ASSIGN_OR_RETURN(const OfferSet more,
                     core_->planner->FindOffers(settings, days, request, core_->clock->Now()));
    for (const Offer& offer : more.alternatives) {
      if (offers->alternatives.size() < kMostAlternatives) offers->alternatives.push_back(offer);
    }
  }
  if (offers.ok() && offers->refusal) core_->metrics.refused.Add();
  core_->metrics.offer_seconds.Observe(absl::ToDoubleSeconds(absl::Now() - begin));
  return offers;
}

// A place or fare that cannot be is the client's error and names its field; everything else is an
// answer.
absl::Status OfferService::NameField(const Query& query, const Settings& settings,
                                     const TripRequest& request, const absl::Status& refused) {
  const std::optional<Reason> reason = ReasonOf(refused);
  const std::map<std::string, std::string> facts = FactsOf(refused);
  if (reason == Reason::kFareUnknown)
    return InvalidField("fares." + facts.at("category") + ".category_id",
                        FieldReason::kUnknownValue);
  if (reason == Reason::kStopUnknown)
    return InvalidField(facts.at("field") + ".stop_id", FieldReason::kUnknownValue);
  if (reason != Reason::kOutsideArea) return absl::OkStatus();
  const std::string& field = facts.at("field");
  const absl::Status outside = InvalidField(field + ".location", FieldReason::kOutsideArea);
  ASSIGN_OR_RETURN(const std::vector<PlanningDay> days,
                   ReadDays(query, settings, request.time, std::nullopt));
  const Place& place = *PlaceAtFault(request.trip, refused);
  ErrorInfo info = *GetErrorInfo(outside);
  info.metadata["nearby_stops"] =
      absl::StrJoin(NearbyStops(settings, days, request, place), ",",
                    [](std::string* out, const StopId& stop) { out->append(stop.value()); });
  return MakeError(outside.code(), info, outside.message());
}

absl::StatusOr<std::optional<OfferService::Replaced>> OfferService::ReadReplaced(
    const Query& query, const std::optional<RideId>& replaces) {
  if (!replaces) return std::nullopt;
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> found,
                   core_->repository.FindRide(query.tenant(), *replaces, query.deadline));
  ASSIGN_OR_RETURN(RideOnTour opened, std::move(found).For(AsRider(query.principal)));
  Replaced replaced{.ride = *std::move(opened.ride.value), .other = std::nullopt};
  if (replaced.ride.other_leg) {
    ASSIGN_OR_RETURN(Stored<Ride> other,
                     core_->repository.Read<Ride>(
                         query.tenant(), keys::Ride(*replaced.ride.other_leg), query.deadline));
    if (other.value && !IsFinal(other.value->state)) replaced.other = *std::move(other.value);
  }
  return replaced;
}

absl::StatusOr<std::vector<PlanningDay>> OfferService::ReadDays(
    const Query& query, const Settings& settings, absl::Time wish,
    const std::optional<Replaced>& replaced) {
  const absl::Time now = core_->clock->Now();
  const absl::CivilDay today = BerlinDay(now), last = today + settings.rules.days_ahead;
  // Beyond the last day that can be booked, the days before that one are the nearest.
  const absl::CivilDay wanted =
      std::min(ServiceDayOf(settings.hours, settings.calendar, wish), last);
  std::vector<PlanningDay> days;
  for (absl::CivilDay day = std::min(wanted + 1, last + 1); day >= std::max(wanted - 1, today - 1);
       --day) {
    ASSIGN_OR_RETURN(PlanningDay read, ReadDay(query, settings, day, replaced));
    days.push_back(std::move(read));
  }
  return days;
}

absl::StatusOr<std::vector<PlanningDay>> OfferService::ReadOpenDays(
    const Query& query, const Settings& settings, const std::optional<Replaced>& replaced,
    const std::vector<PlanningDay>& days) {
  std::vector<PlanningDay> farther;
  if (days.empty()) return farther;
  const absl::CivilDay today = BerlinDay(core_->clock->Now());
  const absl::CivilDay last = today + settings.rules.days_ahead;
  const absl::CivilDay first_known = days.back().day, last_known = days.front().day;
  const auto runs = [&](absl::CivilDay day) {
    return !OpenOn(settings.hours, settings.calendar, day).empty();
  };
  std::vector<absl::CivilDay> open;
  for (absl::CivilDay day = last_known + 1;
       day <= std::min(last, last_known + kWhereOpenDaysMayBe) && open.size() < kOpenDays; ++day) {
    if (runs(day)) open.push_back(day);
  }
  for (absl::CivilDay day = first_known - 1; day >= today; --day) {
    if (!runs(day)) continue;
    open.push_back(day);
    break;
  }
  for (const absl::CivilDay day : open) {
    ASSIGN_OR_RETURN(PlanningDay read, ReadDay(query, settings, day, replaced));
    farther.push_back(std::move(read));
  }
  return farther;
}

absl::StatusOr<PlanningDay> OfferService::ReadDay(const Query& query, const Settings& settings,
                                                  absl::CivilDay day,
                                                  const std::optional<Replaced>& replaced) {
  ASSIGN_OR_RETURN(Day read,
                   core_->repository.ReadDay(query.tenant(), settings, day, query.deadline));
  if (!replaced) return std::move(read.plan);
  // A tour serves a ride once: whose bus broke down goes on with another one.
  std::erase_if(read.plan.tours,
                [&](const Tour& tour) { return WasPickedUp(tour, replaced->ride.id); });
  for (Tour& tour : read.plan.tours) {
    if (tour.id != replaced->ride.tour) continue;
    ASSIGN_OR_RETURN(Decision<Tour> decision, Decide(tour, RemoveRide{replaced->ride.id},
                                                     settings.rules, core_->clock->Now()));
    tour = std::move(decision.state);
  }
  return std::move(read.plan);
}

}  // namespace stadtmesh::buergerbus

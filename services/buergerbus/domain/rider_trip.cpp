#include "buergerbus/domain/rider_trip.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "base/text.h"

namespace stadtmesh::buergerbus {
namespace {

// Two ends nearer than this are one place: nobody waits for a bus to be driven 50 m.
constexpr double kShortestTripMetres = 50;

absl::Status ResolvePlace(const Settings& settings, absl::string_view field, Place& place) {
  if (place.stop) {
    const Stop* stop = FindStop(settings, *place.stop);
    if (stop == nullptr) return Refuse(Reason::kStopUnknown, {{"field", std::string(field)}});
    place.location = stop->location;
    place.label = stop->name;
    return absl::OkStatus();
  }
  if (!IsValid(place.location))
    return InvalidField(absl::StrCat(field, ".location"), FieldReason::kOutOfRange);
  if (CodePoints(place.label) > 200)
    return InvalidField(absl::StrCat(field, ".label"), FieldReason::kTooLong, "200");
  if (!settings.area.Contains(place.location))
    return Refuse(Reason::kOutsideArea, {{"field", std::string(field)}});
  return absl::OkStatus();
}

bool ModeAllows(TripMode mode, int doors) {
  switch (mode) {
    case TripMode::kStopToStop:
      return doors == 0;
    case TripMode::kDoorToStop:
      return doors <= 1;
    case TripMode::kDoorToDoor:
      return true;
  }
  std::abort();
}

// The most of something that a layout which `holds` the rest has place for; nothing where none
// does.
std::optional<int> Most(const Settings& settings, const std::function<bool(const Load&)>& holds,
                        const std::function<int(const Load&)>& count) {
  std::optional<int> most;
  for (const Vehicle& vehicle : settings.vehicles) {
    for (const Load& layout : vehicle.layouts) {
      if (holds(layout)) most = std::max(most.value_or(0), count(layout));
    }
  }
  return most;
}

// The first that is too much: walkers and prams, wheelchairs or people; and how many fit, people
// beside the wheelchairs, walkers and prams of the party.
absl::Status CheckSize(const Settings& settings, const Party& party) {
  const auto too_many = [](const char* fact, int most) {
    return Refuse(Reason::kPartyTooLarge, {{fact, absl::StrCat(most)}});
  };
  const Load load = LoadOf(party);
  const auto all = [](const Load&) { return true; };
  const auto wheelchairs = [](const Load& layout) { return layout.wheelchair_places; };
  const auto storage = [](const Load& layout) { return layout.storage_places; };
  const auto stores = [&](const Load& layout) { return storage(layout) >= load.storage_places; };
  const int stored = Most(settings, all, storage).value_or(0);
  if (load.storage_places > stored) return too_many("most_walkers_and_prams", stored);
  const int rolling = Most(settings, stores, wheelchairs).value_or(0);
  if (load.wheelchair_places > rolling) return too_many("most_wheelchairs", rolling);
  const auto holds = [&](const Load& layout) {
    return stores(layout) && wheelchairs(layout) >= load.wheelchair_places;
  };
  const auto people = [&](const Load& layout) { return layout.seats + party.wheelchairs; };
  const int most =
      std::min(settings.rules.largest_party, Most(settings, holds, people).value_or(0));
  return party.people <= most ? absl::OkStatus() : too_many("largest_party", most);
}

absl::Status CheckStepFree(const Settings& settings, const Trip& trip) {
  if (trip.party.wheelchairs == 0) return absl::OkStatus();
  for (const Place* place : {&trip.origin, &trip.destination}) {
    if (place->stop && !FindStop(settings, *place->stop)->step_free) {
      return Refuse(Reason::kStopNotStepFree,
                    {{"stop", place->stop->value()},
                     {"field", place == &trip.origin ? "origin" : "destination"}});
    }
  }
  return absl::OkStatus();
}

// When the first service day opens that riders can still book; nothing when none is near.
std::map<std::string, std::string> EarliestBookable(const Settings& settings, absl::Time now) {
  absl::CivilDay day = BerlinDay(now);
  const auto begin = [&] { return BerlinTime(day, absl::ZeroDuration()); };
  while (now > BookableUntil(settings.rules.notice, day, begin())) ++day;
  std::optional<ServiceTime> open = NextOpen(settings.hours, settings.calendar, begin());
  while (open && open->service_day < day)  // the night before it
    open = NextOpen(settings.hours, settings.calendar, open->window.end);
  if (!open) return {};
  return {{"earliest", FormatRfc3339(open->window.begin)}};
}

}  // namespace

absl::StatusOr<Trip> ResolveTrip(const Settings& settings, const Trip& trip) {
  Trip resolved = trip;
  RETURN_IF_ERROR(ValidateParty("party", trip.party));
  RETURN_IF_ERROR(PriceOf(settings.fares, trip.fares, trip.party.people).status());
  RETURN_IF_ERROR(ResolvePlace(settings, "origin", resolved.origin));
  RETURN_IF_ERROR(ResolvePlace(settings, "destination", resolved.destination));
  if (!ModeAllows(settings.rules.trip_mode,
                  resolved.origin.is_door() + resolved.destination.is_door())) {
    return Refuse(Reason::kTripModeNotOffered);
  }
  if (DistanceMetres(resolved.origin.location, resolved.destination.location) <
      kShortestTripMetres) {
    return Refuse(Reason::kTripTooShort);
  }
  RETURN_IF_ERROR(CheckStepFree(settings, resolved));
  RETURN_IF_ERROR(CheckSize(settings, trip.party));
  return resolved;
}

absl::Status CheckPlace(const Settings& settings, const std::vector<StopBlock>& blocks,
                        const Place& place, absl::CivilDay service_day, const TimeWindow& when) {
  if (place.is_door()) {
    return settings.doors.HoldsOn(service_day) ? absl::OkStatus()
                                               : Refuse(Reason::kDoorNotApproved);
  }
  const Stop* stop = FindStop(settings, *place.stop);
  const std::map<std::string, std::string> facts = {{"stop", place.stop->value()}};
  if (stop == nullptr) return Refuse(Reason::kStopUnknown, facts);
  if (!stop->approval.HoldsOn(service_day)) return Refuse(Reason::kStopNotApproved, facts);
  if (IsBlocked(blocks, stop->id, when)) return Refuse(Reason::kStopBlocked, facts);
  return absl::OkStatus();
}

absl::StatusOr<absl::CivilDay> ServiceDay(const Settings& settings, absl::Time pickup) {
  const std::optional<ServiceTime> open = FindOpen(settings.hours, settings.calendar, pickup);
  if (open && pickup + settings.rules.pickup_window <= open->window.end) return open->service_day;
  const std::optional<ServiceTime> next =
      NextOpen(settings.hours, settings.calendar, open ? open->window.end : pickup);
  if (!next) return Refuse(Reason::kOutsideServiceHours);
  return Refuse(Reason::kOutsideServiceHours, {{"earliest", FormatRfc3339(next->window.begin)}});
}

absl::Status CheckBookable(const Settings& settings, absl::Time pickup, Actor booked_by,
                           absl::Time now) {
  if (pickup < now) return Refuse(Reason::kInPast);
  if (BerlinDay(pickup) - BerlinDay(now) > settings.rules.days_ahead) {
    const absl::CivilDay last = BerlinDay(now) + settings.rules.days_ahead;
    return Refuse(Reason::kTooFarAhead, {{"latest", FormatDay(last)}});
  }
  ASSIGN_OR_RETURN(const absl::CivilDay day, ServiceDay(settings, pickup));
  if (booked_by != Actor::kCitizen || now <= BookableUntil(settings.rules.notice, day, pickup))
    return absl::OkStatus();
  if (const auto* ahead = std::get_if<NoticeAhead>(&settings.rules.notice)) {
    return Refuse(Reason::kNoticeTooShort, {{"earliest", FormatRfc3339(now + ahead->duration)}});
  }
  return Refuse(Reason::kNoticeTooShort, EarliestBookable(settings, now));
}

Promise MakePromise(const BookingRules& rules, const Party& party, absl::Time pickup,
                    absl::Duration direct, std::optional<absl::Time> arrive_by) {
  Promise promise;
  promise.pickup = {pickup, pickup + rules.pickup_window};
  promise.longest_ride = rules.ride_time.Longest(direct);
  promise.latest_arrival =
      promise.pickup.end + BoardingTime(rules.boarding, party) + promise.longest_ride;
  if (arrive_by) promise.latest_arrival = std::min(promise.latest_arrival, *arrive_by);
  return promise;
}

absl::Time EarliestReturn(const BookingRules& rules, const Promise& outbound) {
  return outbound.latest_arrival + rules.shortest_stay;
}

absl::Status CheckReturn(absl::Time earliest, absl::Time return_pickup) {
  if (return_pickup >= earliest) return absl::OkStatus();
  return Refuse(Reason::kReturnBeforeOutbound, {{"earliest", FormatRfc3339(earliest)}});
}

absl::Status CheckOutbound(const BookingRules& rules, const Promise& way_back, absl::Time arrival) {
  const absl::Time latest = way_back.pickup.begin - rules.shortest_stay;
  if (arrival <= latest) return absl::OkStatus();
  return Refuse(Reason::kReturnBeforeOutbound, {{"latest_arrival", FormatRfc3339(latest)}});
}

absl::Duration BoardingTime(const BoardingTimes& times, const Party& party) {
  return times.per_halt + times.per_person * (party.people - party.wheelchairs) +
         times.per_wheelchair * party.wheelchairs +
         times.per_walker_or_pram * (party.walkers + party.prams);
}

std::vector<StopId> NearestStops(const Settings& settings, const std::vector<StopBlock>& blocks,
                                 const LatLon& point, absl::CivilDay service_day,
                                 const TimeWindow& when, size_t limit) {
  std::vector<std::pair<double, StopId>> near;
  for (const Stop& stop : settings.stops) {
    const Place place{.stop = stop.id, .location = stop.location};
    if (!CheckPlace(settings, blocks, place, service_day, when).ok()) continue;
    near.emplace_back(DistanceMetres(point, stop.location), stop.id);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > limit) near.resize(limit);
  std::vector<StopId> ids;
  for (auto& [distance, id] : near) ids.push_back(std::move(id));
  return ids;
}

}  // namespace stadtmesh::buergerbus

#include "buergerbus/domain/replacement.h"

#include <algorithm>
#include <utility>

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostStops = 4, kMostTrips = 4;
constexpr double kInSight = 100;  // metres

bool HasMoved(const Stop& stop, const LatLon& planned) {
  return DistanceMetres(stop.location, planned) > kInSight;
}

TimeWindow WhenAt(const Promise& promise, bool origin) {
  return origin ? promise.pickup : TimeWindow{promise.pickup.begin, promise.latest_arrival};
}

// A door that was promised is served.
absl::Status CheckStop(const Settings& settings, const std::vector<StopBlock>& blocks,
                       const Place& place, absl::CivilDay service_day, const TimeWindow& when) {
  return place.is_door() ? absl::OkStatus()
                         : CheckPlace(settings, blocks, place, service_day, when);
}

// A stop may have been moved since the ride was booked.
Place AsItIsNow(const Settings& settings, const Place& place) {
  const Stop* stop = place.stop ? FindStop(settings, *place.stop) : nullptr;
  if (stop == nullptr || !HasMoved(*stop, place.location)) return place;
  return {.stop = place.stop, .location = stop->location, .label = stop->name};
}

struct Choice {
  Place place;
  double walk = 0;  // metres
};

// The place itself where it is served, else the open stops around it.
std::vector<Choice> ChoicesFor(const Settings& settings, const std::vector<StopBlock>& blocks,
                               const Place& place, const TimeWindow& when,
                               absl::CivilDay service_day, bool step_free) {
  if (CheckStop(settings, blocks, place, service_day, when).ok())
    return {{AsItIsNow(settings, place), 0}};
  std::vector<Choice> choices;
  for (const StopId& id :
       NearestStops(settings, blocks, place.location, service_day, when, kMostStops)) {
    const Stop& stop = *FindStop(settings, id);
    const double walk = DistanceMetres(place.location, stop.location);
    if (walk > settings.rules.walking_metres || (step_free && !stop.step_free)) continue;
    choices.push_back({Place{.stop = id, .location = stop.location, .label = stop.name}, walk});
  }
  return choices;
}

}  // namespace

Assignment AssignmentOf(const Ride& ride, const BookingRules& rules) {
  const absl::Duration stand = BoardingTime(rules.boarding, ride.trip.party);
  return {.ride = ride.id,
          .origin = ride.trip.origin.location,
          .destination = ride.trip.destination.location,
          .origin_stop = ride.trip.origin.stop,
          .destination_stop = ride.trip.destination.stop,
          .load = LoadOf(ride.trip.party),
          .promise = ride.promise,
          .boarding = stand,
          .alighting = stand};
}

bool HasMovedStop(const Settings& settings, const Assignment& ride) {
  const auto moved = [&](const std::optional<StopId>& id, const LatLon& planned) {
    const Stop* stop = id ? FindStop(settings, *id) : nullptr;
    return stop != nullptr && HasMoved(*stop, planned);
  };
  return moved(ride.origin_stop, ride.origin) || moved(ride.destination_stop, ride.destination);
}

bool IsServed(const Settings& settings, const StopId& stop, absl::CivilDay service_day) {
  return CheckPlace(settings, {}, {.stop = stop}, service_day, {}).ok();
}

std::optional<Reason> WhyNotServed(const Settings& settings, const std::vector<StopBlock>& blocks,
                                   const Ride& ride, absl::CivilDay service_day) {
  const std::optional<Reason> origin = ReasonOf(
      CheckStop(settings, blocks, ride.trip.origin, service_day, WhenAt(ride.promise, true)));
  if (origin) return origin;
  return ReasonOf(
      CheckStop(settings, blocks, ride.trip.destination, service_day, WhenAt(ride.promise, false)));
}

std::vector<Trip> OpenTrips(const Settings& settings, const std::vector<StopBlock>& blocks,
                            const Ride& ride, absl::CivilDay service_day) {
  const bool step_free = ride.trip.party.wheelchairs > 0;
  std::vector<std::pair<double, Trip>> trips;
  for (const Choice& from : ChoicesFor(settings, blocks, ride.trip.origin,
                                       WhenAt(ride.promise, true), service_day, step_free)) {
    for (const Choice& to : ChoicesFor(settings, blocks, ride.trip.destination,
                                       WhenAt(ride.promise, false), service_day, step_free)) {
      if (from.place.location == to.place.location) continue;
      Trip trip = ride.trip;
      trip.origin = from.place;
      trip.destination = to.place;
      trips.emplace_back(from.walk + to.walk, std::move(trip));
    }
  }
  std::stable_sort(trips.begin(), trips.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Trip> result;
  for (auto& [walk, trip] : trips) {
    if (result.size() < kMostTrips) result.push_back(std::move(trip));
  }
  return result;
}

}  // namespace stadtmesh::buergerbus

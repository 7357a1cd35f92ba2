// What a rider wishes, and the checks that need no planning.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/party.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/settings.h"

namespace stadtmesh::buergerbus {

// From where to where, and who. Part of a booked ride.
struct Trip {
  Place origin;
  Place destination;
  Party party;
  FareSelection fares;
  bool operator==(const Trip&) const = default;
};

enum class TimeKind { kDepartAt, kArriveBy };

struct TripRequest {
  Trip trip;
  TimeKind kind = TimeKind::kDepartAt;
  absl::Time time;                               // depart not before, or arrive not after
  Actor booked_by = Actor::kCitizen;             // the booking notice is for citizens
  absl::Time not_before = absl::InfinitePast();  // of a way back: EarliestReturn
  std::optional<Promise> way_back;               // of a way there: what stands behind it
};

// The trip with the stops' locations filled in from the settings. Errors: INVALID_ARGUMENT with
// fields (party, fares, locations), kStopUnknown, kOutsideArea, kTripModeNotOffered, kTripTooShort,
// kStopNotStepFree, kPartyTooLarge, kFareUnknown.
absl::StatusOr<Trip> ResolveTrip(const Settings& settings, const Trip& trip);

// May the bus stop at this place on that day and time? kStopNotApproved, kDoorNotApproved,
// kStopBlocked.
absl::Status CheckPlace(const Settings& settings, const std::vector<StopBlock>& blocks,
                        const Place& place, absl::CivilDay service_day, const TimeWindow& when);

// May a pick-up window beginning at `pickup` be booked now? kInPast, kTooFarAhead, kNoticeTooShort,
// kOutsideServiceHours; metadata "earliest" or "latest" (RFC 3339) where there is one. Only
// of citizens the notice is asked.
absl::Status CheckBookable(const Settings& settings, absl::Time pickup, Actor booked_by,
                           absl::Time now);

// The service day of a pick-up window beginning at `pickup`, which must lie inside the opening
// hours; kOutsideServiceHours with metadata "earliest".
absl::StatusOr<absl::CivilDay> ServiceDay(const Settings& settings, absl::Time pickup);

// The promise for a window beginning at `pickup`, when the direct drive takes `direct`. The latest
// arrival is that of the ride-time rule counted from the end of the window, but not after
// `arrive_by`.
Promise MakePromise(const BookingRules& rules, const Party& party, absl::Time pickup,
                    absl::Duration direct, std::optional<absl::Time> arrive_by);

// Out and back in one booking: the way back may begin when the way there has certainly ended, plus
// the shortest stay.
absl::Time EarliestReturn(const BookingRules& rules, const Promise& outbound);
// kReturnBeforeOutbound with metadata "earliest".
absl::Status CheckReturn(absl::Time earliest, absl::Time return_pickup);
// The same for a way there whose latest arrival is `arrival`, before a way back that stands:
// kReturnBeforeOutbound with metadata "latest_arrival".
absl::Status CheckOutbound(const BookingRules& rules, const Promise& way_back, absl::Time arrival);

// How long the vehicle stands for the party, at either end.
absl::Duration BoardingTime(const BoardingTimes& times, const Party& party);

// Stops that the bus may serve at that time, nearest to `point` first; at most `limit`.
std::vector<StopId> NearestStops(const Settings& settings, const std::vector<StopBlock>& blocks,
                                 const LatLon& point, absl::CivilDay service_day,
                                 const TimeWindow& when, size_t limit);

}  // namespace stadtmesh::buergerbus

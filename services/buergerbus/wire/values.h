// Values of the contract <-> values of the domain. `FromWire` names the field of everything it
// cannot read and then gives a value of no meaning: check the Problems before using any. Stored
// records are read by the same functions.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/party.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/promise.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/domain/rider_trip.h"
#include "buergerbus/domain/tour.h"
#include "buergerbus/wire/problems.h"
#include "stadtmesh/buergerbus/v1/resources.pb.h"
#include "stadtmesh/buergerbus/v1/settings.pb.h"
#include "stadtmesh/buergerbus/v1/state.pb.h"

namespace stadtmesh::buergerbus {

inline constexpr size_t kLongestLabel = 200;

// ---- Times. Instants of the contract lie in the years 1 to 9999.
google::protobuf::Timestamp ToWire(absl::Time time);
google::protobuf::Duration ToWire(absl::Duration duration);
absl::Time FromWire(absl::string_view field, const google::protobuf::Timestamp& time,
                    Problems& problems);
absl::Duration FromWire(absl::string_view field, const google::protobuf::Duration& duration,
                        Problems& problems);
// A required day "YYYY-MM-DD".
absl::CivilDay DayFromWire(absl::string_view field, const std::string& text, Problems& problems);

// An open end is an absent one.
v1::TimeWindow ToWire(const TimeWindow& window);
TimeWindow FromWire(absl::string_view field, const v1::TimeWindow& window, Problems& problems);

// ---- Places and people.
v1::Location ToWire(const LatLon& point);
LatLon FromWire(absl::string_view field, const v1::Location& location, Problems& problems);
v1::Place ToWire(const Place& place);
Place FromWire(absl::string_view field, const v1::Place& place, Problems& problems);
// The same of what a request says: a half that is missing stands there as 0, and no town lies on
// the equator or on Greenwich's meridian.
LatLon TypedLocation(absl::string_view field, const v1::Location& location, Problems& problems);
// The same of a place in a request: no control characters in its label, no half a location.
Place TypedPlace(absl::string_view field, const v1::Place& place, Problems& problems);
v1::Party ToWire(const Party& party);
Party FromWire(absl::string_view field, const v1::Party& party, Problems& problems);
v1::Layout ToWire(const Load& load);
Load FromWire(const v1::Layout& layout);

// ---- Fares.
using FareCounts = google::protobuf::RepeatedPtrField<v1::FareCount>;
FareCounts ToWire(const FareSelection& selection);
FareSelection FromWire(absl::string_view field, const FareCounts& counts, Problems& problems);
// The fields of PriceOf, "fares.adult.people", as they stand in the list `field`:
// "fares[1].people".
absl::Status NameFareCounts(absl::string_view field, const absl::Status& status,
                            const FareCounts& counts);
v1::FareRecord ToWire(const Fare& fare);
Fare FromWire(const v1::FareRecord& record);

// ---- Promises and trips.
v1::Promise ToWire(const Promise& promise);
Promise FromWire(absl::string_view field, const v1::Promise& promise, Problems& problems);
v1::TripRecord ToWire(const Trip& trip);
Trip FromWire(absl::string_view field, const v1::TripRecord& trip, Problems& problems);

// ---- Rider cards. All that a card holds; what else the message says (its etag, that there is
// consent) stays as it is.
void WriteCard(const RiderCard& card, v1::RiderCard& wire);

// "bus-1_2026-11-21".
std::optional<TourId> ParseTourId(absl::string_view text);
TourId TourIdFromWire(absl::string_view field, const std::string& text, Problems& problems);

}  // namespace stadtmesh::buergerbus

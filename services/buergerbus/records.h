// The aggregates of the domain <-> the bytes that are stored (stadtmesh/buergerbus/v1/state.proto).
//
// Encode changes the record that was read (`previous`), so that fields which a newer version of the
// service wrote survive a rewrite by an older one, also inside the elements of lists (matched by
// their ids).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/domain/cash_sheet.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/tour.h"
#include "buergerbus/domain/vehicle_status.h"
#include "buergerbus/stored.h"

namespace stadtmesh::buergerbus {

// DATA_LOSS when the bytes are no such record. One specialisation per aggregate.
template <typename Aggregate>
absl::StatusOr<Aggregate> Decode(absl::string_view bytes) = delete;

template <>
absl::StatusOr<Settings> Decode<Settings>(absl::string_view bytes);
template <>
absl::StatusOr<Ride> Decode<Ride>(absl::string_view bytes);
template <>
absl::StatusOr<Tour> Decode<Tour>(absl::string_view bytes);
template <>
absl::StatusOr<VehicleStatus> Decode<VehicleStatus>(absl::string_view bytes);
template <>
absl::StatusOr<StopStatus> Decode<StopStatus>(absl::string_view bytes);
template <>
absl::StatusOr<CashSheet> Decode<CashSheet>(absl::string_view bytes);
template <>
absl::StatusOr<RiderCard> Decode<RiderCard>(absl::string_view bytes);
template <>
absl::StatusOr<Call> Decode<Call>(absl::string_view bytes);
template <>
absl::StatusOr<Contact> Decode<Contact>(absl::string_view bytes);
template <>
absl::StatusOr<Position> Decode<Position>(absl::string_view bytes);
template <>
absl::StatusOr<CardReference> Decode<CardReference>(absl::string_view bytes);
template <>
absl::StatusOr<CardUse> Decode<CardUse>(absl::string_view bytes);
template <>
absl::StatusOr<LastBooking> Decode<LastBooking>(absl::string_view bytes);
template <>
absl::StatusOr<RetentionRun> Decode<RetentionRun>(absl::string_view bytes);
template <>
absl::StatusOr<Receipt> Decode<Receipt>(absl::string_view bytes);

std::string Encode(const Settings& settings, absl::string_view previous);
std::string Encode(const Ride& ride, absl::string_view previous);
std::string Encode(const Tour& tour, absl::string_view previous);
std::string Encode(const VehicleStatus& status, absl::string_view previous);
std::string Encode(const StopStatus& status, absl::string_view previous);
std::string Encode(const CashSheet& sheet, absl::string_view previous);
std::string Encode(const RiderCard& card, absl::string_view previous);
std::string Encode(const Call& call, absl::string_view previous);
std::string Encode(const Contact& contact, absl::string_view previous);
std::string Encode(const Position& position, absl::string_view previous);
std::string Encode(const CardReference& reference, absl::string_view previous);
std::string Encode(const CardUse& use, absl::string_view previous);
std::string Encode(const LastBooking& booking, absl::string_view previous);
std::string Encode(const RetentionRun& run, absl::string_view previous);
std::string Encode(const Receipt& receipt, absl::string_view previous);

}  // namespace stadtmesh::buergerbus

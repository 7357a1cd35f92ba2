// The enums of the contract and their domain twins: one table each, used in both directions.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>

#include "buergerbus/domain/calendar.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/domain/shift.h"
#include "buergerbus/domain/tour.h"
#include "stadtmesh/buergerbus/v1/resources.pb.h"
#include "stadtmesh/buergerbus/v1/settings.pb.h"

namespace stadtmesh::buergerbus {

// Complete over the domain's values (tested); UNSPECIFIED and values of a newer version have no
// twin.
template <typename Domain, typename Wire, size_t N>
struct EnumTable {
  std::pair<Domain, Wire> pairs[N];

  Wire ToWire(Domain value) const {
    for (const auto& [domain, wire] : pairs) {
      if (domain == value) return wire;
    }
    std::abort();
  }
  std::optional<Domain> FromWire(Wire value) const {
    for (const auto& [domain, wire] : pairs) {
      if (wire == value) return domain;
    }
    return std::nullopt;
  }
};
template <typename Domain, typename Wire, size_t N>
EnumTable(const std::pair<Domain, Wire> (&)[N]) -> EnumTable<Domain, Wire, N>;

inline constexpr EnumTable<absl::Weekday, v1::Weekday, 7> kWeekdays{
    {{absl::Weekday::monday, v1::MONDAY},
     {absl::Weekday::tuesday, v1::TUESDAY},
     {absl::Weekday::wednesday, v1::WEDNESDAY},
     {absl::Weekday::thursday, v1::THURSDAY},
     {absl::Weekday::friday, v1::FRIDAY},
     {absl::Weekday::saturday, v1::SATURDAY},
     {absl::Weekday::sunday, v1::SUNDAY}}};
inline constexpr EnumTable<DayKind, v1::DayKind, 3> kDayKinds{
    {{DayKind::kSchoolDay, v1::SCHOOL_DAY},
     {DayKind::kSchoolHoliday, v1::SCHOOL_HOLIDAY},
     {DayKind::kPublicHoliday, v1::PUBLIC_HOLIDAY}}};
inline constexpr EnumTable<MunicipalHoliday, v1::MunicipalHoliday, 3> kMunicipalHolidays{
    {{MunicipalHoliday::kAssumption, v1::ASSUMPTION},
     {MunicipalHoliday::kCorpusChristi, v1::CORPUS_CHRISTI},
     {MunicipalHoliday::kPeaceFestival, v1::PEACE_FESTIVAL}}};
inline constexpr EnumTable<TripMode, v1::TripMode, 3> kTripModes{
    {{TripMode::kStopToStop, v1::STOP_TO_STOP},
     {TripMode::kDoorToStop, v1::DOOR_TO_STOP},
     {TripMode::kDoorToDoor, v1::DOOR_TO_DOOR}}};
inline constexpr EnumTable<RideState, v1::Ride::State, 8> kRideStates{
    {{RideState::kHeld, v1::Ride::HELD},
     {RideState::kBooked, v1::Ride::BOOKED},
     {RideState::kAffected, v1::Ride::AFFECTED},
     {RideState::kBoarded, v1::Ride::BOARDED},
     {RideState::kCompleted, v1::Ride::COMPLETED},
     {RideState::kNoShow, v1::Ride::NO_SHOW},
     {RideState::kCancelled, v1::Ride::CANCELLED},
     {RideState::kExpired, v1::Ride::EXPIRED}}};
inline constexpr EnumTable<Leg, v1::Ride::Leg, 3> kLegs{{{Leg::kSingle, v1::Ride::SINGLE},
                                                         {Leg::kOutbound, v1::Ride::OUTBOUND},
                                                         {Leg::kReturn, v1::Ride::RETURN}}};
inline constexpr EnumTable<Channel, v1::Ride::Channel, 2> kChannels{
    {{Channel::kApp, v1::Ride::APP}, {Channel::kPhone, v1::Ride::PHONE}}};
inline constexpr EnumTable<Payment, v1::Payment, 3> kPayments{
    {{Payment::kCash, v1::CASH}, {Payment::kPass, v1::PASS}, {Payment::kFree, v1::FREE}}};
inline constexpr EnumTable<VisitKind, v1::VisitKind, 3> kVisitKinds{
    {{VisitKind::kPickup, v1::PICKUP},
     {VisitKind::kDropoff, v1::DROPOFF},
     {VisitKind::kBreak, v1::BREAK}}};
inline constexpr EnumTable<ShiftState, v1::TourShift::State, 3> kShiftStates{
    {{ShiftState::kPlanned, v1::TourShift::PLANNED},
     {ShiftState::kRunning, v1::TourShift::RUNNING},
     {ShiftState::kEnded, v1::TourShift::ENDED}}};
inline constexpr EnumTable<CallReason, v1::Call::Cause, 6> kCallCauses{
    {{CallReason::kRideAffected, v1::Call::RIDE_AFFECTED},
     {CallReason::kRideMoved, v1::Call::RIDE_MOVED},
     {CallReason::kRideCancelled, v1::Call::RIDE_CANCELLED},
     {CallReason::kStrandedAboard, v1::Call::STRANDED_ABOARD},
     {CallReason::kRunningLate, v1::Call::RUNNING_LATE},
     {CallReason::kReminder, v1::Call::REMINDER}}};

// By name; the domain mirrors the contract's names (tested).
v1::Reason ToWire(Reason reason);
std::optional<Reason> FromWire(v1::Reason reason);

}  // namespace stadtmesh::buergerbus

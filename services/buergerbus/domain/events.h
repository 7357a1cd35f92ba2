// Facts, as they are published. Ids, times and numbers only: no names, phones, addresses or door
// coordinates; a door is an absent stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "base/money.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/party.h"
#include "buergerbus/domain/promise.h"

namespace stadtmesh::buergerbus {

// What the events of a ride say about it. `customer` is the subject alias: who may see them in the
// app's stream.
struct RideFacts {
  RideId ride;
  BookingId booking;
  std::string customer;
  std::optional<TourId> tour;
  std::optional<StopId> origin;
  std::optional<StopId> destination;
  Promise promise;
  Party party;
  int revision = 0;
};

struct RideHeld {
  RideFacts facts;
  absl::Time held_until;
};
struct HoldExpired {
  RideFacts facts;
};
struct RideBooked {
  RideFacts facts;
  Money fare;
};
struct RideChanged {
  RideFacts facts;
  Money fare;
  bool by_town = false;
};
struct RideMoved {
  RideFacts facts;
  std::optional<TourId> former;
};  // the promise is unchanged
struct RideAffected {
  RideFacts facts;
  Reason reason = Reason::kVehicleOut;
};
struct RideCancelled {
  RideFacts facts;
  bool by_town = false;
};
struct RideDelayed {
  RideFacts facts;
  absl::Time expected_pickup;
};  // after the promised window
struct RideBoarded {
  RideFacts facts;
  absl::Time at;
  absl::Duration lateness;
};
struct RideCompleted {
  RideFacts facts;
  absl::Time at;
  absl::Duration lateness;
};
struct RideNoShow {
  RideFacts facts;
};
struct FareWasTaken {
  RideFacts facts;
  Payment payment = Payment::kCash;
  Money due;
  Money amount;
};

// One visit of a published plan.
struct PlannedVisit {
  bool pickup = true;
  RideId ride;
  std::optional<StopId> stop;
  absl::Time begin;
};
struct TourPlanned {
  TourId tour;
  int64_t revision = 0;
  std::vector<PlannedVisit> visits;
};  // the visits still to do
struct DriverAssigned {
  TourId tour;
  ShiftId shift;
  DriverId driver;
};
struct ShiftStarted {
  TourId tour;
  ShiftId shift;
  DriverId driver;
  absl::Time at;
};
struct VehicleArrived {
  TourId tour;
  RideId ride;
  bool pickup = true;
  std::optional<StopId> stop;
  absl::Time at;
};
struct BreakTaken {
  TourId tour;
  absl::Time at;
};
struct DelayReported {
  TourId tour;
  absl::Duration delay;
};
struct ShiftEnded {
  TourId tour;
  ShiftId shift;
  DriverId driver;
  absl::Time at;
};
struct TourTakenOut {
  TourId tour;
  TimeWindow span;
  std::vector<RideId> dropped;
  std::vector<TimeWindow> outages;  // all that stand now
};
struct TourReturned {
  TourId tour;
  std::vector<TimeWindow> outages;  // all that stand still
};
// Not part of an aggregate's state: positions are published, the last one is kept in memory.
struct PositionReported {
  TourId tour;
  LatLon location;
  absl::Time at;
};

struct VehicleTakenOut {
  VehicleId vehicle;
  TimeWindow span;
};
struct VehicleReturned {
  VehicleId vehicle;
  absl::Time from;
};
struct StopBlocked {
  StopId stop;
  TimeWindow span;
};
struct StopReopened {
  StopId stop;
  absl::Time from;
};
struct CashSheetClosed {
  TourId tour;
  ShiftId shift;
  Money expected;
  Money counted;
};
struct CallNeeded {
  CallId call;
  RideId ride;
  absl::Time due;
};
struct CallDone {
  CallId call;
  RideId ride;
};
struct RiderCardSaved {
  RiderCardId card;
};
struct RiderCardErased {
  RiderCardId card;
};
struct SettingsChanged {};

using Event =
    std::variant<RideHeld, HoldExpired, RideBooked, RideChanged, RideMoved, RideAffected,
                 RideCancelled, RideDelayed, RideBoarded, RideCompleted, RideNoShow, FareWasTaken,
                 TourPlanned, DriverAssigned, ShiftStarted, VehicleArrived, BreakTaken,
                 DelayReported, ShiftEnded, TourTakenOut, TourReturned, PositionReported,
                 VehicleTakenOut, VehicleReturned, StopBlocked, StopReopened, CashSheetClosed,
                 CallNeeded, CallDone, RiderCardSaved, RiderCardErased, SettingsChanged>;

// "ride.booked": the middle of the CloudEvents type "stadtmesh.buergerbus.ride.booked.v1".
absl::string_view NameOf(const Event& event);
// The aggregate it belongs to: a ride's, card's, call's, stop's or vehicle's id,
// TourId::ToString(), or "settings".
std::string AggregateOf(const Event& event);

}  // namespace stadtmesh::buergerbus

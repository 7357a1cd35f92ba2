// Why the Bürgerbus refuses: one enum, and one table in error.cpp of what each reason is called and
// means; the texts live on the proto's enum values.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::buergerbus {

// Mirrors stadtmesh.buergerbus.v1.Reason (same names in UPPER_SNAKE_CASE without the k).
enum class Reason {
  // The wish cannot be served; the reply carries alternatives.
  kOutsideArea,           // a place lies outside the service area
  kOutsideServiceHours,   // no service at that time
  kNoticeTooShort,        // too late for the booking notice
  kTooFarAhead,           // not open for booking yet; too early to start the shift
  kInPast,                // the time has passed
  kStopUnknown,           // no such stop
  kStopBlocked,           // the stop is closed at that time
  kStopNotApproved,       // no approval (§ 44 PBefG) on that day
  kStopNotStepFree,       // a wheelchair cannot be boarded there
  kDoorNotApproved,       // doors are not approved on that day
  kTripModeNotOffered,    // e.g. door to door where the town offers door to stop
  kTripTooShort,          // origin and destination are the same place
  kPartyTooLarge,         // no vehicle's layout holds the party, even empty
  kNotReachable,          // no road between the places
  kNoVehicleFree,         // every vehicle would break a promise, its layout, shift or break
  kReturnBeforeOutbound,  // the way back begins before the way there may end
  // Offers, holds and rides.
  kOfferExpired,  // the offer can no longer be kept as it was made
  kHoldExpired,   // the two minutes are over
  kRideNotFound,
  kRideExists,  // the id is taken
  kAlreadyCancelled,
  kTooLateToCancel,
  kTooLateToChange,
  kRideNotBooked,   // the step needs a booked ride
  kRideNotBoarded,  // the step needs a rider on board
  kRideAlreadyBoarded,
  kRideFinished,      // completed, no-show or expired: nothing can happen to it any more
  kFareUnknown,       // no such fare category
  kRidesOverlap,      // the same person travels at that time already
  kTooManyOpenRides,  // of one person
  // Driving.
  kTourNotFound,
  kRideNotOnTour,
  kNotYourShift,  // another driver's shift
  kShiftUnknown,
  kShiftNotStarted,
  kShiftRunning,  // the shift before it has not ended, or: it cannot be left without a driver
  kShiftClosed,
  kRidersAboard,       // a shift cannot end with riders on board
  kRidesLeft,          // the shift has rides that are not done: move or cancel them first
  kVisitNotNext,       // another stop of the manifest comes first
  kNotArrived,         // report the arrival first
  kTooEarlyForNoShow,  // the rider may still come
  kTooEarlyForBreak,   // it is planned for later
  kPlanOutdated,       // the plan was made for an older state of the tour
  kPromiseBroken,      // a plan that would break a promise (never shown to citizens)
  kFareAmountWrong,    // the amount does not fit the way of payment
  kCashSheetClosed,
  kCashSheetNotFound,
  // Operations.
  kNoService,  // the city has not set anything up
  kVehicleUnknown,
  kVehicleOut,  // out of service at that time
  kVehicleNotOut,
  kStopNotBlocked,
  kCallNotFound,
  kRiderCardExists,
  kRiderCardNotFound,
  kConsentMissing,  // a card without consent may not be kept
};
inline constexpr int kReasonCount = static_cast<int>(Reason::kConsentMissing) + 1;

inline constexpr absl::string_view kErrorDomain = "buergerbus";

// "OUTSIDE_AREA", as on the wire.
absl::string_view ReasonName(Reason reason);

// The canonical code of a reason: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, INVALID_ARGUMENT,
// PERMISSION_DENIED, ABORTED or INTERNAL. The contract's HTTP status says the same (tested).
absl::StatusCode ReasonCode(Reason reason);

// True where what is wished for cannot be: the reply says so and carries alternatives. The others
// are errors: they concern the ride, the tour or whatever else the command is about.
bool ConcernsTheWish(Reason reason);

// The error on its way up, with ErrorInfo{domain "buergerbus", the reason's name, metadata}.
// Metadata holds facts ("earliest", "stop"), never personal data.
absl::Status Refuse(Reason reason, std::map<std::string, std::string> metadata = {});

// The reason of an error made by Refuse.
std::optional<Reason> ReasonOf(const absl::Status& status);

// The facts of an error made by Refuse.
std::map<std::string, std::string> FactsOf(const absl::Status& status);

// The same refusal with one more fact; OK and other errors as they are.
absl::Status WithFact(const absl::Status& status, const std::string& name,
                      const std::string& value);

}  // namespace stadtmesh::buergerbus
